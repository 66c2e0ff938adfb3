package io.headrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.config.Declared;
import io.headrace.config.Given;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ArgumentsTest {
    private static final List<Declared> KEYS =
            List.of(new Declared("data", "data", "path", ""), new Declared("amqp.port", "5672", "0 to 65535", ""));

    @Test
    void a_key_is_an_option_with_dashes_for_dots() {
        var arguments = Arguments.parse(List.of("--amqp-port", "0", "--data=/d"), KEYS);

        assertThat(arguments.settings())
                .isEqualTo(Map.of("amqp.port", new Given("0", "--amqp-port"), "data", new Given("/d", "--data")));
        assertThat(arguments.problems()).isEmpty();
    }

    @Test
    void a_file_and_help_are_asked_for_beside_the_keys() {
        assertThat(Arguments.parse(List.of("--config", "h.conf"), KEYS).configFile())
                .contains("h.conf");
        assertThat(Arguments.parse(List.of("-h"), KEYS).help()).isTrue();
    }

    @Test
    void what_is_not_an_option_is_refused_with_the_nearest_one() {
        assertThat(Arguments.parse(List.of("--amqp-prot", "1", "now"), KEYS).problems())
                .containsExactly(
                        "there is no option '--amqp-prot'; did you mean '--amqp-port'?", "there is no option 'now'");
    }

    @Test
    void an_option_at_the_end_needs_its_value() {
        assertThat(Arguments.parse(List.of("--data"), KEYS).problems()).containsExactly("--data needs a value");
    }
}
