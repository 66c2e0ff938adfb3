package io.headrace.log;

import java.lang.foreign.Arena;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicLong;

/// All pages of the process, within one budget. Memory that was touched once is kept and used again, what was released
/// last first: it may still be in the processors' caches.
///
/// Threads: any.
public final class PageArena implements AutoCloseable {
    public static final int PAGE_BYTES = 1 << 20;

    private final long budgetBytes;
    private final Arena arena = Arena.ofShared();
    private final Set<Page> large = ConcurrentHashMap.newKeySet();
    private final ConcurrentLinkedDeque<Page> free = new ConcurrentLinkedDeque<>();
    private final AtomicLong usedBytes = new AtomicLong();

    public PageArena(long budgetBytes) {
        if (budgetBytes < 8L * PAGE_BYTES) {
            throw new IllegalArgumentException("page budget of " + budgetBytes + " bytes is under 8 pages");
        }
        this.budgetBytes = budgetBytes;
    }

    /// A page of at least `minBytes`, or empty when the budget is used up: release cold pages, or wait.
    public Optional<Page> acquire(int minBytes) {
        return acquire(minBytes, 0);
    }

    /// Like [#acquire(int)], but may go `overdraftBytes` over the budget: for what cannot be refused (a
    /// settlement, the answer to a command).
    public Optional<Page> acquire(int minBytes, long overdraftBytes) {
        int size = Math.max(PAGE_BYTES, minBytes);
        if (usedBytes.addAndGet(size) > budgetBytes + overdraftBytes) {
            usedBytes.addAndGet(-size);
            return Optional.empty();
        }
        if (size == PAGE_BYTES) {
            var pooled = free.poll();
            return Optional.of(pooled != null ? pooled : new Page(arena, PAGE_BYTES));
        }
        // With an arena of its own its memory goes back when it is released: the collector may not come for hours.
        var page = new Page(Arena.ofShared(), size);
        large.add(page);
        return Optional.of(page);
    }

    /// Gives the page back. It must not be pinned, and is not touched again by the caller.
    public void release(Page page) {
        if (page.pinned()) {
            throw new IllegalStateException("a pinned page was released");
        }
        usedBytes.addAndGet(-page.sizeBytes());
        if (page.sizeBytes() == PAGE_BYTES) {
            free.push(page);
        } else {
            large.remove(page);
            page.free();
        }
    }

    public long usedBytes() {
        return usedBytes.get();
    }

    public long budgetBytes() {
        return budgetBytes;
    }

    @Override
    public void close() {
        free.clear();
        arena.close();
        large.forEach(Page::free);
        large.clear();
    }
}
