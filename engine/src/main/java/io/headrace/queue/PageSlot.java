package io.headrace.queue;

/// One page's place in a [QueueIndex]: what is known of it also while it is out of memory.
///
/// Threads: the loop of the queue.
final class PageSlot {
    private static final long[] AS_WRITTEN = {};

    IndexPage page; // null while it is only on disk
    int block = -1; // where the index file holds it, -1 nowhere
    int expiryBlock = -1; // the same of its expiries
    int retryBlock = -1; // the same of its retries
    boolean changed; // since it was written to `block`, by more than messages that left
    boolean left; // messages did since then
    long[] remaining = AS_WRITTEN; // of a page that is only on disk: as [#stillAlive]
    boolean dropTransients; // the block holds transient messages of an earlier run
    int live;
    int liveTransient;
    int outstanding; // delivered and not settled
    int delayed; // of the live ones, those that came back and wait for their time
    long liveBytes;
    long bodyBytes; // of live messages, like the two above
    long transientBytes; // of `liveBytes`, what a restart takes away
    long transientBodyBytes;
    long firstLocation = Long.MAX_VALUE; // of durable messages ever put here
    long lastLocation = -1;
    long soonUntil; // what expires here up to then is in [DueSoon]
    long earliest = Long.MAX_VALUE; // nothing else here expires before
    long lookMillis = Long.MAX_VALUE; // when it is looked through for what expires
    Queue queue; // of what expires here, and from which number on
    long firstSequence;
    int dueAt = -1; // place in [Expiries], -1 if it waits for nothing

    /// The bits of what is alive of that which the block says is; none if all of it is.
    long[] stillAlive() {
        return !resident() ? remaining : left ? page.liveBits() : AS_WRITTEN;
    }

    /// Its page is in memory again, as the block has it.
    void loaded(IndexPage read) {
        left = remaining != AS_WRITTEN;
        if (left) {
            read.keep(remaining);
            remaining = AS_WRITTEN;
        }
        page = read;
    }

    boolean resident() {
        return page != null;
    }
}
