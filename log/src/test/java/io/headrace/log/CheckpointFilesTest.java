package io.headrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/// Goal: there is always one whole checkpoint, and it is the newest that was reported written. Method: on a
/// lying disk.
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class CheckpointFilesTest {
    private final LyingStorage storage = new LyingStorage(1);

    @Test
    void a_written_checkpoint_survives_a_power_cut_with_each_groups_section() throws IOException {
        var sections = List.of(section(0, 4, "catalog"), section(1, 17, "queues"));
        open().write(new Checkpoints.Checkpoint(sections, true));

        storage.crash();

        var found = open().latest().orElseThrow();
        assertThat(found.cleanShutdown()).isTrue();
        assertThat(found.groups()).extracting(Checkpoints.Section::group).containsExactly(0, 1);
        assertThat(found.groups())
                .extracting(Checkpoints.Section::appliedOffset)
                .containsExactly(4L, 17L);
        assertThat(found.groups()).extracting(Checkpoints.Section::appliedEpoch).containsExactly(7, 8);
        assertThat(found.groups()).extracting(CheckpointFilesTest::text).containsExactly("catalog", "queues");
    }

    @Test
    void the_newest_and_the_one_before_are_kept() throws IOException {
        var checkpoints = open();
        for (int i = 0; i < 5; i++) {
            checkpoints.write(new Checkpoints.Checkpoint(List.of(section(1, i, "state " + i)), false));
        }

        assertThat(storage.list("meta")).containsExactly("checkpoint-0000000004", "checkpoint-0000000005");
        assertThat(text(open().latest().orElseThrow().groups().getFirst())).isEqualTo("state 4");
    }

    @Test
    void a_harmed_checkpoint_stops_the_start_whichever_byte_it_is() throws IOException {
        open().write(new Checkpoints.Checkpoint(List.of(section(1, 3, "state")), false));
        int length = storage.content("meta/checkpoint-0000000001").length;

        for (int position = 0; position < length; position++) {
            storage.flipBit("meta/checkpoint-0000000001", position);
            assertThatThrownBy(this::open).as("byte %d", position).isInstanceOf(CorruptLogException.class);
            storage.flipBit("meta/checkpoint-0000000001", position);
        }
    }

    @Test
    void a_checkpoint_counts_only_after_what_was_appended_before_it_is_committed() throws IOException {
        var asked = new AtomicInteger();
        var checkpoints = CheckpointFiles.open(storage, () -> {
            asked.incrementAndGet();
            assertThat(storage.list("meta")).containsExactly("checkpoint.new");
        });

        checkpoints.write(new Checkpoints.Checkpoint(List.of(section(1, 3, "state")), false));

        assertThat(asked).hasValue(1);
    }

    private CheckpointFiles open() throws IOException {
        return CheckpointFiles.open(storage, () -> {});
    }

    private static Checkpoints.Section section(int group, long applied, String state) {
        return new Checkpoints.Section(
                group, applied, 7 + group, ByteBuffer.wrap(state.getBytes(StandardCharsets.UTF_8)));
    }

    private static String text(Checkpoints.Section section) {
        return StandardCharsets.UTF_8.decode(section.snapshot().duplicate()).toString();
    }
}
