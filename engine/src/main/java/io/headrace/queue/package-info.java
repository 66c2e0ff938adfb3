/// Queues as their users know them, kept in the log.
///
/// ```text
///  publish ─► Queues.enqueue ─► OpBatch ─► CommitLog ─► Queues.apply ─► QueueIndex.put
///                                                                          │
///  Settlements ◄─ Queue.settle ◄─ consumer ◄─ Subscriber.deliver ◄─ Queue.deliver
/// ```
///
/// Start with [Queue]: ready, outstanding and returned messages and their consumers. [QueueIndex] is the
/// durable half, changed by applied operations only ([QueueOps] draws them); [QueueSnapshot] puts it into
/// checkpoints.
///
/// Relies on: `io.headrace.shard` for a place in the log and the bytes in memory. Promises: a message is in
/// exactly one of ready, outstanding, settled; deliveries are in sequence order. Not here: exchanges
/// (`io.headrace.routing`), names and permissions (`io.headrace.catalog`), protocols.
package io.headrace.queue;
