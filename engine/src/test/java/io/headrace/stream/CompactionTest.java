package io.headrace.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.broker.SimulatedBroker;
import io.headrace.log.LyingStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: of each key the last record stays, at its offset, whatever happens while the rest is taken out.
@DisplayNameGeneration(ReplaceUnderscores.class)
class CompactionTest {
    private static final long CHECK_MILLIS = 15_000;

    private final LyingStorage storage = new LyingStorage(1);
    private final SimulatedBroker broker = new SimulatedBroker(storage, 1);
    private final Map<String, String> settings = new HashMap<>(
            Map.of("cleanup.policy", "compact", "internal.segment.bytes", "1000", "delete.retention.ms", "60000"));

    @BeforeEach
    void boot() throws IOException {
        broker.boot();
    }

    @Test
    void the_last_record_of_each_key_stays_where_it_was() throws IOException {
        var partition = create();
        for (int i = 0; i < 200; i++) {
            put(partition, "k" + i % 5, "v" + i);
        }

        compact();

        long active = readFrom(partition, 0).stream()
                .filter(text -> !text.startsWith("-"))
                .count();
        assertThat(active).isLessThan(40);
        assertThat(lastOf(partition))
                .isEqualTo(Map.of("k0", "v195", "k1", "v196", "k2", "v197", "k3", "v198", "k4", "v199"));
        assertThat(partition.startOffset()).isZero();
        assertThat(storage.list(SegmentFiles.DIRECTORY))
                .filteredOn(name -> name.endsWith(".log"))
                .hasSize(2); // the compacted one and the active one
        assertThat(readFrom(partition, 199)).containsExactly("199:v199");
    }

    @Test
    void a_fetch_from_an_offset_that_was_taken_out_goes_on_with_the_next_one() {
        var partition = create();
        put(partition, "other", "stays");
        for (int i = 0; i < 100; i++) {
            put(partition, "k", "v" + i);
        }

        compact();

        assertThat(readFrom(partition, 0).getFirst()).isEqualTo("0:stays");
        for (long offset = 1; offset < partition.endOffset(); offset++) {
            assertThat(readFrom(partition, offset).getLast()).isEqualTo("100:v99");
        }
    }

    @Test
    void a_deleted_key_is_seen_as_deleted_for_a_while_and_then_is_gone() {
        var partition = create();
        put(partition, "k", "v");
        put(partition, "k", null);
        for (int i = 0; i < 60; i++) {
            put(partition, "filler", "v" + i);
        }

        compact();
        assertThat(readFrom(partition, 0).getFirst()).isEqualTo("1:-");

        broker.advance(61_000);
        for (int i = 0; i < 120; i++) {
            put(partition, "filler", "w" + i);
        }
        compact();
        assertThat(readFrom(partition, 0).getFirst()).doesNotEndWith(":-");
    }

    @Test
    void a_crash_at_any_step_of_it_harms_nothing() throws IOException {
        for (long seed = 0; seed < 40; seed++) {
            var random = new Random(seed);
            var disk = new LyingStorage(seed);
            var crashing = new SimulatedBroker(disk, seed);
            crashing.boot();
            crashing.topics().create("t", 1, settings, _ -> {});
            crashing.settle();
            var wanted = new HashMap<String, String>();
            for (int life = 0; life < 4; life++) {
                for (int i = 0; i < 60; i++) {
                    var key = "k" + random.nextInt(8);
                    var value = life + "-" + i;
                    partition(crashing).append(Batches.keyed(1_000, key, value), _ -> {});
                    wanted.put(key, value);
                    crashing.settle();
                }
                crashing.advance(CHECK_MILLIS);
                for (int step = random.nextInt(12); step > 0; step--) {
                    crashing.step();
                }
                disk.crash();
                crashing.boot();
                assertThat(lastOf(crashing)).as("seed " + seed).isEqualTo(wanted);
            }
            crashing.close();
        }
    }

    @Test
    void records_from_the_future_are_compacted_where_no_lag_is_asked_for() {
        var partition = create();
        long tomorrow = broker.loop().clock().millis() + 3_000_000;
        for (int i = 0; i < 60; i++) {
            partition.append(Batches.keyed(tomorrow, "k", "v" + i), _ -> {});
            broker.settle();
        }

        compact();

        assertThat(readFrom(partition, 0)).hasSizeLessThan(30);
    }

