package io.headrace.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Goal: what can be said without a broker is said as RabbitMQ's tools say it.
@DisplayNameGeneration(ReplaceUnderscores.class)
class CtlTest {
    @TempDir
    private Path nothing;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(Tool tool, String... words) {
        return new Ctl(
                        tool,
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        Map.of("HEADRACE_DATA", nothing.toString()))
                .run(List.of(words));
    }

    @Test
    void too_few_arguments_are_a_mistake_of_usage() {
        assertThat(run(Tool.CTL, "add_user")).isEqualTo(64);

        assertThat(err.toString()).startsWith("""
                Error (argument validation): not enough arguments.
                Arguments given:
                \tadd_user
                """);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void too_many_arguments_are_a_mistake_of_usage() {
        assertThat(run(Tool.CTL, "add_user", "a", "b", "c", "d")).isEqualTo(64);

        assertThat(err.toString()).startsWith("Error (argument validation): too many arguments.\n");
    }

    @Test
    void an_unknown_option_is_named() {
        assertThat(run(Tool.CTL, "list_queues", "--nonsense")).isEqualTo(64);

        assertThat(err.toString())
                .startsWith("Error (argument validation): Invalid options for this command:\n--nonsense : \n");
    }

    @Test
    void an_unknown_column_is_named_before_a_broker_is_looked_for() {
        assertThat(run(Tool.CTL, "list_queues", "name", "nonsense")).isEqualTo(64);

        assertThat(err.toString())
                .startsWith("Error (argument validation): Info key(s) nonsense are not supported\nSupported: name ");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void an_unknown_command_is_told_with_one_that_looks_like_it() {
        assertThat(run(Tool.CTL, "list_queue")).isEqualTo(64);

        assertThat(err.toString()).startsWith("\nCommand 'list_queue' not found. \nDid you mean 'list_queues'? \n");
    }

    @Test
    void where_no_broker_runs_the_service_is_unavailable_and_the_text_says_what_to_do() {
        assertThat(run(Tool.CTL, "list_queues")).isEqualTo(69);

        assertThat(err.toString()).startsWith("Error: ").contains("no broker runs on " + nothing, "headrace start");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void a_ping_of_nobody_fails() {
        assertThat(run(Tool.DIAGNOSTICS, "-n", "other@localhost", "ping")).isEqualTo(69);

        assertThat(out.toString())
                .isEqualTo(
                        "Will ping other@localhost. This only checks if the OS process is running and registered with"
                                + " epmd. Timeout: 60000 ms.\n");
        assertThat(err.toString())
                .startsWith("Error:\nFailed to connect and authenticate to other@localhost in 60000 ms\n");
    }

    @Test
    void what_has_no_meaning_here_is_an_error_with_its_reason() {
        assertThat(run(Tool.CTL, "join_cluster", "rabbit@other")).isEqualTo(70);

        assertThat(err.toString()).startsWith("Error:\n'join_cluster' is not supported: ");
    }

    @Test
    void help_tells_the_usage_of_a_command() {
        assertThat(run(Tool.CTL, "help", "set_policy")).isZero();

        assertThat(out.toString()).contains("set_policy [--vhost <vhost>] [--priority <priority>]");
    }

    @Test
    void each_tool_has_each_word_once() {
        for (Tool tool : Tool.values()) {
            var names = tool.commands().stream().map(Command::name).toList();

            assertThat(new HashSet<>(names)).as(tool.word()).hasSameSizeAs(names);
        }
    }
}
