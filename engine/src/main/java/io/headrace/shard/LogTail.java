package io.headrace.shard;

import io.headrace.log.CommitLog;
import io.headrace.log.EntryFrame;
import io.headrace.log.EntryReader;
import io.headrace.log.Location;
import io.headrace.log.Page;
import io.headrace.log.PageArena;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// The shard's end of the log in memory: the entry being encoded, and the pages of those before it for as
/// long as the budget allows. What left memory is read back a stretch at a time.
///
/// Threads: the loop.
final class LogTail {
    private static final long OVERDRAFT_BYTES = 64L << 20;
    /// Of the budget, the part that one gathering may fill; there are up to four.
    private static final int GATHER_SHARE = 16;
    private static final int GATHER_BYTES_MAX = 8 << 20;

    private final CommitLog log;
    private final PageArena arena;
    private final Shard.Applier applier;
    private final Loop loop;
    private final Stretches stretches;
    private final Gathered gathered;
    private final Runnable encodeHeld;
    private final EntryDirectory entries = new EntryDirectory();
    private final ArrayDeque<Page> pages = new ArrayDeque<>();
    private BooleanSupplier evictElsewhere;
    private Page open;
    private int entryStart;
    private int end;
    private int heldBytes; // of the open entry, for what is encoded before it is closed
    private int epoch = CommitLog.NOT_LEADING;
    private boolean overBudget;
    private long appendedBytes;

    /// @param encodeHeld encodes what room was held for, so that nothing is held any more
    /// @param onBroken hears that something cannot be read back that is wanted
    LogTail(
            Loop loop,
            CommitLog log,
            EntryReader reader,
            PageArena arena,
            Shard.Applier applier,
            Runnable encodeHeld,
            LoadLine line,
            Consumer<Throwable> onBroken) {
        this.loop = loop;
        this.log = log;
        this.arena = arena;
        this.applier = applier;
        this.encodeHeld = encodeHeld;
        this.stretches = new Stretches(loop, reader, arena, line, onBroken);
        this.gathered = new Gathered(loop, reader, arena);
    }

    void evictElsewhere(BooleanSupplier evictElsewhere) {
        this.evictElsewhere = evictElsewhere;
    }

    /// What is encoded from now on is decided in `epoch`.
    void lead(int epoch) {
        this.epoch = epoch;
    }

    ByteBuffer page() {
        return open.bytes();
    }

    /// @return where `bytes` of operation can be written, as part of the open entry
    int reserve(int bytes, boolean urgent) {
        if (begun() && !fits(bytes)) {
            finish(urgent);
        }
        if (!entryOpen()) {
            pageFor(bytes + heldBytes);
            end += EntryFrame.VALUE_START;
        }
        int at = end;
        end += bytes;
        return at;
    }

    /// Reservations and held room of `bytes` that follow lie in one entry.
    void together(int bytes, boolean urgent) {
        boolean low = (long) position() + heldBytes + bytes <= Location.MAX_POSITION;
        if (begun() && !(low && fits(bytes))) {
            finish(urgent);
        }
        if (!entryOpen()) {
            pageFor(bytes + heldBytes);
        }
    }

    /// Room for `bytes` more of what [#encodeHeld] will encode stays free in the open entry, or in the one that
    /// [#together] has made sure of.
    void hold(int bytes) {
        heldBytes += bytes;
    }

    /// What the room was for is encoded next.
    void release() {
        heldBytes = 0;
    }

    private void pageFor(int bytes) {
        if (open == null || open.sizeBytes() - end < EntryFrame.OVERHEAD_BYTES + bytes) {
            open = newPage(EntryFrame.OVERHEAD_BYTES + bytes);
            pages.addLast(open);
            entryStart = 0;
            end = 0;
        }
    }

    private void finish(boolean urgent) {
        if (heldBytes > 0) {
            encodeHeld.run();
        }
        close(urgent);
    }

    /// Undoes the last reservation, which began at `at`.
    void takeBack(int at) {
        end = at == entryStart + EntryFrame.VALUE_START ? entryStart : at;
    }

    private boolean begun() {
        return entryOpen() || heldBytes > 0;
    }

    private boolean entryOpen() {
        return end > entryStart;
    }

    // what was held for comes after it, and has to begin where a location can point to
    private boolean fits(int bytes) {
        int frame = entryOpen() ? EntryFrame.TRAILER_BYTES : EntryFrame.OVERHEAD_BYTES;
        return open.sizeBytes() - end - frame - heldBytes >= bytes
                && position() + (heldBytes == 0 ? 0L : bytes + heldBytes) <= Location.MAX_POSITION;
    }

