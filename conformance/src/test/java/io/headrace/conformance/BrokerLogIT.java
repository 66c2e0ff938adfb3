package io.headrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Goal: what the broker tells its operator can be read by people and by programs.
@DisplayNameGeneration(ReplaceUnderscores.class)
class BrokerLogIT {
    private static final byte[] NO_FRAME = {'A', 'M', 'Q', 'P', 0, 0, 9, 1, 9, 9, 9, 9, 9, 9, 9, 9, 9};

    @Test
    void an_event_is_one_line(@TempDir Path data) throws Exception {
        try (var broker = BrokerProcess.start(data)) {
            sendRubbish(broker.endpoint());
            await().until(() -> broker.errors().contains("FRAME_ERROR"));
            assertThat(broker.terminate()).isZero();

            assertThat(broker.errors().lines())
                    .allMatch(line -> line.matches("\\d{4}-\\d\\d-\\d\\dT\\S+Z (info|warning|error)\\s+[\\w.]+: .+"))
                    .filteredOn(line -> line.contains("FRAME_ERROR"))
                    .hasSize(1);
        }
    }

    private static void sendRubbish(Endpoint broker) throws IOException {
        try (var socket = new Socket(broker.host(), broker.port())) {
            socket.getOutputStream().write(NO_FRAME);
            socket.getInputStream().readAllBytes();
        }
    }
}
