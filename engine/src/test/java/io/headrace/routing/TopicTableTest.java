package io.headrace.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.headrace.catalog.BindingKey;
import io.headrace.message.FieldTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Goal: a topic key finds the patterns that RabbitMQ would find, and no pattern makes it slow.
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class TopicTableTest {
    private final TopicTable table = new TopicTable();

    @ParameterizedTest
    @CsvSource({
        "a.b, a.b, true",
        "a.b, a.c, false",
        "a.b, a, false",
        "a, a.b, false",
        "*, a, true",
        "*, a.b, false",
        "*, '', false",
        "#, '', true",
        "'', '', true",
        "'', a, false",
        "#, a.b.c, true",
        "a.*.c, a.b.c, true",
        "a.*.c, a..c, true",
        "a.*.c, a.c, false",
        "a.#, a, true",
        "a.#, a.b.c, true",
        "a.#, b, false",
        "a.#.b, a.b, true",
        "a.#.b, a.x.y.b, true",
        "a.#.b, a.b.c, false",
        "#.b, b, true",
        "#.b, a.a.b, true",
        "#.*, '', false",
        "#.*, a, true",
        "#.#, '', true",
        "#.a.#.a.#, a, false",
        "#.a.#.a.#, x.a.y.a.z, true",
        "*.*, ., true",
        "., ., true",
        "a*, ab, false",
        "a#, a, false",
    })
    void a_pattern_matches_a_key(String pattern, String key, boolean expected) {
        bind(pattern, 1);

        assertThat(match(key).length == 1).isEqualTo(expected);
    }

    @Test
    void a_queue_that_several_patterns_lead_to_is_found_once() {
        bind("a.*", 1);
        bind("#", 1);
        bind("a.b", 1);
        bind("a.b", 2);

        assertThat(match("a.b")).containsExactly(1, 2);
    }

    @Test
    void a_removed_pattern_matches_no_more_and_leaves_the_others() {
        bind("a.b", 1);
        bind("a.b.c", 2);
        bind("a.b", 3);

        unbind("a.b", 1);
        assertThat(match("a.b")).containsExactly(3);
        unbind("a.b", 3);
        assertThat(match("a.b")).isEmpty();

        assertThat(match("a.b.c")).containsExactly(2);
    }

    @Test
    void two_bindings_with_one_pattern_and_queue_are_both_needed_to_go() {
        bind("a", 1);
        bind("a", 1);

        unbind("a", 1);
        assertThat(match("a")).containsExactly(1);
        unbind("a", 1);

        assertThat(match("a")).isEmpty();
    }

    @Test
    void many_hashes_do_not_make_a_long_key_slow() {
        for (int count = 1; count <= 60; count++) {
            bind("#.a.".repeat(count) + "#.b", count);
        }
        String key = "a.".repeat(120) + "c";

        int[] found = assertTimeoutPreemptively(Duration.ofSeconds(5), () -> match(key));

        assertThat(found).isEmpty();
    }

    @Test
    void it_finds_what_a_plain_matcher_finds() {
        long seed = System.nanoTime();
        Random random = new Random(seed);

        for (int round = 0; round < 300; round++) {
            TopicTable mixed = new TopicTable();
            Map<Integer, String> patterns = new HashMap<>();
            for (int id = 1; id <= 30; id++) {
                String pattern = words(random, "a", "b", "", "*", "#");
                patterns.put(id, pattern);
                mixed.add(binding(pattern), new Target.Queue(id));
            }
            for (int id = 1; id <= 30; id += 3) {
                mixed.remove(binding(patterns.remove(id)), new Target.Queue(id));
            }
            for (int i = 0; i < 30; i++) {
                String key = words(random, "a", "b", "");
                assertThat(match(mixed, key))
                        .as("seed %d, round %d, key '%s', patterns %s", seed, round, key, patterns)
                        .isEqualTo(plainly(patterns, key));
            }
        }
    }

    private static int[] plainly(Map<Integer, String> patterns, String key) {
        return patterns.entrySet().stream()
                .filter(entry -> plainMatch(split(entry.getValue()), split(key)))
                .mapToInt(Map.Entry::getKey)
                .sorted()
                .toArray();
    }

    private static boolean plainMatch(List<String> pattern, List<String> key) {
        if (pattern.isEmpty()) {
            return key.isEmpty();
        }
        List<String> rest = pattern.subList(1, pattern.size());
        if (pattern.getFirst().equals("#")) {
            return plainMatch(rest, key) || !key.isEmpty() && plainMatch(pattern, key.subList(1, key.size()));
        }
        boolean first = !key.isEmpty()
                && (pattern.getFirst().equals("*") || pattern.getFirst().equals(key.getFirst()));
        return first && plainMatch(rest, key.subList(1, key.size()));
    }

    private static List<String> split(String words) {
        return words.isEmpty() ? List.of() : Arrays.asList(words.split("\\.", -1));
    }

    private static String words(Random random, String... alphabet) {
        List<String> words = new ArrayList<>();
        for (int i = random.nextInt(6); i > 0; i--) {
            words.add(alphabet[random.nextInt(alphabet.length)]);
        }
        return String.join(".", words);
    }

    private void bind(String pattern, int queue) {
        table.add(binding(pattern), new Target.Queue(queue));
    }

    private void unbind(String pattern, int queue) {
        table.remove(binding(pattern), new Target.Queue(queue));
    }

    private static BindingKey binding(String pattern) {
        return new BindingKey("x", false, "q", pattern, FieldTable.EMPTY);
    }

    private int[] match(String key) {
        return match(table, key);
    }

    private static int[] match(TopicTable table, String key) {
        Found found = new Found("x");
        table.match(List.of(key), () -> FieldTable.EMPTY, found);
        return found.queueIds();
    }
}
