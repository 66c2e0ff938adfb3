package io.headrace.stream.share;

import java.util.List;

/// What a member got.
///
/// @param from where in the bytes that were read the first batch begins that has any of it
/// @param to after the last one
/// @param records how many
public record Acquired(List<Range> ranges, int from, int to, int records) {
    static final Acquired NOTHING = new Acquired(List.of(), 0, 0, 0);

    /// Records that were given out equally often.
    public record Range(long first, long last, int deliveries) {}
}
