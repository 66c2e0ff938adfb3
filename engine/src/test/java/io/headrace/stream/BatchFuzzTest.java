package io.headrace.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.headrace.time.Clock;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32C;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.Test;

/// Goal: whatever a producer sends as a batch, plain or compressed, is refused, or is a batch that every consumer can
/// read. Nothing is thrown.
///
/// In an ordinary build the target runs over its kept inputs. With `JAZZER_FUZZ=1` it is fuzzed for a minute:
/// `JAZZER_FUZZ=1 ./mvnw -pl engine -am test -Dtest=BatchFuzzTest#batches -Dsurefire.failIfNoSpecifiedTests=false`
class BatchFuzzTest {
    private static final TopicPartition NAME = new TopicPartition("t", 0);
    private static final List<TopicSettings> SETTINGS = List.of(
            TopicSettings.of(Map.of(), Map.of()),
            TopicSettings.of(Map.of("message.timestamp.type", "LogAppendTime", "cleanup.policy", "compact"), Map.of()),
            TopicSettings.of(Map.of("compression.type", "lz4"), Map.of()));

    /// The first byte says what of the header is mended before: without that, hardly anything would come through.
    @FuzzTest(maxDuration = "60s")
    void batches(byte[] input) {
        if (input.length > 0) {
            check(input[0], ByteBuffer.wrap(input, 1, input.length - 1).slice());
        }
    }

    @Test
    void good_batches_with_changed_bytes_are_refused_or_can_be_read() {
        for (var compression : CompressionType.values()) {
            var random = new Random(compression.id);
            for (int round = 0; round < 2_000; round++) {
                var batch = Batches.of(compression, 1_000, "one", "two".repeat(40), "three");
                for (int i = random.nextInt(4); i >= 0; i--) {
                    batch.put(random.nextInt(batch.limit()), (byte) random.nextInt(256));
                }
                check((byte) random.nextInt(256), batch);
            }
        }
    }

    private static void check(byte how, ByteBuffer batch) {
        if (batch.remaining() >= BatchHeader.BYTES) {
            if ((how & 1) == 0) {
                mend(batch);
            }
            if ((how & 2) == 0) {
                mendChecksum(batch);
            }
        }
        var check = new BatchCheck(SETTINGS.get((how & 0xff) % SETTINGS.size()), NAME, Clock.system());
        if (check.header(batch).isEmpty() && check.records(batch) instanceof BatchCheck.Checked.Good good) {
            read(good.batch().slice());
        }
    }

    private static void read(ByteBuffer batch) {
        int count = 0; // offsets within a plain batch are the producer's word, with Kafka too
        try {
            for (var _ : MemoryRecords.readableRecords(batch).records()) {
                count++;
            }
        } catch (InvalidRecordException e) {
            // Kafka's check of compressed batches passes over keys and values, and so over lengths that disagree
            assertThat(BatchHeader.compression(batch, 0)).isNotZero();
            return;
        }
        assertThat(count).isEqualTo(BatchHeader.recordCount(batch, 0));
    }

    private static void mend(ByteBuffer batch) {
        batch.putLong(0, 0);
        batch.putInt(8, batch.remaining() - BatchHeader.LENGTH_BYTES);
        batch.put(16, BatchHeader.MAGIC);
        batch.putInt(23, batch.getInt(57) - 1);
    }

    private static void mendChecksum(ByteBuffer batch) {
        var crc = new CRC32C();
        crc.update(batch.slice(21, batch.remaining() - 21));
        batch.putInt(17, (int) crc.getValue());
    }
}
