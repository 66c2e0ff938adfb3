package io.headrace.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.broker.SimulatedBroker;
import io.headrace.log.LyingStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: who reads a partition's files in order gets each record once, whatever else is read, whether the memory of
/// what was read ahead is copied or lent, and however late it comes back. Method: the whole engine in one thread, on a
/// disk in memory; more is written than the log's memory holds. `-Dheadrace.seed=N`, `-Dheadrace.seeds=N`: as in
/// [CleanerOracleTest].
@DisplayNameGeneration(ReplaceUnderscores.class)
class ReadAheadTest {
    private static final int MIB = 1 << 20;
    private static final int BATCHES = 400;
    private static final int VALUE_BYTES = 60_000;

    private static final int SEEDS = 8;

    private SimulatedBroker broker;
    private final ArrayDeque<Lent> lent = new ArrayDeque<>();
    private Partition partition;

    /// @param contents when it was lent
    private record Lent(ByteBuffer bytes, List<String> contents, Runnable free) {}

    @BeforeEach
    void boot() throws IOException {
        broker = new SimulatedBroker(new LyingStorage(1), 1);
        broker.boot();
    }

    @Test
    void who_reads_in_order_is_lent_what_was_read_ahead() {
        fill(Map.of(), _ -> VALUE_BYTES);
        var reader = new Reader(true);

        while (reader.next < BATCHES / 2) {
            reader.read(MIB);
            giveBack(lent.size());
        }

        assertThat(reader.copied).isEqualTo(2); // the first, and the one that shows that they are in order
        assertThat(reader.taken).isGreaterThan(5);
    }

    @Test
    void what_is_lent_stays_as_it_is_until_it_comes_back_however_late() {
        fill(Map.of(), _ -> VALUE_BYTES);
        var reader = new Reader(true);

        while (reader.next < BATCHES / 2) {
            reader.read(MIB);
        }
        int taken = reader.taken;
        giveBack(lent.size());
        reader.read(MIB);
        giveBack(lent.size());
        reader.read(MIB);

        assertThat(taken).isPositive();
        assertThat(reader.taken).isGreaterThan(taken);
    }

    @Test
    void who_reads_less_than_half_a_piece_at_a_time_gets_copies() {
        fill(Map.of(), _ -> VALUE_BYTES);
        var reader = new Reader(true);

        while (reader.next < BATCHES / 4) {
            reader.read(MIB / 3);
        }

        assertThat(reader.taken).isZero();
    }

    @Test
    void what_is_lent_is_still_there_when_its_topic_is_not() {
        fill(Map.of(), _ -> VALUE_BYTES);
        var reader = new Reader(true);
        while (reader.taken == 0) {
            reader.read(MIB);
        }

        broker.topics().delete("t", _ -> {});
        broker.settle();

        giveBack(lent.size());
    }

    @Test
    void readers_of_all_kinds_get_each_record_once() throws IOException {
        Long only = Long.getLong("headrace.seed");
        int seeds = Integer.getInteger("headrace.seeds", SEEDS);
        int taken = 0;
        for (long seed = only == null ? 0 : only; seed < (only == null ? seeds : only + 1); seed++) {
            boot();
            try {
                taken += readAtRandom(new Random(seed));
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + " (repeat with -Dheadrace.seed=" + seed + ")", e);
            }
        }
        assertThat(taken).isGreaterThanOrEqualTo(only == null ? seeds : 0);
    }

    /// @return how often what was read ahead was taken
    private int readAtRandom(Random random) {
        fill(
                Map.of("internal.segment.bytes", String.valueOf(2 * MIB)),
                _ -> random.nextInt(8) == 0 ? 1 + random.nextInt(300_000) : 1 + random.nextInt(20_000));
        var readers = List.of(new Reader(true), new Reader(false), new Reader(true));
        int turn = 0;
        while (readers.stream().anyMatch(reader -> reader.next < BATCHES)) {
            var reader = readers.get(random.nextInt(turn++ / 50 % 2 == 0 ? 1 : readers.size())); // often alone
            if (random.nextInt(40) == 0) {
                reader.next = random.nextInt(BATCHES);
            } else if (reader.next < BATCHES) {
                reader.read(1 + random.nextInt(random.nextBoolean() ? 3 * MIB : MIB / 4));
            }
            giveBack(random.nextInt(lent.size() + 1));
        }
        giveBack(lent.size());
        return readers.stream().mapToInt(reader -> reader.taken).sum();
    }

    private interface Sizes {
        int bytes(int batch);
    }

    private void fill(Map<String, String> settings, Sizes sizes) {
        broker.topics().create("t", 1, settings, _ -> {});
        broker.settle();
        partition = broker.topics()
                .partition(broker.topics().topic("t").orElseThrow(), 0)
                .orElseThrow();
        for (int i = 0; i < BATCHES; i++) {
            partition.append(Batches.of(value(i, sizes.bytes(i))), _ -> {});
            broker.settle();
            broker.advance(100);
        }
        broker.advance(500);
        broker.settle();
        assertThat(partition.highWatermark()).isEqualTo(BATCHES);
    }

    private static String value(int batch, int bytes) {
        return batch + "," + bytes + ",".repeat(bytes);
    }

    private void giveBack(int count) {
        for (int i = 0; i < count; i++) {
            var oldest = lent.remove();
            assertThat(Batches.contents(oldest.bytes())).isEqualTo(oldest.contents());
            oldest.free().run();
        }
        broker.settle();
    }

    /// Reads in order; each batch has one record.
    private final class Reader implements ReadTarget {
        private final boolean takes;
        private ByteBuffer read;
        private int next;
        private int copied;
        private int taken;

        Reader(boolean takes) {
            this.takes = takes;
        }

        void read(int maxBytes) {
            var results = new ArrayList<ReadResult>();
            partition.read(next, partition.highWatermark(), maxBytes, true, this, results::add);
            broker.settle();
            assertThat(results)
                    .containsExactly(new ReadResult.Batches(read.rewind().remaining()));
            for (String record : Batches.contents(read)) {
                var parts = record.split(",", 3);
                assertThat(parts[0]).isEqualTo(next + ":" + next);
                assertThat(parts[2]).hasSize(Integer.parseInt(parts[1]) - 1);
                next++;
            }
        }

        @Override
        public ByteBuffer room(int bytes) {
            copied++;
            read = ByteBuffer.allocate(bytes);
            return read;
        }

        @Override
        public boolean take(ByteBuffer bytes, Runnable free) {
            if (takes) {
                taken++;
                read = bytes.slice();
                lent.add(new Lent(bytes.slice(), Batches.contents(bytes.slice()), free));
            }
            return takes;
        }
    }
}
