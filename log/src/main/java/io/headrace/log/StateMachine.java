package io.headrace.log;

import java.nio.ByteBuffer;

/// What a group's entries mean. Applying is deterministic: no clock, no random, no I/O, no hash order.
///
/// Offsets ascend and may have gaps: what the log writes for itself takes offsets too, and is not applied.
///
/// Threads: the one that replays or owns the group's state.
public interface StateMachine {
    /// Applies the OpBatch at `valueStart` of `page`.
    ///
    /// @param offset the entry's offset, greater than that of the entry before; entries that a restored
    ///     snapshot already holds may come once more and must be recognised by their offset
    void apply(long offset, long timestampMillis, ByteBuffer page, int entryStart, int valueBytes);

    /// Takes back what [Checkpoints#write] was given, in place of whatever there was.
    void restore(ByteBuffer snapshot);

    /// Begins empty, in place of whatever there was: nothing has been applied.
    void reset();
}
