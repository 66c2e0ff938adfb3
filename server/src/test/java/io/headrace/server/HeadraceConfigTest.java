package io.headrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.config.ConfigText;
import io.headrace.config.Given;
import io.headrace.log.LogConfig;
import io.headrace.server.HeadraceConfig.Reading;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class HeadraceConfigTest {
    @Test
    void nothing_set_is_the_defaults_of_each_component() {
        var reading = HeadraceConfig.read(new ConfigText(Map.of(), List.of()), Map.of());

        assertThat(reading).isInstanceOfSatisfying(Reading.Valid.class, valid -> {
            assertThat(valid.config().data()).isEqualTo(Path.of("data"));
            assertThat(valid.config().log()).isEqualTo(LogConfig.defaults());
        });
    }

    @Test
    void an_option_wins_over_the_file() {
        var file = ConfigText.parse("headrace.conf", "data = /from/file\nlogging.level = debug");

        var reading = HeadraceConfig.read(file, Map.of("data", new Given("/from/option", "--data")));

        assertThat(reading)
                .isInstanceOfSatisfying(
                        Reading.Valid.class,
                        valid -> assertThat(valid.config().data()).isEqualTo(Path.of("/from/option")));
    }

    @Test
    void messages_may_not_be_larger_than_there_is_memory_for_one() {
        var limits = "amqp.message-size-max = %s\namqp.assembling-max = 1GiB\namqp.transaction-size-max = 1GiB\n";
        var most = ConfigText.parse("headrace.conf", limits.formatted("128MiB"));
        var more = ConfigText.parse("headrace.conf", limits.formatted("129MiB"));

        assertThat(HeadraceConfig.read(most, Map.of())).isInstanceOf(Reading.Valid.class);
        assertThat(HeadraceConfig.read(more, Map.of()))
                .isEqualTo(
                        new Reading.Invalid(
                                List.of(
                                        "headrace.conf, line 1: amqp.message-size-max is more than log.memory and 32MiB have room for")));
    }

    @Test
    void mistakes_of_file_and_options_are_told_together() {
        var file = ConfigText.parse("headrace.conf", "log.memory = 1KiB\nno equals sign");

        var reading = HeadraceConfig.read(file, Map.of("logging.level", new Given("loud", "--logging-level")));

        assertThat(reading)
                .isInstanceOfSatisfying(
                        Reading.Invalid.class,
                        invalid -> assertThat(invalid.problems())
                                .containsExactlyInAnyOrder(
                                        "headrace.conf, line 2: expected 'key = value', found 'no equals sign'",
                                        "headrace.conf, line 1: log.memory is 1KiB; it takes 8MiB or more",
                                        "--logging-level: logging.level is 'loud'; it takes one of debug, info, warning, error"));
    }
}
