/// Quotas of clients: how fast each may produce, fetch, keep us busy, change topics and connect.
///
/// ```text
///  catalog ─► QuotaTable: entity ─► limits          one entity: (user, client id), user, client id, or address
///                 │ the most specific one
///  user, client id ─► Account ─► RateWindow, TokenBucket ─► how long to wait
/// ```
/// Who falls under the same entity by the same name shares a meter: all connections of a user, if the quota is the
/// user's.
/// Everything is as in Kafka's broker, down to the windows of a second, because people know what to expect of a quota.
///
/// Relies on: [io.headrace.broker.SharedSettings]. Promises: without a quota a request costs one branch; with one, no
/// more than a dozen additions. Not here: muting, and what an answer says of it (`io.headrace.kafka`).
///
/// Start with [Quotas].
package io.headrace.kafka.quota;
