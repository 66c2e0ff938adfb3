/// From an exchange and a key to queues.
///
/// ```text
///  Catalog ─ CatalogListener ─► Routers ─► Router of a vhost
///                                            │ exchange "orders" ─► Table (direct, fanout, topic, headers, hash, one
/// of)
///  route(exchange, key, traits)  ────────────┤   Found: queue ids, exchanges still to visit
///                                            │   nothing found ─► alternate exchange
///                                            └─► Route: queue ids, ascending, each once
/// ```
/// Start with [Router]; each exchange type is one small [Table].
///
/// Relies on: `io.headrace.catalog` to be told of every change in order. Promises: each queue once, however
/// many ways lead to it; a key costs time in proportion to its words and the bindings it meets, whatever
/// the patterns. Not here: permissions, internal exchanges that publishers must not use (asked by the
/// broker), removing `BCC`.
///
/// Spec: AMQP 0-9-1 §3.1.3; exchange-to-exchange bindings, alternate exchanges, `CC` and `x-match` as
/// RabbitMQ 4 does.
package io.headrace.routing;
