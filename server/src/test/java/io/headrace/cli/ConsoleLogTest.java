package io.headrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ConsoleLogTest {
    @Test
    void an_event_is_one_line_with_its_parameters_in_place() {
        var event = event(Level.WARNING, "2026-11-24T10:15:30Z", "connection {0} refused: {1}", "c7", "no such user");

        assertThat(new ConsoleLog.Line().format(event))
                .isEqualTo("2026-11-24T10:15:30.000Z warning amqp.Login: connection c7 refused: no such user\n");
    }

    @Test
    void a_cause_follows_on_lines_of_its_own() {
        var event = event(Level.SEVERE, "2026-11-24T10:15:30.120Z", "the log stopped");
        event.setThrown(new java.io.IOException("no such device"));

        assertThat(new ConsoleLog.Line().format(event).lines())
                .startsWith(
                        "2026-11-24T10:15:30.120Z error   amqp.Login: the log stopped",
                        "java.io.IOException: no such device");
    }

    private static LogRecord event(Level level, String time, String text, Object... parameters) {
        var event = new LogRecord(level, text);
        event.setLoggerName("io.headrace.amqp.Login");
        event.setInstant(Instant.parse(time));
        event.setParameters(parameters);
        return event;
    }
}
