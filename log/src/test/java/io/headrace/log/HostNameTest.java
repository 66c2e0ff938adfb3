package io.headrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: a broker calls itself as its machine does, as RabbitMQ's tools expect.
@DisplayNameGeneration(ReplaceUnderscores.class)
class HostNameTest {
    @Test
    void it_is_what_the_system_tells_every_process() throws Exception {
        var asked = new ProcessBuilder("uname", "-n").start();
        var told = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();

        assertThat(HostName.own()).isEqualTo(told);
    }
}
