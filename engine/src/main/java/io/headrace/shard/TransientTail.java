package io.headrace.shard;

import io.headrace.log.Location;
import io.headrace.log.OutOfSpaceException;
import io.headrace.log.Page;
import io.headrace.log.PageArena;
import io.headrace.log.Storage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// Messages that need not survive a restart. They never touch the log: they live in numbered pages, and a
/// page that has to leave memory while something in it is alive goes to a file of its own until its last
/// message is gone.
///
/// A location's entry offset is the page's number here. Files of an earlier life are deleted at start.
///
/// Threads: the loop; a spilled page is read on `files`.
final class TransientTail {
    static final String DIRECTORY = "transient";
    private static final long OVERDRAFT_BYTES = 64L << 20;
    private static final int INITIAL = 64;

    private final Loop loop;
    private final PageArena arena;
    private final Storage storage;
    private final Executor files;
    private final Shard.Applier applier;
    private final Consumer<Throwable> onBroken;
    private final LoadLine line;
    private BooleanSupplier evictElsewhere;
    private Held[] ring = new Held[INITIAL];
    private long first; // number of the oldest page that may be alive
    private long next; // number of the next page
    private Held open;
    private int valueStart;
    private boolean overBudget;
    private int end;

    /// A page that holds live messages, in memory or in its file.
    private static final class Held {
        final long number;
        Page page; // null when it is only in its file
        int sizeBytes;
        int live;
        int loads; // reads of the file, until the end of the turn in which they came: it stays till then
        boolean filed;

        Held(long number, Page page) {
            this.number = number;
            this.page = page;
            this.sizeBytes = page.sizeBytes();
        }

        String path() {
            return DIRECTORY + "/" + number + ".page";
        }
    }

    TransientTail(
            Loop loop,
            PageArena arena,
            Storage storage,
            Executor files,
            Shard.Applier applier,
            LoadLine line,
            Consumer<Throwable> onBroken) {
        this.loop = loop;
        this.arena = arena;
        this.storage = storage;
        this.files = files;
        this.applier = applier;
        this.line = line;
        this.onBroken = onBroken;
        deleteLeftovers();
    }

    void evictElsewhere(BooleanSupplier evictElsewhere) {
        this.evictElsewhere = evictElsewhere;
    }

    ByteBuffer page() {
        return open.page.bytes();
    }

    int reserve(int bytes) {
        if (open == null || open.sizeBytes - end < bytes) {
            close();
            open(bytes);
        }
        int at = end;
        end += bytes;
        return at;
    }

    /// Undoes the last reservation, which began at `at`.
    void takeBack(int at) {
        end = at;
    }

    /// Applies what was written since the last close.
    void close() {
        if (open == null || end == valueStart) {
            return;
        }
        int start = valueStart;
        valueStart = end;
        applier.apply(open.number, open.page.bytes(), 0, start, end);
    }

    int find(long location, Shard.Found found) {
        var held = held(location);
        if (held.page == null) {
            return -1;
        }
        found.page = held.page.bytes();
        return Location.position(location);
    }

    /// @param bytes of the message; a page with a large one has no other
    void load(long location, int bytes, BooleanSupplier wanted, Runnable done) {
        line.add(bytes, wanted, () -> load(held(location), bytes, done), done);
    }

    private void load(Held held, int bytes, Runnable done) {
        var page = newPage(held.sizeBytes);
        held.loads++;
        files.execute(() -> {
            Optional<Throwable> trouble = read(held, page);
            loop.execute(() -> {
                trouble.ifPresent(onBroken);
                keep(held, page);
                line.came(bytes, done, () -> {
                    held.loads--;
                    dropIfDead(held);
                });
            });
        });
    }

    private void keep(Held held, Page page) {
        if (held.page == null && held.live > 0) {
            held.page = page;
        } else {
            arena.release(page);
        }
    }

    void retain(long location) {
        held(location).live++;
    }

    void release(long location) {
        var held = held(location);
        held.live--;
        dropIfDead(held);
    }

    private void dropIfDead(Held held) {
        if (held.live == 0 && held.loads == 0 && held != open) {
            drop(held);
        }
    }

    /// Moves the oldest page that is in memory to its file.
    boolean spillOne() {
        for (long number = first; number < next; number++) {
            var held = ring[index(number)];
            if (held != null && held.page != null && held.loads == 0 && held != open) {
                return spill(held);
            }
        }
        return false;
    }

    private void open(int bytes) {
        var before = open;
        open = null;
        if (before != null) {
            dropIfDead(before);
        }
        var page = newPage(bytes);
        if (next - first == ring.length) {
            grow();
        }
        open = new Held(next, page);
        ring[index(next)] = open;
        next++;
        valueStart = 0;
        end = 0;
    }

    // on a full disk the page stays in memory
    private boolean spill(Held held) {
        try {
            if (!held.filed) {
                write(held);
            }
        } catch (OutOfSpaceException e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot move transient messages out of memory", e);
        }
        arena.release(held.page);
        held.page = null;
        return true;
    }

    private void write(Held held) throws IOException {
        try (var file = storage.create(held.path())) {
            file.write(held.page.bytes().duplicate().clear(), 0);
            held.filed = true;
        } finally {
            if (!held.filed) {
                storage.delete(held.path());
            }
        }
    }

    private Optional<Throwable> read(Held held, Page page) {
        try (var file = storage.open(held.path())) {
            file.read(page.bytes().duplicate().clear().limit(held.sizeBytes), 0);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(e);
        }
    }

    private void drop(Held held) {
        if (held.page != null) {
            arena.release(held.page);
            held.page = null;
        }
        if (held.filed) {
            try {
                storage.delete(held.path());
            } catch (IOException e) {
                throw new UncheckedIOException("cannot delete " + held.path(), e);
            }
        }
        ring[index(held.number)] = null;
        while (first < next && ring[index(first)] == null) {
            first++;
        }
    }

    private Page newPage(int bytes) {
        while (true) {
            var page = arena.acquire(bytes);
            if (page.isPresent()) {
                return page.get();
            }
            if (!spillOne() && !evictElsewhere.getAsBoolean()) {
                overBudget = true;
                return arena.acquire(bytes, OVERDRAFT_BYTES)
                        .orElseThrow(() -> new IllegalStateException("page budget overdrawn: " + arena.usedBytes()));
            }
        }
    }

    boolean overBudget() {
        while (overBudget && arena.usedBytes() >= arena.budgetBytes()) {
            if (!endLargePage() && !spillOne()) {
                return true;
            }
        }
        overBudget = false;
        return false;
    }

    /// A large message may be more than the whole budget, and nothing else may come that ends its page.
    private boolean endLargePage() {
        if (open == null || open.sizeBytes == PageArena.PAGE_BYTES || end > valueStart) {
            return false;
        }
        var before = open;
        open = null;
        dropIfDead(before);
        return true;
    }

    private Held held(long location) {
        return ring[index(Location.entryOffset(location))];
    }

    private int index(long number) {
        return (int) number & ring.length - 1;
    }

    private void grow() {
        var bigger = new Held[ring.length * 2];
        for (var held : ring) {
            if (held != null) {
                bigger[(int) held.number & bigger.length - 1] = held;
            }
        }
        ring = bigger;
    }

    private void deleteLeftovers() {
        try {
            for (var name : storage.list(DIRECTORY)) {
                storage.delete(DIRECTORY + "/" + name);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete the transient messages of an earlier run", e);
        }
    }
}