    @Test
    void an_open_transaction_is_not_compacted_and_neither_is_what_follows() {
        var partition = create();
        put(partition, "k", "old");
        partition.append(transactional(7, 0, "k", "perhaps"), OPEN, _ -> {});
        for (int i = 0; i < 100; i++) {
            put(partition, "other", "v" + i);
        }

        compact();
        assertThat(readFrom(partition, 0)).hasSize(102);

        partition.end(new TransactionEnd(7, (short) 0, false, 0, false));
        broker.settle();
        compact();
        assertThat(readFrom(partition, 0).getFirst()).isEqualTo("0:old");
        assertThat(readFrom(partition, 0)).hasSizeLessThan(40).noneMatch(text -> text.endsWith(":perhaps"));
    }

    @Test
    void who_read_records_just_before_they_went_still_hears_that_they_were_aborted() {
        var partition = create();
        partition.append(transactional(7, 0, "k", "perhaps"), OPEN, _ -> {});
        partition.append(transactional(7, 1, "k", "perhaps not"), OPEN, _ -> {});
        partition.end(new TransactionEnd(7, (short) 0, false, 0, false));
        for (int i = 0; i < 60; i++) {
            put(partition, "other", "v" + i);
        }
        assertThat(readFrom(partition, 0).getFirst()).isEqualTo("0:perhaps");

        compact();

        assertThat(readFrom(partition, 0)).noneMatch(text -> text.contains("perhaps"));
        assertThat(aborted(broker, partition, 0, 2)).containsExactly(new AbortedTransaction(7, 0));
    }

    @Test
    void committed_records_are_the_right_ones_whenever_it_crashes() throws IOException {
        for (long seed = 0; seed < 60; seed++) {
            var random = new Random(seed);
            var disk = new LyingStorage(seed);
            var crashing = new SimulatedBroker(disk, seed);
            crashing.boot();
            crashing.topics().create("t", 1, settings, _ -> {});
            crashing.settle();
            var wanted = new HashMap<String, String>();
            var sequences = new HashMap<Long, Integer>();
            for (int life = 0; life < 5; life++) {
                for (int i = 0; i < 25; i++) {
                    long producer = 1 + random.nextInt(3);
                    boolean commit = random.nextBoolean();
                    for (int n = random.nextInt(4); n >= 0; n--) {
                        var key = "k" + random.nextInt(8);
                        var value = life + "-" + i + "-" + n;
                        int sequence = sequences.merge(producer, 1, Integer::sum) - 1;
                        partition(crashing).append(transactional(producer, sequence, key, value), OPEN, _ -> {});
                        if (commit) {
                            wanted.put(key, value);
                        }
                    }
                    partition(crashing).end(new TransactionEnd(producer, (short) 0, commit, 0, false));
                    crashing.settle();
                }
                crashing.advance(life == 3 ? 61_000 : CHECK_MILLIS);
                for (int step = random.nextInt(12); step > 0; step--) {
                    crashing.step();
                }
                disk.crash();
                crashing.boot();
                assertThat(committed(crashing)).as("seed " + seed).isEqualTo(wanted);
            }
            crashing.close();
        }
    }

    @Test
    void a_topic_with_more_keys_than_a_pass_has_room_for_is_compacted_by_several() throws IOException {
        int keys = 60; // and 21 have room
        settings.put("min.cleanable.dirty.ratio", "0");
        broker.close();
        var small = withKeys(24);
        var partition = partition(small);
        for (int i = 0; i < 3 * keys; i++) {
            put(small, "k" + i % keys, "v" + i);
        }
        var wanted = lastOf(small);
        put(small, "end", "x".repeat(900)); // a segment of its own
        long before = partition.sizeBytes();

        var sizes = new ArrayList<Long>();
        for (int pass = 0; pass < 12; pass++) {
            compact(small);
            sizes.add(partition.sizeBytes());
            assertThat(lastOf(small)).containsAllEntriesOf(wanted);
        }

        assertThat(sizes).isSortedAccordingTo(Comparator.reverseOrder());
        assertThat(sizes.getFirst()).isLessThanOrEqualTo(before).isGreaterThan(sizes.getLast());
        assertThat(sizes.stream().distinct()).hasSizeGreaterThan(2);
        assertThat(offsets(small)).as("records that are left").hasSize(keys + 1);
        small.close();
    }

