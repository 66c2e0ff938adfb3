package io.headrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class StatusTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void where_nothing_runs_status_and_stop_say_so_with_a_code_of_their_own(@TempDir Path data) {
        assertThat(headrace("status", "--data", data.toString())).isEqualTo(3);
        assertThat(headrace("stop", "--data", data.toString())).isEqualTo(3);

        assertThat(text(out).lines()).allMatch(line -> line.equals("not running on " + data));
    }

    @Test
    void a_wrong_command_line_is_explained_and_has_a_code_of_its_own() {
        assertThat(headrace("sart")).isEqualTo(2);
        assertThat(headrace("status", "--dota", "x")).isEqualTo(2);
        assertThat(headrace()).isEqualTo(2);

        assertThat(text(err))
                .contains("there is no command 'sart'")
                .contains("there is no option '--dota'; did you mean '--data'?")
                .contains("say what to do");
    }

    @Test
    void a_missing_file_is_named(@TempDir Path dir) {
        var file = dir.resolve("headrace.conf");

        assertThat(headrace("status", "--config", file.toString())).isEqualTo(1);
        assertThat(text(err)).isEqualTo("headrace: there is no file " + file + "\n");
    }

    @Test
    void uptime_is_told_in_its_two_largest_units() {
        assertThat(List.of(
                        Status.words(Duration.ofSeconds(9)),
                        Status.words(Duration.ofSeconds(302)),
                        Status.words(Duration.ofMinutes(125)),
                        Status.words(Duration.ofHours(76))))
                .containsExactly("9 s", "5 min 2 s", "2 h 5 min", "3 d 4 h");
    }

    private int headrace(String... words) {
        return new Main(new PrintStream(out, true), new PrintStream(err, true)).run(List.of(words));
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
