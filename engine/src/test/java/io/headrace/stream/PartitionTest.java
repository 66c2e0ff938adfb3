package io.headrace.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.broker.SimulatedBroker;
import io.headrace.broker.TopicSession;
import io.headrace.log.LyingStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.CompressionType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Goal: what a partition is told to keep is kept, is read whole, and goes when it should. Method: the whole engine in
/// one thread, on a disk in memory, with a clock that the test owns.
@DisplayNameGeneration(ReplaceUnderscores.class)
class PartitionTest {
    private static final String SMALL_SEGMENTS = "internal.segment.bytes";

    private final LyingStorage storage = new LyingStorage(1);
    private final SimulatedBroker broker = new SimulatedBroker(storage, 1);

    @BeforeEach
    void boot() throws IOException {
        broker.boot();
    }

    @Test
    void what_is_not_committed_cannot_be_read() {
        var partition = create(Map.of());

        partition.append(Batches.of("a"), _ -> {});

        assertThat(partition.endOffset()).isEqualTo(1);
        assertThat(partition.highWatermark()).isZero();
        broker.settle();
        assertThat(partition.highWatermark()).isEqualTo(1);
    }

    @Test
    void an_offset_inside_a_batch_is_answered_with_the_whole_batch() {
        var partition = create(Map.of());
        append(partition, Batches.of("a", "b", "c"));

        assertThat(read(partition, 2, 1)).containsExactly("0:a", "1:b", "2:c");
    }

    @Test
    void a_batch_that_does_not_fit_is_left_out_unless_it_is_the_first() {
        var partition = create(Map.of());
        append(partition, Batches.of("a"));
        append(partition, Batches.of("b"));
        int one = Batches.of("a").remaining();

        assertThat(read(partition, 0, 2 * one - 1)).containsExactly("0:a");
        assertThat(read(partition, 0, 2 * one)).containsExactly("0:a", "1:b");
        assertThat(readNothing(partition, 0, one - 1)).isEqualTo(new ReadResult.Batches(0));
    }

    @Test
    void what_left_memory_comes_from_the_segments_file() throws IOException {
        var partition = create(Map.of());
        for (int i = 0; i < 100; i++) {
            append(partition, Batches.of("value " + i));
        }

        storage.crash();
        broker.boot();
        partition = partition();

        for (int i = 0; i < 100; i++) {
            assertThat(read(partition, i, 1)).containsExactly(i + ":value " + i);
        }
        assertThat(read(partition, 0, 1 << 20)).hasSize(100);
    }

    @Test
    void offsets_outside_are_out_of_range() {
        var partition = create(Map.of());
        append(partition, Batches.of("a", "b"));
        partition.deleteBefore(1);
        broker.settle();

        assertThat(readNothing(partition, 0, 100)).isEqualTo(new ReadResult.OutOfRange());
        assertThat(readNothing(partition, 3, 100)).isEqualTo(new ReadResult.OutOfRange());
        assertThat(readNothing(partition, 2, 100)).isEqualTo(new ReadResult.Batches(0));
        assertThat(read(partition, 1, 1)).containsExactly("0:a", "1:b"); // the batch that spans the start is whole
    }

    @Test
    void old_segments_go_by_time_and_the_file_with_them() throws IOException {
        var partition = create(Map.of(SMALL_SEGMENTS, "200", "retention.ms", "60000"));
        long now = broker.loop().clock().millis();
        for (int i = 0; i < 10; i++) {
            append(partition, Batches.of(CompressionType.NONE, now, "value " + i));
        }
        flush();
        int files = storage.list(SegmentFiles.DIRECTORY).size();

        broker.advance(61_000);
        append(partition, Batches.of(CompressionType.NONE, now + 61_000, "young"));
        broker.advance(300_000);
        broker.settle();

        assertThat(partition.startOffset()).isEqualTo(11);
        assertThat(files).isGreaterThan(3);
        assertThat(storage.list(SegmentFiles.DIRECTORY)).isEmpty();
    }

