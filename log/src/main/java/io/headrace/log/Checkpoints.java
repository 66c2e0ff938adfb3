package io.headrace.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/// Durable snapshots of the state machines. After a restart the newest one is restored and the log is
/// replayed from the offsets it names.
///
/// A checkpoint holds nothing that is not committed: an effect of an entry that is truncated later could
/// not be taken out of it again. So it counts only once all it holds is committed, and one that was
/// captured in an epoch that is over before that is dropped.
///
/// Threads: the checkpointing thread.
public interface Checkpoints {
    /// Writes `checkpoint` to a new file, waits until everything that was appended to the log before the
    /// call is committed, gives the file its name, and only then forgets the one before.
    ///
    /// @throws OutOfSpaceException the one before stays in force; try again later
    void write(Checkpoint checkpoint) throws IOException;

    Optional<Checkpoint> latest();

    /// @param groups one section for each group
    /// @param cleanShutdown nothing was appended after it
    record Checkpoint(List<Section> groups, boolean cleanShutdown) {}

    /// @param appliedOffset entries up to this one need no replay; -1 for none. A section may hold effects
    ///     of later entries too (it was taken while others were applied): its state machine recognises
    ///     those by their offset
    /// @param appliedEpoch the epoch of the entry at `appliedOffset`: Raft names a snapshot by both. Who
    ///     leads may give its own epoch, since one begins with an entry. Without any entry it says nothing
    /// @param snapshot big-endian, position to limit
    record Section(int group, long appliedOffset, int appliedEpoch, ByteBuffer snapshot) {}
}
