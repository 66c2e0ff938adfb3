package io.headrace.stream;

import java.nio.ByteBuffer;

/// Where what is read goes, so that it is copied once.
///
/// What is read from a file may be gone when it is there: deleted, or compacted, and then it is read again. So there
/// may be a second call, which replaces the first, and an answer without records after one.
///
/// Threads: the loop, or a thread that reads files; one call at a time.
@FunctionalInterface
public interface ReadTarget {
    /// Room for `bytes`, which will all be written from its position on.
    ByteBuffer room(int bytes);

    /// Offers memory that holds what was read, from its position to its limit, instead of asking for room for a copy.
    /// The memory must not be written.
    ///
    /// @param free to be called once, on any thread, when the memory is not read any more
    /// @return whether it was taken; if not, [#room] is asked for, and nobody waits for `free`
    default boolean take(ByteBuffer read, Runnable free) {
        return false;
    }
}
