package io.headrace.stream;

/// What became of a read.
public sealed interface ReadResult {
    /// Whole batches; the first holds the offset asked for, and may begin before it.
    ///
    /// @param bytes how many were put into the target, which was not asked for room if there are none
    record Batches(int bytes) implements ReadResult {}

    /// The offset is below the log's start or above its end.
    record OutOfRange() implements ReadResult {}

    /// The partition was deleted meanwhile.
    record Gone() implements ReadResult {}
}
