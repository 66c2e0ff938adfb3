package io.headrace.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: a few are read at a time, by number and by bytes, what was read is there until the end of its turn, and who
/// does not need it any more costs no read.
@DisplayNameGeneration(ReplaceUnderscores.class)
class LoadLineTest {
    private static final int MIB = 1 << 20;
    private static final BooleanSupplier WANTED = () -> true;

    private final SimLoop loop = new SimLoop();
    private final LoadLine line = new LoadLine(loop);
    private final List<String> said = new ArrayList<>();

    private void add(String name, int bytes, BooleanSupplier wanted) {
        line.add(bytes, wanted, () -> said.add("read " + name), () -> said.add("done " + name));
    }

    private void came(String name, int bytes) {
        loop.execute(() -> line.came(bytes, () -> said.add("done " + name), () -> said.add("release " + name)));
        loop.turn();
    }

    @Test
    void four_are_read_at_a_time_and_the_next_when_the_turn_of_one_has_ended() {
        for (var name : List.of("a", "b", "c", "d", "e")) {
            add(name, 1, WANTED);
        }
        assertThat(said).containsExactly("read a", "read b", "read c", "read d");

        said.clear();
        came("c", 1);

        assertThat(said).containsExactly("done c", "release c", "read e");
    }

    @Test
    void what_was_asked_for_at_the_end_of_the_turn_comes_before_the_release() {
        add("a", 1, WANTED);
        loop.execute(() -> line.came(1, () -> loop.afterTurn(() -> said.add("delivered")), () -> said.add("release")));
        loop.turn();

        assertThat(said).containsExactly("read a", "delivered", "release");
    }

    @Test
    void large_ones_wait_for_each_other_and_the_largest_is_read_alone() {
        add("a", 16 * MIB, WANTED);
        add("b", 16 * MIB, WANTED);
        add("c", 100 * MIB, WANTED);
        add("d", 1, WANTED); // behind it, so that it is not passed for ever
        assertThat(said).containsExactly("read a", "read b");

        came("a", 16 * MIB);
        said.clear();
        came("b", 16 * MIB);
        assertThat(said).containsExactly("done b", "release b", "read c");

        said.clear();
        came("c", 100 * MIB);
        assertThat(said).containsExactly("done c", "release c", "read d");
    }

    @Test
    void who_is_gone_when_it_is_its_turn_is_not_read_however_many_there_are() {
        for (var name : List.of("a", "b", "c", "d")) {
            add(name, 1, WANTED);
        }
        int many = 100_000;
        for (int i = 0; i < many; i++) {
            add("gone", 1, () -> false);
        }
        add("e", 1, WANTED);
        said.clear();

        came("a", 1);

        assertThat(said)
                .hasSize(many + 3)
                .startsWith("done a", "release a", "done gone")
                .endsWith("read e");
    }
}
