/// Transactions of producers, as Kafka's clients know them: who may append, in which epoch, and how it ends.
///
/// ```text
///  InitProducerId ─► Transactions.begin ─► Beginning ──┐
///  AddPartitions, Produce ─► add, verify               ├─► StateTopic: a record of __transaction_state
///  EndTxn ─► Transactions.end ─► Ending ───────────────┘        │  in the same turn, in the order of decisions
///                  │ timeouts                                   ▼
///                  └─► Endings ─► Partition.end, a marker in each partition that was added
///                          └────► the coordinator of groups, for offsets ─► then the last record: complete
///  a start ─► StateLoader ─► what was open stays open, what was to end is ended
/// ```
/// Start with [Transactions]. [Ending] and [Beginning] are the tables of Kafka's coordinator, as pure functions; the
/// states and
/// their bytes are Kafka's own (`TransactionMetadata`, `TransactionLog`).
///
/// Relies on: `io.headrace.stream` for partitions on the same loop, so that nothing comes between a check and the
/// append
/// that it allows; a log whose every crash leaves a beginning of what was decided. Promises: `__transaction_state`
/// holds
/// what Kafka 4.3.1 would write there; a transaction that was decided to commit or to abort does so in all of its
/// partitions, whatever crashes.
///
/// Not here: permissions and the errors that versions of requests have of their own (asked and made by the front), what
/// is read of open and aborted transactions (`io.headrace.stream`).
///
/// Spec: KIP-98, KIP-360, KIP-890; Kafka's code for what they leave open.
package io.headrace.stream.txn;
