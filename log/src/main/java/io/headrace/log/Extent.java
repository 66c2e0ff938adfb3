package io.headrace.log;

/// The offsets that one WAL file held, wherever what is left of them lies now.
///
/// Threads: any reads; the writer ends it, the checkpointing thread moves it.
final class Extent {
    final int number;
    private final long[] first;
    private volatile long[] end; // null while written to
    private volatile Home home;

    Extent(int number, long[] first, Home home) {
        this.number = number;
        this.first = first.clone();
        this.home = home;
    }

    /// The first offset of `group` at or after the file's beginning.
    long first(int group) {
        return first[group];
    }

    long[] first() {
        return first.clone();
    }

    /// The first offset of `group` after the file's end; [Long#MAX_VALUE] while it is written to.
    long end(int group) {
        return end == null ? Long.MAX_VALUE : end[group];
    }

    boolean ended() {
        return end != null;
    }

    void end(long[] nextOffsets) {
        end = nextOffsets.clone();
    }

    boolean holdsAny(int group) {
        return end(group) > first(group);
    }

    Home home() {
        return home;
    }

    void moveTo(Home home) {
        this.home = home;
    }
}
