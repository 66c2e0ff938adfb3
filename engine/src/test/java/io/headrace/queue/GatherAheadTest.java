package io.headrace.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.log.EntryReader;
import io.headrace.log.HeadraceLog;
import io.headrace.log.LogConfig;
import io.headrace.log.LyingStorage;
import io.headrace.log.Page;
import io.headrace.log.PageArena;
import io.headrace.shard.IdleWork;
import io.headrace.shard.Shard;
import io.headrace.shard.SimLoop;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: what comes at its time is asked for before, in the order of the log, and never too much of it. Method: a
/// reader of ours that notes what it is asked for, and answers when it is told to.
@DisplayNameGeneration(ReplaceUnderscores.class)
class GatherAheadTest {
    private static final long NOW = new SimLoop().clock().millis();
    private static final long MIB = 1 << 20;

    private final Reader reader = new Reader();
    private final SimLoop loop = new SimLoop();
    private final PageArena arena = new PageArena(32 * MIB);
    private final HeadraceLog log;
    private final DueSoon soon = new DueSoon();
    private final GatherAhead ahead;

    GatherAheadTest() throws IOException {
        var storage = new LyingStorage(1);
        var config = new LogConfig(MIB, 8 * MIB, 2 * MIB, 1_000, 10, MIB);
        log = HeadraceLog.open(storage, config, loop.clock(), arena);
        var shard = new Shard(loop, log.commits(), reader, arena, storage, loop, MIB, broken -> {
            throw new AssertionError(broken);
        });
        shard.attach(new IdleWork());
        ahead = new GatherAhead(shard, soon);
    }

    @AfterEach
    void close() throws IOException {
        log.close();
        arena.close();
    }

    @Test
    void what_is_due_within_seconds_is_read_in_the_order_of_the_log() {
        var random = new Random(5);
        for (int i = 0; i < 1000; i++) {
            soon.add(NOW + random.nextInt(5_000), 1, i, random.nextInt(1_000_000), 100);
        }

        ahead.look(NOW);

        assertThat(reader.asked).hasSize(1);
        assertThat(reader.asked.getFirst()).hasSize(1000).isSorted();
    }

    @Test
    void what_is_not_due_soon_is_read_later_and_nothing_twice() {
        soon.add(NOW + 1_000, 1, 1, 11, 100);
        soon.add(NOW + 14_000, 1, 2, 22, 100);

        ahead.look(NOW);
        reader.answer();
        ahead.look(NOW + 1_000);
        soon.removeFirst();
        ahead.look(ahead.nextMillis());

        assertThat(reader.asked).extracting(Arrays::toString).containsExactly("[11]", "[22]");
    }

    @Test
    void what_was_due_long_ago_is_read_in_pieces_the_earliest_first() {
        int count = 100_000;
        for (int i = 0; i < count; i++) {
            soon.add(NOW - 3_600_000 + i * 36L, 1, i, i, 100);
        }

        ahead.look(NOW);

        var first = reader.asked.getFirst();
        assertThat(first.length).isBetween(1_000, 32_768);
        assertThat(first).containsExactly(LongStream.range(0, first.length).toArray());
    }

    @Test
    void while_two_harvests_wait_no_third_is_read() {
        for (int i = 0; i < 200_000; i++) {
            soon.add(NOW + i / 100, 1, i, i, 100);
        }

        ahead.look(NOW);
        reader.answer();
        reader.answer();
        assertThat(reader.asked).hasSize(2);
        int usedUp = reader.asked.getFirst().length;
        for (int i = 0; i < usedUp; i++) {
            soon.removeFirst();
        }
        ahead.look(NOW);

        assertThat(reader.asked).hasSize(3);
        assertThat(reader.asked.stream().flatMapToLong(Arrays::stream))
                .as("each once, one harvest after the other")
                .isSorted()
                .doesNotHaveDuplicates();
    }

    @Test
    void of_more_than_there_is_room_for_at_one_time_as_many_as_there_is_room_for_are_read() {
        for (int i = 0; i < 50_000; i++) {
            soon.add(NOW + 20, 1, i, i, 100);
        }

        ahead.look(NOW);

        assertThat(reader.asked.getFirst().length).isBetween(1_000, 32_768);
    }

    @Test
    void a_large_message_is_left_to_its_turn() {
        soon.add(NOW + 10, 1, 1, 5, 1 << 20);

        ahead.look(NOW);

        assertThat(reader.asked).isEmpty();
    }

    @Test
    void what_is_being_read_is_waited_for() {
        soon.add(NOW + 10, 1, 1, 5, 100);
        ahead.look(NOW);

        assertThat(ahead.awaits(NOW + 10)).isTrue();
        reader.answer();

        assertThat(ahead.awaits(NOW + 10)).isFalse();
    }

    private final class Reader implements EntryReader {
        final List<long[]> asked = new ArrayList<>();
        private final List<Runnable> answers = new ArrayList<>();

        @Override
        public void read(int group, long location, Consumer<Result> answer) {
            throw new AssertionError("nothing is read alone here");
        }

        @Override
        public void gather(int group, long[] locations, Measure measure, List<Page> into, Consumer<Gathered> answer) {
            asked.add(locations);
            answers.add(() -> answer.accept(new Gathered(into, 0, new long[0], new int[0])));
        }

        /// The oldest question.
        void answer() {
            answers.removeFirst().run();
            while (loop.turn()) {}
        }
    }
}
