package io.headrace.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Goal: patterns that operators bring from RabbitMQ find what they found there, or are refused.
@DisplayNameGeneration(ReplaceUnderscores.class)
class SearchPatternTest {
    private static final List<String> NAMES =
            List.of("", "amq.gen-1", "amq", "orders", "my.orders", "a", "ab", "b", "]a", "(a", "a|b", "x)a", "c");

    /// Method: Java's own patterns, which have look-ahead, are asked for the same.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "^(?!amq\\.).*",
                "^(?!amq\\.)",
                "^(?!amq\\.|my).*",
                "^(?!(amq|my)\\.)(orders|.)",
                "^(?!a)(?!b).*",
                "^(?![]a]).+",
                "^(?![^)]a).*",
                "^(?!\\(a).*",
                "^(?!amq)$",
                "orders",
                "^a|b",
                ".*"
            })
    void negative_look_ahead_at_the_start_finds_what_it_finds_elsewhere(String expression) {
        var reference = Pattern.compile(expression);

        assertThat(SearchPattern.refusal(expression)).isEmpty();
        for (var name : NAMES) {
            assertThat(SearchPattern.of(expression).foundIn(name))
                    .as("%s in '%s'", expression, name)
                    .isEqualTo(reference.matcher(name).find());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a(?!b)",
                "^(?=a)",
                "(?<!a)b",
                "(a)\\1",
                "^(?!a)b|c",
                "^(?!a",
                "^(?!(a).*",
                "^(?!a(?!b))",
                "(",
                "(?!a)b",
                "^(?!a)*"
            })
    void other_look_around_back_references_and_what_is_no_pattern_are_refused(String expression) {
        assertThat(SearchPattern.refusal(expression)).isPresent();
    }

    @Test
    void random_expressions_are_patterns_or_refused_and_nothing_else() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        var pieces = List.of("^", "(?!", "(", ")", "[", "]", "|", "a", ".", "*", "\\", "$", "^(?!");
        for (int round = 0; round < 20_000; round++) {
            var expression = new StringBuilder(random.nextBoolean() ? "^(?!" : "");
            for (int i = random.nextInt(8); i > 0; i--) {
                expression.append(pieces.get(random.nextInt(pieces.size())));
            }
            // the empty one is a matter of its own, and Java's classes nest
            boolean comparable = !expression.isEmpty() && expression.indexOf("[") < 0;
            if (SearchPattern.refusal(expression.toString()).isEmpty() && comparable) {
                assertThat(SearchPattern.of(expression.toString()).foundIn("a"))
                        .as("seed %d, round %d, %s", seed, round, expression)
                        .isEqualTo(Pattern.compile(expression.toString())
                                .matcher("a")
                                .find());
            }
        }
    }
}
