package io.headrace.log;

/// Where a message lies in its group's log: the offset of its entry and the byte position in that entry,
/// packed in a `long` that sorts as the log does. It names the message, not a file: the cleaner may move
/// the bytes, a replica keeps them elsewhere, and the location stays the same.
///
/// ```text
///   63      62                    24 23            0
///  +---+----------------------------+---------------+
///  | 0 |       entry offset (39)    | position (24) |
///  +---+----------------------------+---------------+
/// ```
public final class Location {
    public static final int POSITION_BITS = 24;
    /// A message may start at most here in its entry; a message that is longer has an entry of its own.
    public static final int MAX_POSITION = (1 << POSITION_BITS) - 1;

    private Location() {}

    public static long of(long entryOffset, int position) {
        return entryOffset << POSITION_BITS | position;
    }

    public static long entryOffset(long location) {
        return location >>> POSITION_BITS;
    }

    public static int position(long location) {
        return (int) location & MAX_POSITION;
    }
}
