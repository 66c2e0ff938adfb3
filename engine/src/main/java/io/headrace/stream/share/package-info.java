/// Share groups: what each of them has done with the records of a partition, kept in the log.
///
/// ```text
///  ShareFetch ─► SharePartition.fetch ─► Partition.read ─► Acquisition ─► Window ─┐
///                                                                                 ├─► ShareLog ─► ShareOps in the
/// entry
///  acknowledge, release, renew ─► SharePartition ─────────────────────► Window ───┤
///                    a timer of the loop ─► locks that are over ───────────────────┘
///
///   done ◄── start of the window                             end of the window ──► not looked at yet
///            │ ACQUIRED by a, 1st │ AVAILABLE, 2nd │ ACKNOWLEDGED │ ACQUIRED by b │
/// ```
/// Start with [Window]: runs of neighbouring records that are in the same state, however many they are.
/// [SharePartition]
/// has the rules, [Acquisition] those of giving out; [Shares] knows them all, by group and partition.
///
/// A record is given to one member at a time, and comes back when the member says so, is gone, or keeps it too long.
/// How often it was given out is counted, and past a limit it is archived. What was decided is in the log as ranges;
/// who has a record is not, so after a crash it is there to be given out again, and its count is kept.
///
/// Relies on: `io.headrace.stream` for partitions, `io.headrace.shard` for turns. Promises: an acknowledgement that
/// was answered after its commit is never forgotten; a record that was not acknowledged or archived is given out
/// again. Checked by `ShareModelTest` against a naive model and by `ShareSimulationTest` on a lying disk. Not here:
/// members and assignments (`io.headrace.stream.group`), requests and sessions (`io.headrace.kafka`).
///
/// Spec: KIP-932, KIP-1206 (acquire modes), KIP-1222 (renewal), KIP-1226 (lag).
package io.headrace.stream.share;
