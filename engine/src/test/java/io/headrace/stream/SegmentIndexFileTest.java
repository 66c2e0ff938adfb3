package io.headrace.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.broker.SimulatedBroker;
import io.headrace.log.LyingStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: who reads an old segment after a restart need not wait until its file was walked; and whatever became of the
/// index's file, what is read is right.
@DisplayNameGeneration(ReplaceUnderscores.class)
class SegmentIndexFileTest {
    private static final Map<String, String> SETTINGS = Map.of("internal.segment.bytes", "300000");
    private static final int VALUE_BYTES = 8_000;

    private final LyingStorage storage = new LyingStorage(1);
    private final SimulatedBroker broker = new SimulatedBroker(storage, 1);

    @Test
    void what_was_written_is_read_and_anything_else_is_not() {
        var index = new SegmentIndex(0);
        for (int i = 0; i < 100; i++) {
            index.add(10 * i, SegmentIndex.INTERVAL_BYTES_MIN * i, 1_000 + i);
        }
        var file = SegmentIndexFile.encode(index, 7, 4_000_000, 2_000);

        var read =
                SegmentIndexFile.decode(file.duplicate(), 7, 4_000_000, 2_000).orElseThrow();
        assertThat(read.count()).isEqualTo(100);
        for (int delta = 0; delta < 1_000; delta++) {
            assertThat(read.positionOf(delta)).isEqualTo(index.positionOf(delta));
            assertThat(read.positionOfTime(900 + delta)).isEqualTo(index.positionOfTime(900 + delta));
        }
        assertThat(SegmentIndexFile.decode(file.duplicate(), 8, 4_000_000, 2_000))
                .isEmpty();
        assertThat(SegmentIndexFile.decode(file.duplicate(), 7, 4_000_001, 2_000))
                .isEmpty();
        assertThat(SegmentIndexFile.decode(file.duplicate(), 7, 4_000_000, 2_001))
                .isEmpty();
        for (int length = 0; length < file.limit(); length++) {
            var torn = ByteBuffer.wrap(file.array().clone()).limit(length);
            assertThat(SegmentIndexFile.decode(torn, 7, 4_000_000, 2_000))
                    .as("torn at " + length)
                    .isEmpty();
        }
        for (int at = 0; at < file.limit(); at++) {
            var flipped = ByteBuffer.wrap(file.array().clone());
            flipped.put(at, (byte) (flipped.get(at) ^ 4));
            assertThat(SegmentIndexFile.decode(flipped, 7, 4_000_000, 2_000))
                    .as("flipped at " + at)
                    .isEmpty();
        }
    }

    @Test
    void a_segment_that_is_whole_has_its_index_on_disk() throws IOException {
        fill(120);

        var names = names();
        assertThat(names.stream().filter(name -> name.endsWith(".log"))).hasSizeGreaterThan(2);
        assertThat(names.stream().filter(name -> name.endsWith(".index")).map(SegmentIndexFileTest::stem))
                .containsExactlyElementsOf(names.stream()
                        .filter(name -> name.endsWith(".log"))
                        .map(SegmentIndexFileTest::stem)
                        .limit(names.stream()
                                        .filter(name -> name.endsWith(".log"))
                                        .count()
                                - 1)
                        .toList());
    }

    @Test
    void an_index_that_is_harmed_or_missing_is_made_again() throws IOException {
        fill(600); // so much that there are checkpoints, and not all is replayed
        for (var name : names()) {
            if (name.endsWith(".index")) {
                storage.flipBit(SegmentFiles.DIRECTORY + "/" + name, 40);
            }
        }
        broker.boot();
        readAll();
        broker.advance(1_000);
        broker.settle();

        for (var name : names()) { // and is written again
            if (name.endsWith(".index")) {
                storage.delete(SegmentFiles.DIRECTORY + "/" + name);
            }
        }
        broker.boot();
        readAll();
        broker.advance(1_000);
        broker.settle();
        assertThat(names().stream().filter(name -> name.endsWith(".index"))).isNotEmpty();
    }

    @Test
    void the_index_goes_with_its_segment() throws IOException {
        fill(120);
        partition(broker).deleteBefore(partition(broker).endOffset());
        broker.settle();
        broker.advance(1_000);
        broker.settle();

        assertThat(names()).noneMatch(name -> name.endsWith(".index"));
    }

    @Test
    void a_crash_at_any_moment_harms_nothing() throws IOException {
        for (long seed = 0; seed < 60; seed++) {
            var random = new Random(seed);
            var disk = new LyingStorage(seed);
            var crashing = new SimulatedBroker(disk, seed);
            crashing.boot();
            crashing.topics().create("t", 1, SETTINGS, _ -> {});
            crashing.settle();
            for (int life = 0; life < 4; life++) {
                for (int i = random.nextInt(80); i > 0; i--) {
                    append(crashing);
                    if (random.nextInt(8) == 0) {
                        crashing.advance(random.nextInt(1_500));
                    }
                    for (int step = random.nextInt(6); step > 0; step--) {
                        crashing.step();
                    }
                }
                disk.crash();
                crashing.boot();
                readAll(crashing, "seed " + seed);
            }
            crashing.close();
        }
    }

    private void fill(int batches) throws IOException {
        broker.boot();
        broker.topics().create("t", 1, SETTINGS, _ -> {});
        broker.settle();
        for (int i = 0; i < batches; i++) {
            append(broker);
            broker.settle();
        }
        broker.advance(1_000);
        broker.settle();
    }

    private static void append(SimulatedBroker broker) {
        long number = partition(broker).endOffset();
        partition(broker).append(Batches.keyed(1_000 + number, "k" + number, "v".repeat(VALUE_BYTES)), _ -> {});
    }

    private void readAll() {
        readAll(broker, "");
    }

    private static void readAll(SimulatedBroker broker, String what) {
        var partition = partition(broker);
        for (long offset = partition.startOffset(); offset < partition.endOffset(); offset++) {
            var into = new ByteBuffer[1];
            partition.read(
                    offset, partition.endOffset(), 1, true, bytes -> into[0] = ByteBuffer.allocate(bytes), _ -> {});
            broker.settle();
            assertThat(BatchHeader.baseOffset(into[0], 0)).as(what).isEqualTo(offset);
        }
    }

    private List<String> names() throws IOException {
        return storage.list(SegmentFiles.DIRECTORY).stream().sorted().toList();
    }

    private static String stem(String name) {
        return name.substring(0, name.indexOf('.'));
    }

    private static Partition partition(SimulatedBroker broker) {
        return broker.topics()
                .partition(broker.topics().topic("t").orElseThrow(), 0)
                .orElseThrow();
    }
}
