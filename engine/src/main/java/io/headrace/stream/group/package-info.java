/// Consumer groups, kept by Kafka's own coordinator over this house's partitions.
///
/// ```text
///  front ─► Groups.ask ─► GroupCoordinatorService (Kafka's) ─► OffsetsWriter ─► Partition of __consumer_offsets
///   loop         │            its own threads                     hands over        │ loop
///                │                  ▲                                               ▼
///                │                  ├──── the high watermark moved ◄──── Partition.watch
///                │                  ├──── OffsetsLoader ◄──── Partition.read
///                └─ answer on the loop ◄─ future
///  catalog ─► topics, group settings ─► TopicImages ─► metadata for assignments, deletions of offsets
/// ```
/// Start with [VhostGroups]: nothing of Kafka's coordinator is loaded before the first question. [Coordinator] is what
/// runs
/// from then on.
///
/// Threads: the loop never waits for the coordinator's threads; they wait for the loop, see [LoopCalls].
///
/// Relies on: `io.headrace.stream` for partitions, `io.headrace.catalog` for topics and settings. Promises:
/// `__consumer_offsets` holds exactly what Kafka 4.3.1 would write there; a commit is answered after it is committed to
/// the log. Not here: permissions (asked by the front), what share groups do with records
/// (`io.headrace.stream.share`), streams groups (not served yet).
///
/// Spec: KIP-848 for the consumer protocol; Kafka's code for the classic one.
package io.headrace.stream.group;
