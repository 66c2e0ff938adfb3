package io.headrace.queue;

/// One page's place in a [QueueIndex]: what is known of it also while it is out of memory.
///
/// Threads: the loop of the queue.
final class PageSlot {
    IndexPage page; // null while it is only on disk
    int block = -1; // where the index file holds it, -1 nowhere
    boolean changed; // since it was written to `block`
    boolean dropTransients; // the block holds transient messages of an earlier run
    int live;
    int liveTransient;
    int outstanding; // delivered and not settled
    long liveBytes;
    long firstLocation = Long.MAX_VALUE; // of durable messages ever put here
    long lastLocation = -1;

    boolean resident() {
        return page != null;
    }
}
