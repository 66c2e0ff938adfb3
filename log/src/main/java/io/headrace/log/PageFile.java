package io.headrace.log;

import java.io.IOException;
import java.nio.ByteBuffer;

/// Fixed-size blocks on disk for queue index pages that do not fit in memory (`idx/`). A block that a
/// durable checkpoint names is never overwritten: [#free] takes effect only after the next [#checkpointed].
///
/// Each block carries a checksum that [#read] verifies.
///
/// Threads: writes, frees and [#checkpointed] on one thread at a time; reads, and [#force], on any.
public interface PageFile {
    /// Payload bytes of a block.
    int blockBytes();

    /// Writes `block` (at most [#blockBytes]) to a free place, not forced.
    ///
    /// @return the block's number, to be kept by the caller
    int write(ByteBuffer block) throws IOException;

    void read(int number, ByteBuffer target) throws IOException;

    /// Nobody names the block any more, from the next checkpoint on.
    void free(int number);

    /// At start: the restored checkpoint names this block. Blocks nobody names are free.
    void inUse(int number);

    /// Makes the blocks durable that were written before the call; before a checkpoint that names them.
    ///
    /// @throws IOException the device refused; every later call throws too
    void force() throws IOException;

    /// A checkpoint is durable: blocks freed before it was taken can be used again.
    void checkpointed();

    long usedBlocks();
}
