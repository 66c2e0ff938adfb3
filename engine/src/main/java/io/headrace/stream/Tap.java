package io.headrace.stream;

import java.nio.ByteBuffer;

/// Someone who passes on what producers append to a topic: in the same entry of the log, unless it is of a transaction
/// or behind what is; that waits in the partition ([Partition#behind]).
///
/// Threads: [#read] any, the rest the loop.
public interface Tap {
    /// Something waits in the partition; told again and again. Nothing may be appended before the call returns.
    void late(Partition partition);

    /// Looks at a batch that may be appended: on any thread, since decompressing takes its time.
    ///
    /// @param batch valid until [Taken#append] has returned
    Taken read(ByteBuffer batch);

    /// What was read, on its way.
    interface Taken {
        /// How many bytes of operations [#append] will encode.
        long bytes();

        /// The batch has its place, in the entry that is open.
        void append();
    }
}
