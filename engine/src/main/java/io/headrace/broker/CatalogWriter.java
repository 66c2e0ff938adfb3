package io.headrace.broker;

import io.headrace.catalog.Catalog;
import io.headrace.catalog.CatalogOperation;
import io.headrace.log.CommitLog;
import io.headrace.log.EntryFrame;
import io.headrace.log.Page;
import io.headrace.log.PageArena;
import io.headrace.shard.CommitWaits;
import io.headrace.time.Clock;
import java.util.ArrayDeque;
import java.util.List;

/// Puts decided changes of the catalog into its group's log and applies them.
///
/// Threads: the loop that owns the catalog.
final class CatalogWriter {
    private static final long OVERDRAFT_BYTES = 16L << 20;

    private final CommitLog log;
    private final PageArena arena;
    private final Catalog catalog;
    private final Clock clock;
    private final CommitWaits waits = new CommitWaits();
    private final ArrayDeque<Page> written = new ArrayDeque<>();
    private int epoch = CommitLog.NOT_LEADING;
    private Page page;
    private int end;

    CatalogWriter(CommitLog log, PageArena arena, Catalog catalog, Clock clock) {
        this.log = log;
        this.arena = arena;
        this.catalog = catalog;
        this.clock = clock;
    }

    /// What is decided from now on belongs to `epoch` of the catalog's group; nothing can be logged before.
    void lead(int epoch) {
        this.epoch = epoch;
    }

    /// Appends and applies `operations`; `then` runs when they are committed.
    ///
    /// @param lasting whether they must survive a restart: otherwise `then` runs at once
    void append(List<CatalogOperation> operations, boolean lasting, Runnable then) {
        int valueBytes = CatalogOperation.sizeBytes(operations);
        int start = reserve(EntryFrame.OVERHEAD_BYTES + valueBytes);
        long now = clock.millis();
        CatalogOperation.encode(operations, page.bytes(), start + EntryFrame.VALUE_START);
        int length = EntryFrame.close(page.bytes(), start, valueBytes, now);
        var urgency = lasting ? CommitLog.Urgency.SOON : CommitLog.Urgency.LAZY;
        long offset = log.append(CommitLog.CATALOG, epoch, page, start, length, urgency);
        if (offset == CommitLog.NO_OFFSET) {
            // a cluster drops the catalog's state here and follows; alone, a node leads until it ends
            throw new IllegalStateException("%d operations were decided in epoch %d, and the log is in epoch %d"
                    .formatted(operations.size(), epoch, log.epoch(CommitLog.CATALOG)));
        }
        catalog.apply(offset, now, page.bytes(), start, valueBytes);
        if (lasting) {
            waits.add(offset, tag -> then.run(), 0);
        } else {
            then.run();
        }
    }

    void committed(long offset) {
        waits.release(offset);
    }

    // a page is used again from its start when the log has written all of it
    private int reserve(int bytes) {
        if (page == null || page.sizeBytes() - end < bytes) {
            if (page != null) {
                written.addLast(page);
            }
            while (!written.isEmpty() && !written.peekFirst().pinned()) {
                arena.release(written.removeFirst());
            }
            page = arena.acquire(bytes, OVERDRAFT_BYTES)
                    .orElseThrow(() -> new IllegalStateException("no memory for a change of the catalog"));
            end = 0;
        }
        int start = end;
        end = Math.min(start + bytes + 7 & ~7, page.sizeBytes());
        return start;
    }
}
