package io.headrace.queue;

/// The messages of one priority in a queue: their index, and how far they were given out. The number of the lane is
/// the high part of their sequence numbers, and the highest priority has lane 0, so that the order of numbers is
/// the order in which messages leave. A queue without priorities has one lane. A quorum queue has two, of which lane 1
/// is the higher one: [Levels] says which is next.
///
/// Threads: the loop of the queue.
final class Lane {
    /// Of a sequence number, what counts messages of one lane.
    static final int NUMBER_BITS = 48;

    final QueueIndex index;
    private final long first;
    private long nextSequence; // given out by decisions; the index follows when they are applied
    private long cursor; // nothing from here on was given out
    private long deliveredEnd; // everything below may have been seen

    Lane(int number, IndexStore store, Queue queue, IndexTotals totals) {
        this.first = (long) number << NUMBER_BITS;
        this.index = new QueueIndex(store, queue, first, totals);
        this.nextSequence = first;
        this.cursor = first;
        this.deliveredEnd = first;
    }

    static int of(long sequence) {
        return (int) (sequence >>> NUMBER_BITS);
    }

    long assign() {
        return nextSequence++;
    }

    /// The first number that no decision has given out.
    long nextSequence() {
        return nextSequence;
    }

    long cursor() {
        return cursor;
    }

    long deliveredEnd() {
        return deliveredEnd;
    }

    /// Whether no message was ever assigned.
    boolean unused() {
        return nextSequence == first;
    }

    /// The first message that was not given out yet, or -1.
    long next() {
        return cursor < index.next() ? index.nextReady(cursor) : -1;
    }

    /// The first one behind `sequence` that was not given out yet, or -1.
    long after(long sequence) {
        return sequence + 1 < index.next() ? index.nextReady(sequence + 1) : -1;
    }

    /// What [#next] gave leaves.
    void pass(long sequence) {
        if (sequence >> IndexPage.SLOT_BITS != cursor >> IndexPage.SLOT_BITS) {
            index.passed(cursor);
        }
        cursor = sequence + 1;
    }

    /// A consumer is about to see it.
    ///
    /// @return whether one may have seen it before
    boolean seen(long sequence) {
        boolean before = sequence < deliveredEnd;
        deliveredEnd = Math.max(deliveredEnd, sequence + 1);
        return before;
    }

    /// All that is ready is gone.
    void passAll() {
        cursor = nextSequence;
    }

    void replayed(long sequence) {
        nextSequence = Math.max(nextSequence, sequence + 1);
    }

    void restored(long nextSequence, long deliveredEnd) {
        this.nextSequence = nextSequence;
        this.deliveredEnd = deliveredEnd;
    }

    /// Replay is over.
    void recovered(boolean exact) {
        nextSequence = Math.max(nextSequence, index.next());
        index.advance(nextSequence);
        cursor = index.first();
        deliveredEnd = exact ? deliveredEnd : nextSequence;
    }
}
