package io.headrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.log.CommitLog.Urgency;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.IntStream;

/// A log under a lying disk, in one thread, from one seed, beside a model that knows what was appended,
/// what was committed, and what has to be readable.
///
/// An entry stands for one message: its whole value. Some take several offsets, and some are control
/// entries, which stand for none. Entries are told apart by their timestamp, which counts up over all
/// groups, so the order of replay can be checked too.
final class LogSimulation {
    private static final int GROUPS = 2;
    /// Small files are often full, larger ones have room for two blocks at once.
    private static final int[] FILE_BYTES = {64 << 10, 192 << 10};

    private static final long NOT_APPLIED = -1;

    private final SplittableRandom random;
    private final LogConfig config;
    private final PageArena arena;
    private final LyingStorage storage;
    private final TestClock clock = new TestClock();
    private final List<Group> groups =
            IntStream.range(0, GROUPS).mapToObj(Group::new).toList();
    private final List<Page> pages = new ArrayList<>();
    private final List<Flight> flights = new ArrayList<>(); // begun and not landed
    private HeadraceLog log;
    private Page page;
    private int at;
    private long stamp;
    private boolean failed;
    int crashes;
    int company;
    int reads;
    int coldReads;

    /// What the model knows of a group.
    private static final class Group implements StateMachine {
        final int number;
        final List<Long> stamps = new ArrayList<>(); // by offset
        final List<Integer> valueBytes = new ArrayList<>();
        final TreeSet<Long> live = new TreeSet<>(); // offsets
        long committed = -1;
        long written = -1;
        long next; // while replaying
        long[] lastStamp;

        Group(int number) {
            this.number = number;
        }

        @Override
        public void apply(long offset, long timestampMillis, ByteBuffer page, int entryStart, int bytes) {
            passOver(offset);
            assertThat(offset)
                    .as("offsets of group %d follow each other", number)
                    .isEqualTo(next);
            next = EntryFrame.lastOffset(page, entryStart) + 1;
            assertThat(timestampMillis).as("order of replay").isGreaterThan(lastStamp[0]);
            lastStamp[0] = timestampMillis;
            assertThat((int) offset).as("no phantom").isLessThan(stamps.size());
            assertThat(timestampMillis).isEqualTo(stamps.get((int) offset));
            assertThat(bytes).isEqualTo(valueBytes.get((int) offset));
            assertThat(TestEntries.isWhole(page, entryStart, bytes)).isTrue();
            live.add(offset);
        }

        /// Up to `end` there is nothing to replay.
        void passOver(long end) {
            assertThat(end).as("no phantom").isLessThanOrEqualTo(stamps.size());
            while (next < end) {
                assertThat(stamps.get((int) next++)).as("skipped").isEqualTo(NOT_APPLIED);
            }
        }

        @Override
        public void restore(ByteBuffer snapshot) {
            reset();
            next = snapshot.getLong() + 1;
            while (snapshot.hasRemaining()) {
                live.add(snapshot.getLong());
            }
        }

        @Override
        public void reset() {
            live.clear();
            next = 0;
        }

        ByteBuffer snapshot() {
            var bytes = ByteBuffer.allocate(8 + 8 * live.size()).putLong(stamps.size() - 1);
            live.forEach(bytes::putLong);
            return bytes.flip();
        }
    }

    LogSimulation(long seed, PageArena arena) {
        this.random = new SplittableRandom(seed);
        this.config = new LogConfig(FILE_BYTES[(int) (seed & 1)], 64 << 20, 1 << 20, 1000, 10, 0);
        this.arena = arena;
        this.storage = new LyingStorage(seed);
    }

    LyingStorage storage() {
        return storage;
    }

    void run(int turns) throws IOException {
        open();
        for (int turn = 0; turn < turns; turn++) {
            turn();
        }
        recover(random.nextBoolean());
        for (var group : groups) {
            for (long offset : List.copyOf(group.live)) {
                read(group, offset);
            }
        }
        finish();
    }

    private void turn() throws IOException {
        switch (random.nextInt(100)) {
            case 0, 1 -> recover(true);
            case 2 -> recover(false);
            case 3 -> storage.failWriteAfter(random.nextInt(4));
            case 4 -> storage.failForceAfter(random.nextInt(4));
            case 5 -> fillDevice();
            case 25 -> closeAndOpen();
            case 6, 7, 8, 9, 10 -> checkpoint();
            case 11, 12, 13, 14, 15 -> clock.advance(Duration.ofMillis(random.nextInt(12)));
            case 16, 17, 18, 19, 20 -> settle();
            case 21, 22, 23, 24 -> readAny();
            default -> {
                switch (random.nextInt(6)) {
                    case 0 -> log.step();
                    case 1 -> goOn();
                    default -> append();
                }
            }
        }
        if (failed) {
            recover(random.nextBoolean());
        }
    }