    // of the next operation in its entry
    private int position() {
        return entryOpen() ? end - entryStart : EntryFrame.VALUE_START;
    }

    /// Appends the open entry, if it holds anything, and applies it.
    void close(boolean urgent) {
        if (!entryOpen()) {
            return;
        }
        int valueStart = entryStart + EntryFrame.VALUE_START;
        int start = entryStart;
        int valueEnd = end;
        int length = EntryFrame.close(
                open.bytes(), start, valueEnd - valueStart, loop.clock().millis());
        var urgency = urgent ? CommitLog.Urgency.SOON : CommitLog.Urgency.LAZY;
        long offset = log.append(CommitLog.DATA, epoch, open, start, length, urgency);
        if (offset == CommitLog.NO_OFFSET) {
            // a cluster drops the shard's state here and follows; alone, a node leads until it ends
            throw new IllegalStateException("an entry of %d bytes was decided in epoch %d, and the log is in epoch %d"
                    .formatted(length, epoch, log.epoch(CommitLog.DATA)));
        }
        entries.add(offset, open, start);
        appendedBytes += length;
        // entries begin at multiples of 8, so that their fields are aligned
        entryStart = Math.min(start + length + 7 & ~7, open.sizeBytes());
        end = entryStart;
        applier.apply(offset, open.bytes(), start, valueStart, valueEnd);
    }

    /// @return where the message starts in `found`'s page, or -1
    int find(long location, Shard.Found found) {
        int start = entries.find(Location.entryOffset(location), found);
        if (start >= 0) {
            return start + Location.position(location);
        }
        int copy = gathered.find(location, found);
        return copy >= 0 ? copy : stretches.find(location, found);
    }

    /// Everything from this location on is in memory.
    long firstInMemory() {
        return entries.isEmpty() ? Long.MAX_VALUE : Location.of(entries.firstOffset(), 0);
    }

    /// The most bytes of one [#gather].
    int gatherBytesMax() {
        return Math.clamp(arena.budgetBytes() / GATHER_SHARE, PageArena.PAGE_BYTES, GATHER_BYTES_MAX);
    }

    void gather(long[] locations, EntryReader.Measure measure, int bytes, long untilMillis, Runnable done) {
        var into = new ArrayList<Page>();
        int withGaps = bytes + bytes / 64; // a message does not begin in one page and end in the next
        for (int room = 0; room < withGaps; room += PageArena.PAGE_BYTES) {
            into.add(newPage(PageArena.PAGE_BYTES));
        }
        gathered.gather(locations, measure, into, untilMillis, done);
    }

    Page pin(long location) {
        var page = entries.page(Location.entryOffset(location));
        page.pin();
        return page;
    }

    void load(long location, int bytes, BooleanSupplier wanted, Runnable done) {
        stretches.load(location, bytes, wanted, done);
    }

    long appendedBytes() {
        return appendedBytes;
    }

    /// More is held than may be, because the log was behind. What it has written since goes.
    boolean overBudget() {
        while (overBudget && !fits()) {
            if (!evictOne() && !endLargePage()) {
                return true;
            }
        }
        overBudget = false;
        return false;
    }

    /// A large message may be more than the whole budget, and nothing else may come that ends its page.
    private boolean endLargePage() {
        if (open == null || open.sizeBytes() == PageArena.PAGE_BYTES || begun() || open.pinned()) {
            return false;
        }
        open = null;
        entryStart = 0;
        end = 0;
        return true;
    }

    private boolean fits() {
        return arena.usedBytes() < arena.budgetBytes();
    }

    /// Gives the oldest page back if the log has written it.
    boolean evictOne() {
        if (stretches.evictOne() || gathered.evictPast()) {
            return true;
        }
        var oldest = pages.peekFirst();
        if (oldest == null || oldest == open || oldest.pinned()) {
            return false;
        }
        pages.removeFirst();
        entries.forget(oldest);
        arena.release(oldest);
        return true;
    }

    private Page newPage(int bytes) {
        while (true) {
            var page = arena.acquire(bytes);
            if (page.isPresent()) {
                return page.get();
            }
            if (!evictOne() && !evictElsewhere.getAsBoolean()) {
                overBudget = true;
                return arena.acquire(bytes, OVERDRAFT_BYTES)
                        .orElseThrow(() -> new IllegalStateException("page budget overdrawn: " + arena.usedBytes()));
            }
        }
    }
}
