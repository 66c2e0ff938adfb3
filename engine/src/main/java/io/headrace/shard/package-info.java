/// The runtime of the engine: one loop owns each queue and each connection, and works in turns.
///
/// ```text
///  read sockets ─► decode ─► decide ─► encode into the open OpBatch        (fronts, broker)
///        end of turn: close OpBatch ─► CommitLog.append ─► apply ─► deliver ─► flush each dirty channel
///        WAL thread reports a position ─► release confirms, replies
/// ```
///
/// [Loop] is the seam: a Netty event loop in production, a queue of tasks under the simulator.
package io.headrace.shard;