    private void append() {
        append(random.nextInt(12) == 0 ? random.nextInt(50_000) : random.nextInt(1500));
    }

    private void append(int bytes) {
        var group = groups.get(random.nextInt(8) == 0 ? 0 : 1);
        if (page == null || page.sizeBytes() - at < bytes + EntryFrame.OVERHEAD_BYTES) {
            newPage();
        }
        int length = TestEntries.write(page, at, bytes, ++stamp);
        int offsets = random.nextInt(6) == 0 ? 2 + random.nextInt(3) : 1;
        boolean control = random.nextInt(10) == 0;
        TestEntries.takeOffsets(page, at, offsets);
        if (control) {
            TestEntries.markControl(page, at);
        }
        for (int i = 0; i < offsets; i++) {
            group.stamps.add(i > 0 || control ? NOT_APPLIED : stamp);
            group.valueBytes.add(i > 0 ? 0 : bytes);
        }
        long offset = log.commits()
                .append(group.number, 1, page, at, length, random.nextInt(3) == 0 ? Urgency.LAZY : Urgency.SOON);
        assertThat(offset).isEqualTo(group.stamps.size() - offsets);
        if (!control) {
            group.live.add(offset);
        }
        at = random.nextBoolean() ? WalBlock.alignEntry(at + length) : Math.min(page.sizeBytes(), at + length + 40);
    }

    /// One of the log's two writers does a part of its work.
    private void goOn() {
        if (random.nextInt(3) == 0) {
            for (int i = 0; i < 3; i++) {
                append((int) LocalCommitter.COMPANY_BYTES / 2 + random.nextInt(10_000));
            }
        }
        var flight = random.nextBoolean() ? committer().begin() : null;
        if (flight != null) {
            company += flights.size();
            flights.add(flight);
        } else if (!flights.isEmpty()) {
            goOn(flights.get(random.nextInt(flights.size())));
        }
    }

    private void goOn(Flight flight) {
        if (flight.state() == Flight.State.BEGUN) {
            committer().write(flight);
        } else {
            committer().force(flight);
            flights.remove(flight);
        }
    }

    private void landAll() {
        while (!flights.isEmpty() && !failed) {
            goOn(flights.getFirst());
        }
    }

    private LocalCommitter committer() {
        return (LocalCommitter) log.commits();
    }

    /// Some messages are consumed, mostly old ones; now and then nearly all.
    private void settle() {
        for (var group : groups) {
            boolean most = random.nextInt(6) == 0;
            group.live.removeIf(
                    offset -> offset <= group.written && (most ? random.nextInt(20) != 0 : random.nextInt(4) == 0));
        }
    }

    private void checkpoint() throws IOException {
        landAll();
        if (failed) {
            return;
        }
        var counts = groups.stream().map(this::counts).toList();
        var sections = groups.stream()
                .map(group -> new Checkpoints.Section(group.number, group.stamps.size() - 1, 1, group.snapshot()))
                .toList();
        try {
            log.checkpoints().write(new Checkpoints.Checkpoint(sections, false));
            for (int group = 0; group < GROUPS; group++) {
                log.reclaim().live(group, counts.get(group));
            }
        } catch (OutOfSpaceException e) {
            assertThat(failed).as("a full device is no failure").isFalse();
        } catch (IOException e) {
            failed = true;
        }
    }

    /// Now and then there is space again.
    private void fillDevice() {
        storage.capacityBytes(random.nextInt(3) == 0 ? Long.MAX_VALUE : storage.usedBytes() + random.nextInt(100_000));
    }

    private Reclaim.LiveCounts counts(Group group) {
        return new SimulatedLive(log.reclaim(), group.number, List.copyOf(group.live), group.valueBytes, group.written);
    }

    private void readAny() throws IOException {
        var group = groups.get(random.nextInt(GROUPS));
        var readable = group.live.headSet(group.written, true);
        if (!readable.isEmpty()) {
            var from = readable.ceiling(random.nextLong(group.written + 1));
            read(group, from == null ? readable.first() : from);
        }
    }

