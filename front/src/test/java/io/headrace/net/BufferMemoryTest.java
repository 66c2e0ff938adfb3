package io.headrace.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: what all connections hold together is seen in time, and who waits for less of it is called.
@DisplayNameGeneration(ReplaceUnderscores.class)
class BufferMemoryTest {
    private static final int ALL = 800;

    private final TestLoop loop = new TestLoop();
    private final List<String> called = new ArrayList<>();
    private long used;
    private final BufferMemory memory = new BufferMemory(loop, ALL, () -> used);

    @Test
    void is_tight_from_a_quarter_on_and_full_from_three_eighths() {
        assertThat(level(199)).isEqualTo("tight false, full false");
        assertThat(level(200)).isEqualTo("tight true, full false");
        assertThat(level(299)).isEqualTo("tight true, full false");
        assertThat(level(300)).isEqualTo("tight true, full true");
        assertThat(level(10)).isEqualTo("tight false, full false");
    }

    @Test
    void is_looked_at_when_a_megabyte_was_taken_in_small_pieces() {
        used = 200;
        for (int i = 0; i < 15; i++) {
            memory.taken(64 << 10);
        }
        assertThat(memory.tight()).isFalse();

        memory.taken(64 << 10);

        assertThat(memory.tight()).isTrue();
    }

    @Test
    void whoever_waits_is_called_once_when_it_is_not_full_any_more_newcomers_and_old_ones_in_turn() {
        level(300);
        for (var name : List.of("one", "two", "three", "four", "five")) {
            memory.onRelief(() -> called.add(name));
        }
        loop.advance(1_000);
        assertThat(called).isEmpty();

        used = 299;
        loop.advance(1_000);

        assertThat(called).containsExactly("five", "one", "four", "two", "three");
    }

    @Test
    void whoever_finds_it_full_again_may_wait_again() {
        level(300);
        memory.onRelief(() -> {
            level(300);
            memory.onRelief(() -> called.add("again"));
        });
        used = 0;
        loop.advance(20);
        assertThat(called).isEmpty();

        used = 0;
        loop.advance(20);

        assertThat(called).containsExactly("again");
    }

    private String level(long bytes) {
        used = bytes;
        memory.taken(1 << 20);
        return "tight %s, full %s".formatted(memory.tight(), memory.full());
    }
}
