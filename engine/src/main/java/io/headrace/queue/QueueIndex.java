package io.headrace.queue;

import java.util.Arrays;
import java.util.function.LongConsumer;

/// Which messages a queue holds, in order, by sequence number: pages of slots, those in the middle of a
/// long queue on disk.
///
/// Threads: the loop of the queue.
final class QueueIndex {
    private static final int FIRST_ROOM = 4;
    private static final PageSlot[] NONE = {};

    private final IndexStore store;
    private final IndexTotals totals;
    private final IndexTimes times;
    private PageSlot[] pages = NONE;
    private long basePage; // number of pages[0]
    private int pageCount;
    private long next; // sequence number after the last that was put
    private long current = -1; // page of the last lookup
    private PageSlot currentSlot;
    private long reading = -1; // page of the last delivery: the next one is likely there too
    private long erasing = -1; // page of the last removal, likewise
    private long retrying = -1; // page of the last message that came back or is ready again, likewise

    QueueIndex(IndexStore store) {
        this(store, null, 0, new IndexTotals());
    }

    /// @param queue whose messages they are; null in tests of the index alone
    /// @param first the lowest sequence number that it will hold
    /// @param totals of all indexes of the queue
    QueueIndex(IndexStore store, Queue queue, long first, IndexTotals totals) {
        this.store = store;
        this.times = new IndexTimes(store, queue);
        this.totals = totals;
        this.next = first;
        this.basePage = first >> IndexPage.SLOT_BITS;
    }

    long next() {
        return next;
    }

    long live() {
        return totals.live;
    }

    /// Sequence numbers below are gone.
    long first() {
        return Math.min(next, basePage << IndexPage.SLOT_BITS);
    }

    void put(long sequence, long location, int length, boolean isTransient) {
        put(sequence, location, length, 0, isTransient);
    }

    /// @param bodyBytes of the `length`
    void put(long sequence, long location, int length, int bodyBytes, boolean isTransient) {
        var slot = slotFor(sequence >> IndexPage.SLOT_BITS);
        int at = position(sequence);
        if (slot.page.isLive(at)) {
            return; // replayed over a checkpoint that has it
        }
        slot.page.put(at, location, length, bodyBytes, isTransient);
        slot.changed = true;
        slot.live++;
        slot.liveBytes += length;
        slot.bodyBytes += bodyBytes;
        totals.live++;
        totals.liveBytes += length;
        totals.bodyBytes += bodyBytes;
        if (isTransient) {
            slot.liveTransient++;
            slot.transientBytes += length;
            slot.transientBodyBytes += bodyBytes;
        } else {
            slot.firstLocation = Math.min(slot.firstLocation, location);
            slot.lastLocation = Math.max(slot.lastLocation, location);
        }
        next = Math.max(next, sequence + 1);
    }

    /// A message that was just put.
    void expires(long sequence, long atMillis) {
        var slot = find(sequence);
        if (slot != null && loaded(slot).isLive(position(sequence))) {
            slot.page.expires(position(sequence), atMillis);
            slot.changed = true;
            due(slot, sequence, atMillis);
        }
    }

    private void due(PageSlot slot, long sequence, long atMillis) {
        times.due(slot, sequence >> IndexPage.SLOT_BITS == basePage + pageCount - 1, sequence, atMillis);
    }

    /// When the message expires, in ms since 1970; [Long#MAX_VALUE] for never.
    long expiry(long sequence) {
        return loaded(find(sequence)).expiry(position(sequence));
    }

    /// The message came back after its page was looked at, so it is to be looked at again.
    void expiresAgain(long sequence) {
        long expiry = expiry(sequence);
        if (expiry != Long.MAX_VALUE) {
            due(find(sequence), sequence, expiry);
        }
    }

    /// What is remembered of a message that came back, as in [RetryWord]; 0 for one that never did.
    long retry(long sequence) {
        var slot = find(sequence);
        return slot == null ? 0 : loaded(slot).retry(position(sequence));
    }

