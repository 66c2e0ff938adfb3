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
