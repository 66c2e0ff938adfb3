package io.headrace.stream;

import java.nio.ByteBuffer;

/// Where what is read goes, so that it is copied once.
///
/// Threads: the loop, or a thread that reads files; one call for each read.
@FunctionalInterface
public interface ReadTarget {
    /// Room for `bytes`, which will all be written from its position on.
    ByteBuffer room(int bytes);
}