    /// Remembers it of a message that is alive; if it is to wait it is not ready until then.
    void retry(long sequence, long word) {
        var slot = find(sequence);
        int at = position(sequence);
        if (slot == null || !loaded(slot).isLive(at) || slot.page.retry(at) == word) {
            return;
        }
        countDelayed(slot, at, -1);
        slot.page.retry(at, word);
        countDelayed(slot, at, 1);
        slot.changed = true;
        if (slot.page.isDelayed(at)) {
            due(slot, sequence, RetryWord.due(word));
        }
        long before = retrying;
        retrying = sequence >> IndexPage.SLOT_BITS;
        if (before != retrying) {
            passed(before << IndexPage.SLOT_BITS);
        }
    }

    private void countDelayed(PageSlot slot, int at, int change) {
        if (slot.page.isDelayed(at)) {
            slot.delayed += change;
            totals.delayed += change;
        }
    }

    /// Whether a message is here that came back and waits for its time.
    boolean isDelayed(long sequence) {
        var slot = find(sequence);
        int at = position(sequence);
        return slot != null && slot.delayed > 0 && loaded(slot).isLive(at) && slot.page.isDelayed(at);
    }

    /// Takes note of all that happens by time in a page up to `untilMillis`, as [IndexTimes] says.
    void dueSoon(PageSlot slot, long untilMillis, long aheadMillis) {
        loaded(slot);
        times.dueSoon(slot, untilMillis, aheadMillis);
        passed(slot.firstSequence);
    }

    /// Whether a message is here and nobody has it.
    boolean isWaiting(long sequence) {
        var slot = find(sequence);
        int at = position(sequence);
        return slot != null && loaded(slot).isLive(at) && !slot.page.isHeld(at) && !slot.page.isDying(at);
    }

    /// The message was settled, after it had been delivered.
    ///
    /// @return whether it was alive
    boolean clear(long sequence) {
        var slot = find(sequence);
        if (slot == null || !loaded(slot).isLive(position(sequence))) {
            return false;
        }
        if (slot.outstanding > 0) { // not in replay
            slot.outstanding--;
            totals.taken--;
            totals.takenBodyBytes -= slot.page.bodyBytes(position(sequence));
        }
        return erase(sequence, slot);
    }

    /// The message is removed without having been delivered.
    boolean erase(long sequence) {
        var slot = find(sequence);
        return slot != null && erase(sequence, slot);
    }

    private boolean erase(long sequence, PageSlot slot) {
        int at = position(sequence);
        if (!loaded(slot).isLive(at)) {
            return false;
        }
        countDelayed(slot, at, -1);
        slot.page.clear(at);
        slot.left = true;
        slot.live--;
        totals.live--;
        int length = slot.page.length(at);
        int bodyBytes = slot.page.bodyBytes(at);
        slot.liveBytes -= length;
        slot.bodyBytes -= bodyBytes;
        totals.liveBytes -= length;
        totals.bodyBytes -= bodyBytes;
        if (slot.page.isTransient(at)) {
            slot.liveTransient--;
            slot.transientBytes -= length;
            slot.transientBodyBytes -= bodyBytes;
        }
        long pageNumber = sequence >> IndexPage.SLOT_BITS;
        if (slot.live == 0 && pageNumber != basePage + pageCount - 1) {
            drop((int) (pageNumber - basePage));
        } else if (pageNumber != erasing) {
            long before = erasing;
            erasing = pageNumber;
            passed(before << IndexPage.SLOT_BITS);
        }
        return true;
    }

    boolean isLive(long sequence) {
        var slot = find(sequence);
        return slot != null && loaded(slot).isLive(position(sequence));
    }

    /// @return the first sequence number from `sequence` on that is alive, neither dying nor delayed, or -1
    long nextReady(long sequence) {
        return next(sequence, true);
    }

    /// @return the first live sequence number from `sequence` on, or -1
    long nextLive(long sequence) {
        return next(sequence, false);
    }