    @Test
    void more_keys_in_one_segment_than_a_pass_has_room_for_do_not_keep_it_from_being_compacted() throws IOException {
        settings.put("internal.segment.bytes", "20000");
        broker.close();
        var small = withKeys(24);
        for (int i = 0; i < 300; i++) {
            put(small, "k" + i % 60, "v" + i);
        }
        put(small, "end", "x".repeat(19_000));

        for (int pass = 0; pass < 20; pass++) {
            compact(small);
        }

        assertThat(offsets(small)).hasSize(61);
        small.close();
    }

    @Test
    void a_batch_with_more_keys_than_a_pass_has_room_for_is_compacted_too() throws IOException {
        broker.close();
        var small = withKeys(24);
        var records = new SimpleRecord[90];
        for (int i = 0; i < records.length; i++) {
            records[i] = new SimpleRecord(1_000, ("k" + i % 45).getBytes(StandardCharsets.UTF_8), new byte[2]);
        }
        settings.put("internal.segment.bytes", "20000");
        partition(small)
                .append(
                        MemoryRecords.withRecords(Compression.gzip().build(), records)
                                .buffer(),
                        answer -> assertThat(answer).isInstanceOf(Append.Appended.class));
        small.settle();
        put(small, "end", "x".repeat(900));

        for (int pass = 0; pass < 12; pass++) {
            compact(small);
        }

        assertThat(offsets(small)).hasSize(46);
        small.close();
    }

    @Test
    void a_crash_between_the_passes_of_a_topic_of_many_keys_harms_nothing() throws IOException {
        for (long seed = 0; seed < 30; seed++) {
            var random = new Random(seed);
            var disk = new LyingStorage(seed);
            var crashing = new SimulatedBroker(disk, seed, keyMemory(24));
            crashing.boot();
            crashing.topics().create("t", 1, settings, _ -> {});
            crashing.settle();
            var wanted = new HashMap<String, String>();
            for (int life = 0; life < 6; life++) {
                for (int i = 0; i < 60; i++) {
                    var key = "k" + random.nextInt(50);
                    var value = life + "-" + i;
                    partition(crashing).append(Batches.keyed(1_000, key, value), _ -> {});
                    wanted.put(key, value);
                    crashing.settle();
                }
                for (int pass = random.nextInt(3); pass > 0; pass--) {
                    compact(crashing);
                }
                crashing.advance(CHECK_MILLIS);
                for (int step = random.nextInt(40); step > 0; step--) {
                    crashing.step();
                }
                disk.crash();
                crashing.boot();
                assertThat(lastOf(crashing)).as("seed " + seed).isEqualTo(wanted);
            }
            crashing.close();
        }
    }

    @Test
    void no_more_is_read_and_written_in_a_second_than_the_budget_says() throws IOException {
        var normal = StreamConfig.defaults();
        broker.close();
        var slow = new SimulatedBroker(
                storage,
                1,
                new StreamConfig(
                        normal.retentionCheckMillis(),
                        normal.compactionCheckMillis(),
                        1_000,
                        normal.compactionKeyBytes(),
                        normal.producerExpiryMillis()));
        slow.boot();
        slow.topics().create("t", 1, settings, _ -> {});
        slow.settle();
        for (int i = 0; i < 200; i++) {
            put(slow, "k", "v" + i);
        }
        var partition = partition(slow);
        long before = partition.sizeBytes();

        compact(slow);
        int seconds = 0;
        for (; partition.sizeBytes() == before; seconds++) {
            assertThat(seconds).isLessThan(100);
            slow.advance(1_000);
            slow.settle();
        }
        assertThat(seconds).isBetween((int) (before / 1_000), (int) (2 * before / 1_000) + 2);

        for (int i = 0; i < 200; i++) {
            put(slow, "k", "w" + i);
        }
        slow.topics().putSettings(Streams.BROKER_SETTINGS, Map.of(StreamConfig.COMPACTION_BYTES_MAX, "1e9"), () -> {});
        slow.settle();
        before = partition.sizeBytes();
        compact(slow);
        assertThat(partition.sizeBytes()).as("with another budget").isLessThan(before);
        slow.close();
    }

    private static StreamConfig keyMemory(int keys) {
        var normal = StreamConfig.defaults();
        return new StreamConfig(
                normal.retentionCheckMillis(),
                normal.compactionCheckMillis(),
                normal.compactionBytesMax(),
                24 * keys,
                normal.producerExpiryMillis());
    }

    private SimulatedBroker withKeys(int keys) throws IOException {
        var small = new SimulatedBroker(storage, 1, keyMemory(keys));
        small.boot();
        small.topics().create("t", 1, settings, _ -> {});
        small.settle();
        return small;
    }

