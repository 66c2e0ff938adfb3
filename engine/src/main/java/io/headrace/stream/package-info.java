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
/// Transactions: [ProducerStates] knows who has one open, which holds the last stable offset back ([OpenTransactions]);
/// [LogPartition#end] ends it with a marker; what was aborted is in an [AbortedIndex] beside the marker's segment. Who
/// may append is not decided here but by the [TransactionGate].
///
/// Relies on: `io.headrace.shard` for turns and memory, `io.headrace.catalog` for what topics there are.
///
/// Promises: offsets follow each other without a gap, and a batch stays at its offset, byte for byte but for what the
/// broker decides; an idempotent producer's batch is there once; what is below the high watermark survives any crash;
/// of a transaction nothing is stable before its end is committed, and for as long as its records are kept it is known
/// if they were aborted. Checked by `TopicSimulationTest` on a lying disk, and against Kafka's own log and cleaner by
/// `UnifiedLogOracleTest`, `TransactionOracleTest` and `CleanerOracleTest`.
///
/// Not here: Kafka's requests (`io.headrace.kafka`), consumer groups (`io.headrace.stream.group`), share groups
/// (`io.headrace.stream.share`), queues.
///
/// Spec: Kafka's message format v2, KIP-98 (idempotence and transactions), KIP-890, KIP-101 (leader epochs), KIP-33
/// (search by time).
///
/// ## Segment files
/// ```text
///  part/0000000012-00000000000000004711.log    partition 12, from offset 4711 on: record batches, and nothing else
///  part/0000000012-00000000000000004711.txnindex   those of its transactions that were aborted, as [AbortedRange]
/// draws
///  part/0000000012-00000000000000004711.index  where batches lie in it, once it is whole ([SegmentIndexFile])
/// ```
package io.headrace.stream;
