/// Who may do what: logins, password hashes, permissions, access control lists.
///
/// ```text
///  name, password, address ─► Logins ─► User ─► Permissions.mayEnter(vhost) ─► Permissions.check(access, resource),
/// checkTopic
///                               │                          │                            │
///                               └──────── Catalog: UserDefinition, Permission ──────────┘
///
///  Kafka's question ─► Verdicts (remembered for a session) ─► Authorizer ─┬─► AclIndex ◄── Catalog: Acl
///                                                                         └─► Permissions, where there is no rule
/// ```
/// [LoginDelays] makes who fails often wait before the next try.
///
/// Start with [Permissions], and for Kafka's questions with [Authorizer]. All only ask the catalog; what an
/// administrator changes acts at once.
///
/// Relies on: `io.headrace.catalog` for users, permissions and their version. Promises: time linear in the
/// name for every permission check, whatever the patterns; nothing here tells a peer whether user or
/// password was wrong. Not here: SASL mechanisms and reply codes (the fronts).
package io.headrace.security;