    private static List<Long> offsets(SimulatedBroker broker) {
        var offsets = new ArrayList<Long>();
        var partition = partition(broker);
        for (long offset = 0; offset < partition.endOffset(); ) {
            for (var batch : MemoryRecords.readableRecords(read(broker, partition, offset))
                    .batches()) {
                batch.forEach(record -> offsets.add(record.offset()));
                offset = batch.nextOffset();
            }
        }
        return offsets;
    }

    private static ByteBuffer transactional(long producer, int sequence, String key, String value) {
        var record =
                new SimpleRecord(1_000, key.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8));
        return MemoryRecords.withTransactionalRecords(Compression.NONE, producer, (short) 0, sequence, record)
                .buffer();
    }

    private static List<AbortedTransaction> aborted(SimulatedBroker broker, Partition partition, long from, long to) {
        var found = new ArrayList<List<AbortedTransaction>>();
        partition.aborted(from, to, found::add);
        broker.settle();
        return found.getFirst();
    }

    // as a consumer does that reads what is committed, from the start
    private static Map<String, String> committed(SimulatedBroker broker) {
        var last = new HashMap<String, String>();
        var partition = partition(broker);
        for (long offset = 0; offset < partition.lastStableOffset(); ) {
            var batch = MemoryRecords.readableRecords(read(broker, partition, offset))
                    .batches()
                    .iterator()
                    .next();
            boolean dropped = aborted(broker, partition, batch.baseOffset(), batch.nextOffset()).stream()
                    .anyMatch(one -> one.producerId() == batch.producerId() && one.firstOffset() <= batch.lastOffset());
            if (!batch.isControlBatch() && !dropped) {
                batch.forEach(record -> last.put(text(record.key()), text(record.value())));
            }
            offset = batch.nextOffset();
        }
        return last;
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes).toString();
    }

    private static final TransactionGate OPEN = new TransactionGate() {
        @Override
        public Errors admit(long producerId, short producerEpoch) {
            return Errors.NONE;
        }

        @Override
        public boolean addsPartition() {
            return false;
        }
    };

    private void compact() {
        compact(broker);
    }

    private static void compact(SimulatedBroker broker) {
        broker.advance(CHECK_MILLIS);
        broker.settle();
    }

    private Partition create() {
        broker.topics().create("t", 1, settings, _ -> {});
        broker.settle();
        return partition(broker);
    }

    private static Partition partition(SimulatedBroker broker) {
        return broker.topics()
                .partition(broker.topics().topic("t").orElseThrow(), 0)
                .orElseThrow();
    }

    private void put(Partition partition, String key, String value) {
        put(broker, partition, key, value);
    }

    private static void put(SimulatedBroker broker, String key, String value) {
        put(broker, partition(broker), key, value);
    }

    private static void put(SimulatedBroker broker, Partition partition, String key, String value) {
        partition.append(
                Batches.keyed(broker.loop().clock().millis(), key, value),
                answer -> assertThat(answer).isInstanceOf(Append.Appended.class));
        broker.settle();
    }

    private Map<String, String> lastOf(Partition partition) {
        return lastOf(broker);
    }

    // every value is put under the key its record has
    private static Map<String, String> lastOf(SimulatedBroker broker) {
        var last = new HashMap<String, String>();
        var partition = partition(broker);
        for (long offset = 0; offset < partition.endOffset(); ) {
            var bytes = read(broker, partition, offset);
            for (var record : MemoryRecords.readableRecords(bytes).records()) {
                var key = StandardCharsets.UTF_8.decode(record.key()).toString();
                last.put(key, StandardCharsets.UTF_8.decode(record.value()).toString());
                offset = record.offset() + 1;
            }
        }
        return last;
    }

    private List<String> readFrom(Partition partition, long offset) {
        var contents = new ArrayList<String>();
        for (long at = offset; at < partition.endOffset(); ) {
            var some = Batches.contents(read(broker, partition, at));
            contents.addAll(some);
            var last = some.getLast();
            at = Long.parseLong(last.substring(0, last.indexOf(':'))) + 1;
        }
        return contents;
    }

    private static ByteBuffer read(SimulatedBroker broker, Partition partition, long offset) {
        var into = new ByteBuffer[1];
        partition.read(
                offset, partition.highWatermark(), 500, true, bytes -> into[0] = ByteBuffer.allocate(bytes), _ -> {});
        broker.settle();
        return into[0].rewind();
    }
}
