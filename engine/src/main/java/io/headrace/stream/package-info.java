/// Topics' partitions, as Kafka's clients know them, kept in the log.
///
/// ```text
///  Partition.append ─► BatchCheck ─► ProducerStates.judge ─► operation in the turn's entry ─► log
///                                          │                         │ (and in memory)         │ forced
///                                    Duplicate, Rejected             ▼                         ▼
///  Partition.read ◄── memory ◄───────────────────────────────── Recent ◄── high watermark moves
///         ▲                                                         │
///         └────────── SegmentRead ◄── part/*.log ◄── SegmentWriter ◄┘ later, many at a time
/// ```
/// Start with [LogPartition]. A batch is written twice: to the log at once, which makes it last, and to its segment's
/// file
/// some time later, from memory. Segments are forced before a checkpoint counts; what is not in them by then is
/// replayed from the log. So a partition needs no force of its own, and thousands of them none more than one.
///
/// Relies on: `io.headrace.shard` for turns and memory, `io.headrace.catalog` for what topics there are.
///
/// Promises: offsets follow each other without a gap, and a batch stays at its offset, byte for byte but for what the
/// broker decides; an idempotent producer's batch is there once; what is below the high watermark survives any crash.
/// Checked by `TopicSimulationTest` on a lying disk.
///
/// Not here: Kafka's requests (`io.headrace.kafka`), consumer groups (`io.headrace.stream.group`), share groups
/// (`io.headrace.stream.share`), queues.
///
/// Spec: Kafka's message format v2, KIP-98 (idempotence), KIP-101 (leader epochs), KIP-33 (search by time).
///
/// ## Segment files
/// ```text
///  part/0000000012-00000000000000004711.log    partition 12, from offset 4711 on: record batches, and nothing else
/// ```
package io.headrace.stream;
