/// What exists: vhosts, exchanges, queues, bindings, topics, users, permissions, access control lists, policies,
/// parameters. A state machine over the CATALOG group.
///
/// ```text
///  declaration ─► Catalog.decide... ─► Decision ─┬─ Refused(Refusal)
///                 (a question:                   ├─ NoChange(outcome)
///                  nothing changes)              └─ Change(operations, outcome)
///                                                        │ encode
///                                                        ▼
///                     CatalogListener ◄─ Catalog.apply ◄─ log, CATALOG group
///                     (queues, routers)
/// ```
/// Start with [Catalog]. The rules are in [ExchangeDecisions], [QueueDecisions], [BindingDecisions], [QueueArguments],
/// [OperatorDecisions], [PolicyDecisions] and [PolicyRules]; what an operation does to the state is in [CatalogState],
/// and what policies make of it in [Policies].
///
/// ## The bytes of a batch (version 2)
///
/// All integers big-endian. A string is `u16 length, UTF-8`; a flag is a u8, 0 or 1; a table is an AMQP
/// field table with its u32 length.
///
/// ```text
///  batch      u8 version = 2 | u32 count | operation...
///  operation  u8 code | fields
///    1  add vhost          string vhost
///    2  remove vhost       string vhost
///    3  add exchange       string vhost, name, type | flag durable, auto-delete, internal | table arguments
///    4  remove exchange    string vhost, name
///    5  add queue          i32 id | string vhost, name, type | flag durable | i64 exclusive owner, 0 none
///                          | flag auto-delete | table arguments | of a stream: flag view
///    6  remove queue       string vhost, name
///    7  add binding        string vhost, source | flag to exchange | string destination, routing key
///                          | table arguments
///    8  remove binding     as 7
///    9  put user           string name, password hash | u32 count, string tag...
///                          | in version 2: u32 count, (string limit, i64 value)...
///   10  remove user        string name
///   11  put permission     string user, vhost, configure, write, read
///   12  remove permission  string user, vhost
///
///   13  add topic          string vhost, name | 2 × i64 id | u32 count, i32 partition... | settings
///   14  remove topic       string vhost, name
///   15  add partitions     string vhost, name | u32 count, i32 partition...
///   16  put topic settings string vhost, name | settings
///   17  put settings       string name | settings
///   18  put vhost          string name, description | u32 count, string tag... | string default queue type, or empty
///                          | flag tracing, protected from deletion
///   19  put topic perm.    string user, vhost, exchange, write, read
///   20  remove topic perm. string user, vhost, exchange
///   21  put policy         string vhost, name, pattern | table definition | i32 priority | string applies to
///                          | flag operator
///   22  remove policy      string vhost, name | flag operator
///   23  put parameter      string component, vhost, name | table with the field `value`
///   24  remove parameter   string component, vhost, name
///   25  put global param.  string name | table with the field `value`
///   26  remove global p.   string name
///   27  add acl            u8 resource type, pattern, operation, effect: Kafka's codes
///                          | string name, principal, host
///   28  remove acl         as 27
///
///  settings   u32 count | string key, string value...
///  snapshot   u8 version = 2 | i64 applied offset | i32 next queue id | i32 next partition | batch that rebuilds the
/// state
/// ```
/// A batch of version 1 is read as well: it has no limits of users, and none of the operations from 18 on.
/// Adding a vhost adds its built-in exchanges, removing a thing removes what hangs on it: that is not
/// written down.
///
/// Relies on: `io.headrace.log` to give every batch once and in order. Promises: applying is deterministic;
/// a refused or unlogged declaration leaves no trace; ids of queues and numbers of partitions ascend and are never used
/// again. Not here:
/// permissions' meaning and passwords (`io.headrace.security`), routing (`io.headrace.routing`), whether a
/// queue is empty or consumed (`io.headrace.queue`).
package io.headrace.catalog;
