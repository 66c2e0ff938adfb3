package io.headrace.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.log.LyingStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ReplayWriterTest {
    private final LyingStorage storage = new LyingStorage(1);
    private final Random random = new Random(1);

    @Test
    void partitions_that_took_turns_in_the_log_are_written_in_large_pieces() throws IOException {
        var writer = written(100, 2_000, 1_000);

        assertThat(writer.writes()).isLessThan(100 * 2_000 / 20);
    }

    @Test
    void more_segments_than_there_is_memory_for_are_written_whole_all_the_same() throws IOException {
        written(ReplayWriter.ALL_BYTES_MAX / 4_096 + 100, 6, 3_000);
    }

    @Test
    void batches_of_any_size_lie_where_they_belong() throws IOException {
        written(3, 12, 2 * ReplayWriter.RUN_BYTES_MAX);
    }

    private ReplayWriter written(int segments, int batches, int bytesMax) throws IOException {
        var files = new SegmentFiles(storage);
        var writer = new ReplayWriter(files);
        List<Segment> all = new ArrayList<>();
        for (int i = 0; i < segments; i++) {
            all.add(Segment.begin(i, 0, 0, 4096));
        }
        long[] ends = new long[segments];
        long[] sums = new long[segments];
        for (int turn = 0; turn < batches; turn++) {
            for (int i = 0; i < segments; i++) {
                var batch = new byte[1 + random.nextInt(bytesMax)];
                random.nextBytes(batch);
                writer.write(all.get(i), ByteBuffer.wrap(batch), ends[i]);
                ends[i] += batch.length;
                for (byte one : batch) {
                    sums[i] = 31 * sums[i] + one;
                }
            }
        }
        writer.finish();
        for (int i = 0; i < segments; i++) {
            var content =
                    storage.content(SegmentFiles.DIRECTORY + "/" + all.get(i).fileName());
            assertThat(content.length).isEqualTo((int) ends[i]);
            long sum = 0;
            for (byte one : content) {
                sum = 31 * sum + one;
            }
            assertThat(sum).as("segment " + i).isEqualTo(sums[i]);
        }
        return writer;
    }
}
