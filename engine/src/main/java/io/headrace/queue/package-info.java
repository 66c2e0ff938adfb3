/// Queues as their users know them, kept in the log.
///
/// ```text
///  publish ─► Queues.enqueue ─► OpBatch ─► CommitLog ─► QueueOperations.apply ─► QueueIndex.put
///                                                                                  │
///  Removals ◄─ Queue.settle ◄─ consumer ◄─ Subscriber.deliver ◄─ Queue.deliver ◄───┤
///                                                                                  │
///  DeadLetters.bury ◄─ Deaths ◄─ expired, too many, rejected, back too often ◄─────┘
/// ```
///
/// Start with [Queue]: its [Contents], lane by lane, its consumers, and what holds for it ([QueueTraits]).
/// [QueueIndex] is the durable half of a lane ([QueueOps] draws the operations); [QueueSnapshot] puts it into
/// checkpoints. [Deaths] is how messages end without a consumer's doing, [Retries] how they come back, and when;
/// [Expiries] knows which pages of all queues are to be looked through for what time brings, [DueSoon] what is due in
/// the next seconds, and [GatherAhead] has the bodies of those read back before.
///
/// Relies on: `io.headrace.shard` for a place in the log and the bytes in memory. Promises: a message is in
/// exactly one of ready, outstanding, delayed, dying, settled; deliveries are in the order of sequence numbers,
/// which is the order of priorities too; no consumer sees a message after its expiry. Not here: exchanges
/// (`io.headrace.routing`), where the dead go (`io.headrace.broker`), names and permissions (`io.headrace.catalog`),
/// protocols.
package io.headrace.queue;