    private long next(long sequence, boolean ready) {
        long from = Math.max(sequence, first());
        for (int i = (int) ((from >> IndexPage.SLOT_BITS) - basePage); i < pageCount; i++) {
            var slot = pages[i];
            if (slot != null && slot.live > 0) {
                long pageStart = basePage + i << IndexPage.SLOT_BITS;
                int start = (int) Math.max(0, from - pageStart);
                int at = ready ? loaded(slot).nextReady(start) : loaded(slot).nextLive(start);
                if (at >= 0) {
                    return pageStart + at;
                }
            }
        }
        return -1;
    }

    long location(long sequence) {
        return loaded(find(sequence)).location(position(sequence));
    }

    int length(long sequence) {
        return loaded(find(sequence)).length(position(sequence));
    }

    boolean isTransient(long sequence) {
        return loaded(find(sequence)).isTransient(position(sequence));
    }

    /// A message of this page is with a consumer, so the page stays in memory.
    void delivered(long sequence) {
        var slot = find(sequence);
        take(slot, sequence);
        slot.page.held(position(sequence), true);
        reading = sequence >> IndexPage.SLOT_BITS;
    }

    /// The message will not be given out any more: it waits to be moved elsewhere, as if it were delivered.
    void die(long sequence) {
        retry(sequence, RetryWord.ready(retry(sequence)));
        var slot = find(sequence);
        take(slot, sequence);
        slot.page.die(position(sequence));
    }

    boolean isDying(long sequence) {
        var slot = find(sequence);
        return slot != null && slot.resident() && slot.page.isDying(position(sequence));
    }

    private void take(PageSlot slot, long sequence) {
        slot.outstanding++;
        totals.taken++;
        totals.takenBodyBytes += loaded(slot).bodyBytes(position(sequence));
    }

    /// A delivered message came back.
    void returned(long sequence) {
        var slot = find(sequence);
        slot.outstanding--;
        totals.taken--;
        totals.takenBodyBytes -= loaded(slot).bodyBytes(position(sequence));
        slot.page.held(position(sequence), false);
        spillIfCold(sequence >> IndexPage.SLOT_BITS, slot);
    }

    /// Whoever reads or removes went on from `sequence` to another page.
    void passed(long sequence) {
        var slot = find(sequence);
        if (slot != null) {
            spillIfCold(sequence >> IndexPage.SLOT_BITS, slot);
        }
    }

    /// After replay: nothing below will be put again, and the next sequence number is at least `sequence`.
    void advance(long sequence) {
        next = Math.max(next, sequence);
        if (pageCount > 0 && pages[pageCount - 1] != null) {
            times.lookAhead(pages[pageCount - 1]);
        }
    }

    /// Calls `visitor` with the location of each live transient message.
    void forEachTransient(LongConsumer visitor) {
        for (int i = 0; i < pageCount; i++) {
            if (pages[i] != null && pages[i].liveTransient > 0) {
                var page = loaded(pages[i]);
                for (int at = page.nextLive(0); at >= 0; at = page.nextLive(at + 1)) {
                    if (page.isTransient(at)) {
                        visitor.accept(page.location(at));
                    }
                }
            }
        }
    }

    /// Gives back all memory and blocks.
    void discard() {
        for (int i = 0; i < pageCount; i++) {
            if (pages[i] != null) {
                release(pages[i]);
            }
        }
        pages = NONE;
        basePage = next >> IndexPage.SLOT_BITS;
        pageCount = 0;
        totals.clear();
        current = -1;
        currentSlot = null;
    }

    /// Calls `visitor` for each page that holds live messages, with the first sequence number of the page.
    void forEachPage(PageVisitor visitor) {
        for (int i = 0; i < pageCount; i++) {
            if (pages[i] != null && pages[i].live > 0) {
                visitor.page(basePage + i << IndexPage.SLOT_BITS, pages[i]);
            }
        }
    }

    interface PageVisitor {
        void page(long firstSequence, PageSlot slot);
    }

