package io.headrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.log.CommitLog.Urgency;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/// A stepped log on a lying disk, with what a test wants to say about it in a word or two. Entries are told
/// apart by a number, from which their bytes follow.
final class TestLog implements AutoCloseable, CommitLog.Listener {
    static final LogConfig SMALL_FILES = new LogConfig(64 << 10, 64 << 20, 1 << 20, 1000, 10, 0);

    final LyingStorage storage;
    final TestClock clock = new TestClock();
    final PageArena arena = new PageArena(32 << 20);
    final List<Boolean> space = new ArrayList<>();
    final List<Throwable> failures = new ArrayList<>();
    final List<Long> replayed = new ArrayList<>();
    final List<String> led = new ArrayList<>();
    final long[] through = {Long.MAX_VALUE, Long.MAX_VALUE};
    long committed = -1;
    long written = -1;
    HeadraceLog log;
    private final LogConfig config;
    private final Set<Flight> flying = new HashSet<>();
    private Page page;
    private int at;

    private TestLog(LyingStorage storage, LogConfig config) {
        this.storage = storage;
        this.config = config;
    }

    static TestLog started(LogConfig config) throws IOException {
        var log = new TestLog(new LyingStorage(1), config);
        log.open(OnCorruption.REFUSE);
        return log;
    }

    static TestLog started() throws IOException {
        return started(SMALL_FILES);
    }

    void open(OnCorruption onCorruption) throws IOException {
        replayed.clear();
        led.clear();
        flying.clear();
        page = null;
        log = HeadraceLog.open(storage, config, clock, arena, onCorruption);
        log.replayThrough(through, new Replayed(), new Replayed());
        committed = log.commits().committedOffset(CommitLog.DATA);
        written = committed;
        log.commits().addListener(this);
        log.startStepped();
    }

    /// The process dies; the next one starts.
    void kill() throws IOException {
        storage.kill();
        open(OnCorruption.REFUSE);
    }

    long append(long number, Urgency urgency) {
        return append(CommitLog.DATA, number, 1000, urgency);
    }

    /// Appends an entry that the log could have written for itself.
    long appendControl(long number, int offsets) {
        int start = write(1000, number);
        TestEntries.takeOffsets(page, start, offsets);
        TestEntries.markControl(page, start);
        return appendWritten(CommitLog.DATA, start, Urgency.SOON);
    }

    long append(int group, long number, int valueBytes, Urgency urgency) {
        return appendWritten(group, write(valueBytes, number), urgency);
    }

    private long appendWritten(int group, int start, Urgency urgency) {
        int length = EntryFrame.length(page.bytes(), start);
        return log.commits().append(group, log.commits().epoch(group), page, start, length, urgency);
    }

    private int write(int valueBytes, long number) {
        if (page == null || page.sizeBytes() - at < valueBytes + EntryFrame.OVERHEAD_BYTES) {
            page = arena.acquire(valueBytes + EntryFrame.OVERHEAD_BYTES, 1L << 32)
                    .orElseThrow();
            at = 0;
        }
        int start = at;
        int length = TestEntries.write(page, start, valueBytes, number);
        at = Math.min(page.sizeBytes(), WalBlock.alignEntry(start + length));
        return start;
    }

    Page page() {
        return page;
    }

    /// Appends and commits entries of some 1000 bytes until `files` WAL files have been begun.
    void fillFiles(int files) {
        long number = log.commits().nextOffset(CommitLog.DATA);
        while (extents() < files) {
            append(number++, Urgency.SOON);
            run();
        }
    }

    int extents() {
        return log.commits().nextOffset(CommitLog.DATA) == 0
                ? 0
                : log.reclaim().extentOf(CommitLog.DATA, log.commits().nextOffset(CommitLog.DATA) - 1);
    }

    /// Appends an entry that someone waits for.
    ///
    /// @return the block of it; null if none is begun
    Flight begin(long number, int valueBytes) {
        append(CommitLog.DATA, number, valueBytes, Urgency.SOON);
        var flight = committer().begin();
        if (flight != null) {
            flying.add(flight);
        }
        return flight;
    }

    void fly(Flight flight) {
        committer().write(flight);
        committer().force(flight);
        flying.remove(flight);
    }

    LocalCommitter committer() {
        return (LocalCommitter) log.commits();
    }

    /// Steps until there is nothing to do.
    void run() {
        while (log.step()) {
            assertThat(failures).isEmpty();
        }
    }

    void checkpoint(long applied) throws IOException {
        log.checkpoints().write(checkpoint(applied, "", false));
    }

    static Checkpoints.Checkpoint checkpoint(long applied, String state, boolean clean) {
        var section = new Checkpoints.Section(CommitLog.DATA, applied, 1, ByteBuffer.wrap(state.getBytes()));
        return new Checkpoints.Checkpoint(List.of(section), clean);
    }

    /// Reads the value of an entry, or a part that begins at `position`, and says whether it is what was
    /// written.
    void assertReadable(long offset, long number, int valueBytes) {
        long location = Location.of(offset, EntryFrame.VALUE_START);
        var answer = new AtomicReference<EntryReader.Result>();
        log.reader().read(CommitLog.DATA, location, answer::set);
        assertThat(answer.get()).isInstanceOf(EntryReader.Result.Stretch.class);
        var stretch = (EntryReader.Result.Stretch) answer.get();
        int piece = stretch.piece(location, valueBytes, 0);
        assertThat(piece).isNotNegative();
        int start = stretch.starts()[piece] + (int) (location - stretch.locations()[piece]);
        var expected =
                arena.acquire(valueBytes + EntryFrame.OVERHEAD_BYTES, 1L << 32).orElseThrow();
        TestEntries.write(expected, 0, valueBytes, number);
        assertThat(stretch.page().bytes().slice(start, valueBytes))
                .isEqualTo(expected.bytes().slice(EntryFrame.VALUE_START, valueBytes));
        arena.release(expected);
        arena.release(stretch.page());
    }

    List<String> files(String folder) {
        return storage.list(folder);
    }

    @Override
    public void written(int group, long offset) {
        written = offset;
    }

    @Override
    public void committed(int group, long offset) {
        committed = offset;
    }

    @Override
    public void leading(int group, int epoch, long firstOffset) {
        led.add("group %d in epoch %d from %d".formatted(group, epoch, firstOffset));
    }

    @Override
    public void spaceForPublishing(boolean ample) {
        space.add(ample);
    }

    @Override
    public void failed(Throwable cause) {
        failures.add(cause);
    }

    /// In good order, unless a test ended in the middle: what is still on its way would be waited for for ever.
    @Override
    public void close() throws IOException {
        if (failures.isEmpty() && flying.isEmpty()) {
            log.close();
        }
    }

    private final class Replayed implements StateMachine {
        @Override
        public void apply(long offset, long timestampMillis, ByteBuffer page, int entryStart, int valueBytes) {
            assertThat(TestEntries.isWhole(page, entryStart, valueBytes)).isTrue();
            replayed.add(timestampMillis);
        }

        @Override
        public void restore(ByteBuffer snapshot) {
            throw new UnsupportedOperationException("these tests restore by themselves");
        }

        @Override
        public void reset() {
            throw new UnsupportedOperationException("these tests restore by themselves");
        }
    }
}