    private void read(Group group, long offset) throws IOException {
        long location = Location.of(offset, EntryFrame.VALUE_START);
        log.reader().read(group.number, location, result -> {
            switch (result) {
                case EntryReader.Result.Stretch stretch -> check(group, offset, location, stretch);
                case EntryReader.Result.Failed(Throwable cause) ->
                    throw new AssertionError("entry %d of group %d".formatted(offset, group.number), cause);
            }
        });
        reads++;
    }

    private void check(Group group, long offset, long location, EntryReader.Result.Stretch stretch) {
        int piece = -1;
        for (int i = 0; i < stretch.count(); i++) {
            assertThat(i == 0 || stretch.locations()[i - 1] < stretch.locations()[i])
                    .isTrue();
            if (stretch.locations()[i] <= location) {
                piece = i;
            }
        }
        assertThat(piece).as("a piece for %d", offset).isNotNegative();
        long from = stretch.locations()[piece];
        coldReads += Location.position(from) > 0 ? 1 : 0;
        int bytes = group.valueBytes.get((int) offset);
        assertThat(location - from + bytes).isLessThanOrEqualTo(stretch.lengths()[piece]);
        var expected = arena.acquire(0).orElseThrow();
        TestEntries.write(expected, 0, bytes, group.stamps.get((int) offset));
        int start = stretch.starts()[piece] + (int) (location - from);
        assertThat(stretch.page().bytes().slice(start, bytes))
                .isEqualTo(expected.bytes().slice(EntryFrame.VALUE_START, bytes));
        arena.release(expected);
        arena.release(stretch.page());
    }

    private void closeAndOpen() throws IOException {
        boolean clean = random.nextBoolean();
        storage.capacityBytes(Long.MAX_VALUE);
        clock.advance(Duration.ofSeconds(1));
        landAll();
        if (failed) {
            return;
        }
        try {
            if (clean) {
                var sections = groups.stream()
                        .map(group ->
                                new Checkpoints.Section(group.number, group.stamps.size() - 1, 1, group.snapshot()))
                        .toList();
                log.checkpoints().write(new Checkpoints.Checkpoint(sections, true));
            }
            log.close();
        } catch (IOException e) {
            failed = true;
            return;
        }
        storage.kill();
        reopen();
        if (clean && !failed) {
            assertThat(log.wasCleanlyClosed()).isTrue();
        }
    }

    private void recover(boolean power) throws IOException {
        crashes++;
        if (power) {
            storage.crash();
        } else {
            storage.kill();
        }
        reopen();
    }

    private void reopen() throws IOException {
        failed = false;
        flights.clear();
        page = null;
        releasePages();
        open();
    }

    private void open() throws IOException {
        storage.failWriteAfter(-1);
        storage.failForceAfter(-1);
        storage.capacityBytes(Long.MAX_VALUE);
        log = HeadraceLog.open(storage, config, clock, arena);
        var lastStamp = new long[1];
        for (var group : groups) {
            group.lastStamp = lastStamp;
            log.restore(group.number, group);
        }
        log.replay(groups.toArray(StateMachine[]::new));
        for (var group : groups) {
            group.passOver(log.commits().nextOffset(group.number));
            assertThat(group.next)
                    .as("nothing committed of group %d is lost", group.number)
                    .isGreaterThan(group.committed)
                    .isEqualTo(log.commits().nextOffset(group.number));
            // what was not committed may be gone, and its place is taken by others
            group.stamps.subList((int) group.next, group.stamps.size()).clear();
            group.valueBytes.subList((int) group.next, group.valueBytes.size()).clear();
            group.committed = group.next - 1;
            group.written = group.committed;
        }
        log.commits().addListener(new CommitLog.Listener() {
            @Override
            public void written(int group, long offset) {
                groups.get(group).written = offset;
            }

            @Override
            public void committed(int group, long offset) {
                assertThat(offset).isLessThanOrEqualTo(groups.get(group).written);
                groups.get(group).committed = offset;
            }

            @Override
            public void failed(Throwable cause) {
                failed = true;
            }
        });
        log.startStepped();
    }

    private void newPage() {
        if (pages.size() == 4) {
            landAll();
            while (pages.getFirst().pinned() && !failed) {
                storage.capacityBytes(Long.MAX_VALUE);
                clock.advance(Duration.ofMillis(100));
                log.step();
            }
            if (failed) {
                return;
            }
            arena.release(pages.removeFirst());
        }
        page = arena.acquire(0).orElseThrow();
        pages.add(page);
        at = 0;
    }

    private void finish() throws IOException {
        log.close();
        releasePages();
    }

    private void releasePages() {
        pages.forEach(old -> {
            while (old.pinned()) {
                old.unpin();
            }
            arena.release(old);
        });
        pages.clear();
    }
}
