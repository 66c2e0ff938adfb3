package io.headrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class RunningTest {
    @TempDir
    Path data;

    @Test
    void a_broker_is_found_by_its_data_directory() throws IOException {
        var here = Running.here("rabbit@host", "0.1.0", List.of("amqp on 127.0.0.1:5672"));

        here.announce(data);

        assertThat(Running.on(data)).contains(here);
        assertThat(here.process()).contains(ProcessHandle.current());
    }

    @Test
    void nothing_runs_where_nothing_was_announced_or_it_was_withdrawn() throws IOException {
        assertThat(Running.on(data.resolve("missing"))).isEmpty();

        Running.here("rabbit@host", "0.1.0", List.of()).announce(data);
        Running.withdraw(data);

        assertThat(Running.on(data)).isEmpty();
    }

    @Test
    void a_later_process_with_the_number_of_one_that_crashed_is_not_taken_for_it() throws IOException {
        new Running(
                        ProcessHandle.current().pid(),
                        Instant.parse("2020-01-01T00:00:00Z"),
                        "rabbit@host",
                        "0.1.0",
                        List.of())
                .announce(data);

        assertThat(Running.on(data)).isEmpty();
    }
}