    @Test
    void the_oldest_segments_go_by_size() {
        var partition = create(Map.of(SMALL_SEGMENTS, "200", "retention.bytes", "500", "retention.ms", "-1"));
        for (int i = 0; i < 50; i++) {
            append(partition, Batches.of("value " + i));
        }

        broker.advance(300_000);
        broker.settle();

        assertThat(partition.sizeBytes()).isBetween(500L, 700L);
        assertThat(read(partition, partition.startOffset(), 1)).hasSize(1);
    }

    @Test
    void settings_that_change_take_effect_at_once() {
        var partition = create(Map.of());
        topics().set("t", Map.of("max.message.bytes", "80"), _ -> {});
        broker.settle();

        assertThat(append(partition, Batches.of("x".repeat(100))))
                .isInstanceOfSatisfying(
                        Append.Rejected.class, no -> assertThat(no.error()).isEqualTo(Errors.MESSAGE_TOO_LARGE));
        topics().putSettings(Streams.BROKER_SETTINGS, Map.of("message.max.bytes", "70"), () -> {});
        topics().set("t", Map.of(), _ -> {});
        broker.settle();
        assertThat(append(partition, Batches.of("123456789"))).isInstanceOf(Append.Rejected.class);
    }

    @Test
    void a_record_is_found_by_its_time_though_times_are_in_no_order() {
        var partition = create(Map.of());
        append(partition, Batches.of(CompressionType.NONE, 1_000, "a", "b"));
        append(partition, Batches.of(CompressionType.ZSTD, 5_000, "c", "d"));
        append(partition, Batches.of(CompressionType.NONE, 3_000, "e"));

        assertThat(offsetOfTime(partition, 1_001)).contains(new TimedOffset(2, 5_000, 0));
        assertThat(offsetOfTime(partition, 5_001)).isEmpty();
        var greatest = new ArrayList<Optional<TimedOffset>>();
        partition.offsetOfMaxTime(greatest::add);
        broker.settle();
        assertThat(greatest).containsExactly(Optional.of(new TimedOffset(2, 5_000, 0)));
    }

    @Test
    void a_deleted_topic_takes_its_files_and_says_that_it_is_gone() throws IOException {
        var partition = create(Map.of());
        append(partition, Batches.of("a"));
        flush();
        assertThat(storage.list(SegmentFiles.DIRECTORY)).hasSize(1);
        int[] told = {0};
        partition.watch(() -> told[0]++);

        topics().delete("t", _ -> {});
        broker.settle();

        assertThat(partition.gone()).isTrue();
        assertThat(told[0]).isEqualTo(1);
        assertThat(storage.list(SegmentFiles.DIRECTORY)).isEmpty();
        assertThat(readNothing(partition, 0, 100)).isEqualTo(new ReadResult.Gone());
        assertThat(append(partition, Batches.of("b")))
                .isEqualTo(new Append.Rejected(Errors.UNKNOWN_TOPIC_OR_PARTITION));
    }

    @Test
    void a_topic_of_the_same_name_begins_anew() throws IOException {
        append(create(Map.of()), Batches.of("a"));
        topics().delete("t", _ -> {});
        var again = create(Map.of());

        assertThat(again.endOffset()).isZero();
        append(again, Batches.of("b"));
        storage.crash();
        broker.boot();
        assertThat(read(partition(), 0, 1)).containsExactly("0:b");
    }

    @Test
    void an_idempotent_producer_may_wrap_its_sequence() {
        var partition = create(Map.of());
        append(partition, Batches.idempotent(7, 0, Integer.MAX_VALUE - 1, "a", "b"));

        assertThat(append(partition, Batches.idempotent(7, 0, 0, "c"))).isEqualTo(new Append.Appended(2, 2, -1));
        assertThat(append(partition, Batches.idempotent(7, 0, Integer.MAX_VALUE - 1, "a", "b")))
                .isEqualTo(new Append.Duplicate(0, 1, 1_000));
    }