    /// At restore: a page that lies in a block.
    void restorePage(long firstSequence, PageSlot slot) {
        int i = place(firstSequence >> IndexPage.SLOT_BITS);
        pages[i] = slot;
        store.restored(slot);
        totals.live += slot.live;
        totals.liveBytes += slot.liveBytes;
        totals.bodyBytes += slot.bodyBytes;
        totals.delayed += slot.delayed;
        times.restored(slot, firstSequence);
        next = Math.max(next, firstSequence + IndexPage.SLOTS);
    }

    IndexStore store() {
        return store;
    }

    private PageSlot slotFor(long pageNumber) {
        if (pageNumber == current) {
            return currentSlot;
        }
        int i = place(pageNumber);
        var slot = pages[i];
        if (slot == null) {
            slot = new PageSlot();
            slot.page = new IndexPage();
            pages[i] = slot;
            store.enter();
            if (i > 0 && pages[i - 1] != null) {
                seal(i - 1); // may move the array
            }
        }
        loaded(slot);
        current = pageNumber;
        currentSlot = slot;
        return slot;
    }

    /// The page before the newest gets no more messages.
    private void seal(int i) {
        if (pages[i].live == 0) {
            drop(i);
        } else {
            times.lookAhead(pages[i]);
            spillIfCold(basePage + i, pages[i]);
        }
    }

    private void spillIfCold(long pageNumber, PageSlot slot) {
        boolean newest = pageNumber == basePage + pageCount - 1;
        if (!newest
                && pageNumber != reading
                && pageNumber != erasing
                && pageNumber != retrying
                && slot.resident()
                && store.full(slot)
                && slot.outstanding == 0
                && slot.live > 0) {
            store.spill(slot);
            if (current == pageNumber) {
                current = -1;
                currentSlot = null;
            }
        }
    }

    private PageSlot find(long sequence) {
        long pageNumber = sequence >> IndexPage.SLOT_BITS;
        if (pageNumber == current) {
            return currentSlot;
        }
        long i = pageNumber - basePage;
        if (i < 0 || i >= pageCount || pages[(int) i] == null) {
            return null;
        }
        current = pageNumber;
        currentSlot = pages[(int) i];
        return currentSlot;
    }

    private IndexPage loaded(PageSlot slot) {
        if (slot.page == null) {
            store.load(slot);
        }
        return slot.page;
    }

    private int place(long pageNumber) {
        if (pageCount == 0) {
            basePage = pageNumber;
        }
        long i = pageNumber - basePage;
        if (i < 0) { // a restored page before those restored so far
            int shift = Math.toIntExact(-i);
            var shifted = new PageSlot[pages.length + shift];
            System.arraycopy(pages, 0, shifted, shift, pageCount);
            pages = shifted;
            basePage = pageNumber;
            pageCount += shift;
            i = 0;
        }
        if (i >= pages.length) {
            pages = Arrays.copyOf(pages, (int) Math.max(i + 1, Math.max(FIRST_ROOM, pages.length * 2L)));
        }
        pageCount = Math.max(pageCount, (int) i + 1);
        return (int) i;
    }

    private void drop(int i) {
        release(pages[i]);
        if (basePage + i == current) {
            current = -1;
            currentSlot = null;
        }
        pages[i] = null;
        int dead = 0;
        while (dead < pageCount && pages[dead] == null) {
            dead++;
        }
        // moving the array is worth it only when much of it is empty
        if (dead == pageCount || dead > 0 && dead >= pageCount / 2) {
            System.arraycopy(pages, dead, pages, 0, pageCount - dead);
            Arrays.fill(pages, pageCount - dead, pageCount, null);
            basePage += dead;
            pageCount -= dead;
        }
    }

    private void release(PageSlot slot) {
        store.expiries().remove(slot);
        store.free(slot);
        if (slot.resident()) {
            store.leave();
            slot.page = null;
        }
    }

    private static int position(long sequence) {
        return (int) sequence & IndexPage.SLOTS - 1;
    }
}
