package io.headrace.stream.share;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class WindowTest {
    private final Window window = new Window();

    private void acquired(long from, long to, String owner) {
        window.acquired(from, to, owner, 1, 10, 1_000);
    }

    @Test
    void neighbours_in_the_same_state_are_one_run() {
        window.reset(100);
        acquired(100, 110, "a");
        acquired(110, 200, "a");
        assertThat(window.runs()).isEqualTo(1);

        window.finished(150, 160, RecordState.ACKNOWLEDGED);
        assertThat(window.runs()).isEqualTo(3);
        window.finished(100, 150, RecordState.ACKNOWLEDGED);
        window.finished(160, 200, RecordState.ACKNOWLEDGED);

        assertThat(window.runs()).isEqualTo(1);
        assertThat(window.advance()).isTrue();
        assertThat(window.start()).isEqualTo(200);
        assertThat(window.isEmpty()).isTrue();
    }

    @Test
    void the_start_waits_for_the_first_that_is_not_done_with() {
        acquired(0, 10, "a");
        window.finished(5, 10, RecordState.ARCHIVED);
        assertThat(window.advance()).isFalse();

        window.finished(0, 3, RecordState.ACKNOWLEDGED);

        assertThat(window.advance()).isTrue();
        assertThat(window.start()).isEqualTo(3);
        assertThat(window.finished()).isEqualTo(5);
        assertThat(window.end()).isEqualTo(10);
    }

    @Test
    void what_lies_between_the_end_and_a_later_range_is_absent() {
        acquired(0, 2, "a");
        acquired(5, 7, "a");

        assertThat(window.state(window.runAt(3))).isEqualTo(RecordState.ABSENT);
        assertThat(window.end()).isEqualTo(7);
    }

    @Test
    void the_first_available_is_found_again_after_one_before_it_came_back() {
        acquired(0, 10, "a");
        window.available(7, 8, 1, 10);
        assertThat(window.nextAvailable()).isEqualTo(7);

        window.available(2, 3, 1, 10);
        assertThat(window.nextAvailable()).isEqualTo(2);
        acquired(2, 3, "b");
        acquired(7, 8, "b");

        assertThat(window.nextAvailable()).isEqualTo(-1);
    }

    @Test
    void runs_are_what_an_array_of_records_would_be() {
        for (long seed = 0; seed < 300; seed++) {
            var random = new Random(seed);
            var naive = new String[200];
            var runs = new Window();
            int start = 0;
            int end = 0;
            for (int step = 0; step < 200; step++) {
                int from = start + random.nextInt(end - start + 3);
                int to = Math.min(naive.length, from + 1 + random.nextInt(8));
                if (from >= to) {
                    break;
                }
                for (int i = end; i < from; i++) {
                    naive[i] = "ABSENT";
                }
                String owner = random.nextBoolean() ? "a" : "b";
                switch (random.nextInt(3)) {
                    case 0 -> runs.acquired(from, to, owner, 1, 1, 5);
                    case 1 -> runs.available(from, to, 1, 1);
                    default -> runs.finished(from, to, RecordState.ACKNOWLEDGED);
                }
                var state = runs.state(runs.runAt(from));
                for (int i = from; i < to; i++) {
                    naive[i] = state == RecordState.ACQUIRED ? owner : state.name();
                }
                end = Math.max(end, to);
                runs.advance();
                while (start < end && !naive[start].matches("a|b|AVAILABLE")) {
                    start++;
                }
                check(runs, naive, start, end, seed);
            }
        }
    }

    private static void check(Window runs, String[] naive, int start, int end, long seed) {
        assertThat(runs.start()).as("seed " + seed).isEqualTo(start);
        assertThat(runs.end()).as("seed " + seed).isEqualTo(end);
        int available = -1;
        for (int i = start; i < end; i++) {
            int run = runs.runAt(i);
            var state = runs.state(run) == RecordState.ACQUIRED
                    ? runs.owner(run)
                    : runs.state(run).name();
            assertThat(state).as("offset %d, seed %d", i, seed).isEqualTo(naive[i]);
            available = available < 0 && naive[i].equals("AVAILABLE") ? i : available;
        }
        assertThat(runs.nextAvailable()).as("seed " + seed).isEqualTo(available);
        for (int run = 1; run < runs.runs(); run++) {
            assertThat(runs.first(run)).isGreaterThan(runs.first(run - 1));
            assertThat(runs.state(run) == runs.state(run - 1)
                            && runs.owner(run).equals(runs.owner(run - 1))
                            && runs.deliveries(run) == runs.deliveries(run - 1)
                            && runs.portion(run) == runs.portion(run - 1))
                    .as("neighbours differ, seed " + seed)
                    .isFalse();
        }
    }
}
