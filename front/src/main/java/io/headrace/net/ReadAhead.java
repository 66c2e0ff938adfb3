package io.headrace.net;

/// How far the sockets of one loop have read ahead of their protocols on another, all together. When it is much, each
/// of
/// them may have one read under way and no more, so that however many there are, memory has a bound, and none of them
/// waits for another whose protocol does not read.
///
/// Threads: [#read] and [#much] on the sockets' loop, [#consumed] on that of the protocols.
final class ReadAhead {
    /// Of all loops of sockets together.
    static final long BYTES_MAX = 64 << 20;

    private final long muchBytes;
    private long readBytes; // ever
    private volatile long consumedBytes; // ever; written on one loop only

    /// @param loops of sockets, which share what there may be
    ReadAhead(long bytesMax, int loops) {
        this.muchBytes = bytesMax / loops;
    }

    void read(int bytes) {
        readBytes += bytes;
    }

    void consumed(int bytes) {
        consumedBytes += bytes;
    }

    boolean much() {
        return readBytes - consumedBytes >= muchBytes;
    }
}