    @Test
    void a_small_batch_that_would_fill_memory_is_refused() {
        var partition = create(Map.of());
        var zeros = "0".repeat(1 << 20);
        var values = new String[(int) (Inflation.BYTES_MAX >> 20) + 1];
        Arrays.fill(values, zeros);
        var bomb = Batches.of(CompressionType.ZSTD, 1_000, values);

        assertThat(bomb.remaining()).isLessThan(1 << 20);
        assertThat(append(partition, bomb))
                .isInstanceOfSatisfying(
                        Append.Rejected.class, no -> assertThat(no.error()).isEqualTo(Errors.INVALID_RECORD));
    }

    @Test
    void lengths_in_a_snappy_stream_are_not_believed() {
        var good = Batches.of(CompressionType.SNAPPY, 1_000, "x".repeat(1_000), "y");
        var payload = good.slice(BatchHeader.BYTES, good.remaining() - BatchHeader.BYTES);
        assertThat(SnappyChunks.bytes(payload, 2_000)).isBetween(1_000L, 1_100L);
        assertThat(SnappyChunks.bytes(payload, 500)).isEqualTo(SnappyChunks.DISHONEST);

        payload.putInt(16, 1 << 29); // the first chunk, which the decoder would make room for

        assertThat(SnappyChunks.bytes(payload, Inflation.BYTES_MAX)).isEqualTo(SnappyChunks.DISHONEST);
        assertThat(append(create(Map.of()), good)).isInstanceOf(Append.Rejected.class);
    }

    @ParameterizedTest
    @EnumSource(names = {"LZ4", "SNAPPY", "ZSTD"})
    void a_small_batch_is_decompressed_where_it_arrives(CompressionType type) {
        var partition = create(Map.of());

        partition.append(Batches.of(type, 1_000, "a".repeat(50_000)), _ -> {});

        assertThat(partition.endOffset()).isEqualTo(1);
    }

    @Test
    void what_may_take_long_to_decompress_goes_aside() {
        var partition = create(Map.of());

        partition.append(Batches.of(CompressionType.LZ4, 1_000, "a".repeat(300_000)), _ -> {});
        partition.append(
                Batches.of(
                        CompressionType.GZIP,
                        1_000,
                        Arrays.toString(new Random(1).ints(5_000).toArray())),
                _ -> {});

        assertThat(partition.endOffset()).isZero();
        broker.settle();
        assertThat(partition.endOffset()).isEqualTo(2);
    }

