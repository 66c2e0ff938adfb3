package io.headrace.queue;

/// When something happens to messages of one index by time alone: they expire, or they came back and are ready again.
/// What happens within seconds is known by itself ([DueSoon]), the rest by its page ([Expiries]).
///
/// Threads: the loop of the queue.
final class IndexTimes {
    private final IndexStore store;
    private final Queue queue; // null in tests of the index alone

    IndexTimes(IndexStore store, Queue queue) {
        this.store = store;
        this.queue = queue;
    }

    /// Something happens to a message of a page in memory.
    ///
    /// @param newest whether it is the page that messages are put into
    void due(PageSlot slot, boolean newest, long sequence, long atMillis) {
        if (atMillis <= slot.soonUntil) {
            dueSoon(slot.page, position(sequence), atMillis, sequence);
        } else if (atMillis < slot.earliest) {
            slot.queue = queue;
            slot.firstSequence = sequence & -IndexPage.SLOTS;
            // what is in the newest page is still in memory, and mostly gone before its time
            lookAt(slot, atMillis, newest ? 0 : GatherAhead.AHEAD_MILLIS);
        }
    }

    private void dueSoon(IndexPage page, int at, long atMillis, long sequence) {
        long location = page.isTransient(at) ? DueSoon.ASIDE : page.location(at);
        store.soon().add(atMillis, queue.id(), sequence, location, page.length(at));
    }

    private void lookAt(PageSlot slot, long earliest, long aheadMillis) {
        slot.earliest = earliest;
        if (earliest != Long.MAX_VALUE) {
            slot.lookMillis = earliest - aheadMillis;
            store.expiries().put(slot);
        }
    }

    /// A page will get no more messages, so it may leave memory before its time.
    void lookAhead(PageSlot slot) {
        if (slot.dueAt >= 0) {
            lookAt(slot, slot.earliest, GatherAhead.AHEAD_MILLIS);
        }
    }

    /// Takes note of all that happens in a page in memory up to `untilMillis`; the page is due again `aheadMillis`
    /// before the first of the rest is.
    void dueSoon(PageSlot slot, long untilMillis, long aheadMillis) {
        var page = slot.page;
        long later = Long.MAX_VALUE;
        for (int at = page.nextLive(0); at >= 0; at = page.nextLive(at + 1)) {
            if (!page.isDying(at)) {
                later = Math.min(later, dueSoon(slot, at, page.expiry(at), untilMillis));
                if (page.isDelayed(at)) {
                    later = Math.min(later, dueSoon(slot, at, RetryWord.due(page.retry(at)), untilMillis));
                }
            }
        }
        slot.soonUntil = Math.max(slot.soonUntil, untilMillis);
        lookAt(slot, later, aheadMillis);
    }

    // when it happens, if that is later
    private long dueSoon(PageSlot slot, int at, long atMillis, long untilMillis) {
        if (atMillis > untilMillis) {
            return atMillis;
        }
        if (atMillis > slot.soonUntil) {
            dueSoon(slot.page, at, atMillis, slot.firstSequence + at);
        }
        return Long.MAX_VALUE;
    }

    /// At restore: a page that lies in a block.
    void restored(PageSlot slot, long firstSequence) {
        if (slot.earliest != Long.MAX_VALUE) {
            slot.queue = queue;
            slot.firstSequence = firstSequence;
            lookAt(slot, slot.earliest, GatherAhead.AHEAD_MILLIS);
        }
    }

    private static int position(long sequence) {
        return (int) sequence & IndexPage.SLOTS - 1;
    }
}
