package io.headrace.queue;

import io.headrace.shard.Loop;
import io.headrace.shard.Shard;

/// Makes the shard take a turn when the first page of [Expiries] or the first message of [DueSoon] is due, or there are
/// messages to be read back ahead.
///
/// Threads: the loop.
final class ExpiryAlarm {
    /// Index pages looked through in a round for what will expire.
    private static final int PAGES_MAX = 8;
    /// For what expires so soon a page is looked through: so long before, that it can be gathered, and some more, so
    /// that it is not looked through again and again. Less when many are due.
    private static final long AHEAD_MILLIS = GatherAhead.AHEAD_MILLIS + 5_000;

    /// With so many no page is looked through at all: after a long stop, millions may be due at once. A page more fits
    /// into what [DueSoon] has room for then.
    private static final int SOON_FULL = 250_000;

    private final Shard shard;
    private final Expiries pages;
    private final DueSoon soon;
    private final GatherAhead gathering;
    private Loop.Timer timer; // null until something expires
    private long setMillis = Long.MAX_VALUE; // when it rings

    ExpiryAlarm(Shard shard, IndexStore store) {
        this.shard = shard;
        this.pages = store.expiries();
        this.soon = store.soon();
        this.gathering = new GatherAhead(shard, soon);
    }

    /// Looks through the pages that are due, each once for all that will happen in it within seconds.
    void lookAhead(long nowMillis) {
        for (int i = 0; i < PAGES_MAX && nextPageMillis() <= nowMillis; i++) {
            var slot = pages.poll();
            var index = slot.queue.index(slot.firstSequence);
            long ahead = AHEAD_MILLIS * Math.min(SOON_FULL / 2, SOON_FULL - soon.size()) / (SOON_FULL / 2);
            index.dueSoon(slot, nowMillis + ahead, ahead * GatherAhead.AHEAD_MILLIS / AHEAD_MILLIS);
        }
        if (nextPageMillis() > nowMillis) {
            gathering.look(nowMillis);
        }
    }

    /// Whether the first message of [DueSoon] is on its way into memory.
    boolean awaitsFirst() {
        return gathering.awaits(soon.nextMillis());
    }

    private long nextPageMillis() {
        return soon.size() < SOON_FULL ? pages.nextMillis() : Long.MAX_VALUE;
    }

    private long nextMillis() {
        return Math.min(gathering.nextMillis(), Math.min(nextPageMillis(), soon.nextMillis()));
    }

    boolean isDue(long nowMillis) {
        return nextMillis() <= nowMillis;
    }

    /// Whether it will ring for what is due first; nothing is to be done before.
    boolean isSet() {
        return nextMillis() == setMillis;
    }

    /// Whether it would ring too late for what is due first.
    boolean late() {
        return nextMillis() < setMillis;
    }

    void set() {
        if (isSet()) {
            return;
        }
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
        setMillis = nextMillis();
        if (setMillis != Long.MAX_VALUE) {
            long delay = setMillis - shard.loop().clock().millis();
            timer = shard.loop().schedule(Math.max(1, delay), this::ring);
        }
    }

    private void ring() {
        timer = null;
        setMillis = Long.MAX_VALUE;
        shard.touch();
    }
}