    @Test
    void many_blocks_of_a_byte_are_not_taken_for_little() {
        var batch = ByteBuffer.allocate(BatchHeader.BYTES + 7 + 5 * 1_000 + 4).order(ByteOrder.LITTLE_ENDIAN);
        batch.put(0, Batches.of(CompressionType.LZ4, 1_000, "a").array(), 0, BatchHeader.BYTES);
        batch.position(BatchHeader.BYTES).putInt(0x184D2204).put(new byte[] {0x60, 0x40, 0});
        for (int i = 0; i < 1_000; i++) {
            batch.putInt(Integer.MIN_VALUE | 1).put((byte) 'a');
        }
        batch.putInt(0);

        assertThat(Lz4Blocks.bytesAtMost(batch.position(BatchHeader.BYTES))).isEqualTo(1_000);
        assertThat(Inflation.bytesAtMost(batch.rewind().order(ByteOrder.BIG_ENDIAN)))
                .isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void many_blocks_of_nothing_are_not_taken_for_nothing() {
        var batch = ByteBuffer.allocate(BatchHeader.BYTES + 100 * 16);
        batch.put(0, Batches.of(CompressionType.SNAPPY, 1_000, "a").array(), 0, BatchHeader.BYTES);
        for (int at = BatchHeader.BYTES; at < batch.limit(); at += 16) {
            batch.putLong(at, 0x82534e4150505900L); // one stream after another, each empty
        }

        assertThat(Inflation.bytesAtMost(batch)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void a_batch_that_must_be_compressed_goes_aside() {
        var partition = create(Map.of("compression.type", "zstd"));

        partition.append(Batches.of("a"), _ -> {});

        assertThat(partition.endOffset()).isZero();
        broker.settle();
        assertThat(partition.endOffset()).isEqualTo(1);
    }

    @Test
    void one_turn_decompresses_only_so_much() {
        var partition = create(Map.of());
        var batch = Batches.of(CompressionType.LZ4, 1_000, "a".repeat(50_000)); // said to be 64 KiB at most

        for (int i = 0; i < 20; i++) {
            partition.append(batch.duplicate(), _ -> {});
        }

        assertThat(partition.endOffset()).isEqualTo(16);
        broker.settle();
        assertThat(partition.endOffset()).isEqualTo(20);
        partition.append(batch.duplicate(), _ -> {});
        assertThat(partition.endOffset()).isEqualTo(21);
    }

    @Test
    void a_full_disk_holds_producers_up_and_passes_when_retention_makes_room() throws IOException {
        var partition = create(Map.of(SMALL_SEGMENTS, "100000", "retention.bytes", "200000", "retention.ms", "-1"));
        var value = "x".repeat(50_000);
        for (int i = 0; i < 20; i++) {
            append(partition, Batches.of(value));
        }
        storage.capacityBytes(storage.usedBytes() + 100_000);
        passTime(2_000);
        assertThat(topics().underPressure()).isTrue();
        boolean[] relieved = {false};
        topics().onRelief(() -> relieved[0] = true);
        assertThat(read(partition, 0, 1)).hasSize(1);

        storage.capacityBytes(storage.usedBytes() + 2_000_000); // somebody else made room
        passTime(300_000);

        assertThat(relieved[0]).isTrue();
        assertThat(topics().underPressure()).isFalse();
        assertThat(partition.startOffset()).isPositive();
        append(partition, Batches.of("after"));
        storage.crash();
        broker.boot();
        assertThat(read(partition(), 20, 1)).containsExactly("20:after");
    }

    private void passTime(long millis) {
        for (long passed = 0; passed < millis; passed += 300) {
            broker.advance(300);
            broker.settle();
        }
    }

    private TopicSession topics() {
        return broker.topics();
    }

    private Partition create(Map<String, String> settings) {
        topics().create("t", 1, settings, _ -> {});
        broker.settle();
        return partition();
    }

    private Partition partition() {
        return topics().partition(topics().topic("t").orElseThrow(), 0).orElseThrow();
    }

    private Append append(Partition partition, ByteBuffer batch) {
        var answers = new ArrayList<Append>();
        partition.append(batch, answers::add);
        broker.settle();
        assertThat(answers).hasSize(1);
        return answers.getFirst();
    }

    private void flush() {
        broker.advance(500);
        broker.settle();
    }

    private List<String> read(Partition partition, long offset, int maxBytes) {
        var into = new ByteBuffer[1];
        partition.read(
                offset,
                partition.highWatermark(),
                maxBytes,
                true,
                bytes -> into[0] = ByteBuffer.allocate(bytes),
                _ -> {});
        broker.settle();
        return Batches.contents(into[0].rewind());
    }

    private ReadResult readNothing(Partition partition, long offset, int maxBytes) {
        var results = new ArrayList<ReadResult>();
        partition.read(
                offset,
                partition.highWatermark(),
                maxBytes,
                false,
                _ -> {
                    throw new AssertionError("nothing was to be read");
                },
                results::add);
        broker.settle();
        return results.getFirst();
    }

    private Optional<TimedOffset> offsetOfTime(Partition partition, long millis) {
        var found = new ArrayList<Optional<TimedOffset>>();
        partition.offsetOfTime(millis, found::add);
        broker.settle();
        return found.getFirst();
    }
}
