package io.headrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Goal: a restart keeps what it should, drops what it should, and is told to clients as they expect.
@DisplayNameGeneration(ReplaceUnderscores.class)
class RestartIT {
    @TempDir
    Path data;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void durable_things_are_kept_and_others_are_not(boolean killed) throws Exception {
        try (var broker = BrokerProcess.start(data)) {
            try (var connection = broker.endpoint().connect()) {
                var channel = connection.createChannel();
                channel.exchangeDeclare("kept.x", "topic", true);
                channel.exchangeDeclare("lost.x", "topic", false);
                channel.queueDeclare("kept.q", true, false, false, Map.of());
                channel.queueDeclare("lost.q", false, false, false, Map.of());
                channel.queueBind("kept.q", "kept.x", "key.#");
                channel.queueBind("kept.q", "lost.x", "key.#");
                channel.confirmSelect();
                channel.basicPublish(
                        "kept.x", "key.1", MessageProperties.MINIMAL_PERSISTENT_BASIC, "persistent".getBytes());
                channel.basicPublish("kept.x", "key.2", MessageProperties.MINIMAL_BASIC, "transient".getBytes());
                channel.waitForConfirmsOrDie(10_000);
            }
            stop(broker, killed);

            broker.start();

            try (var connection = broker.endpoint().connect()) {
                var channel = connection.createChannel();
                assertThat(drain(channel, "kept.q")).containsExactly("persistent");
                channel.basicPublish("kept.x", "key.3", MessageProperties.MINIMAL_BASIC, "bound".getBytes());
                assertThat(drain(channel, "kept.q")).containsExactly("bound");
                assertMissing(connection.createChannel(), "lost.q");
                var asking = connection.createChannel();
                assertThatThrownBy(() -> asking.exchangeDeclarePassive("lost.x"))
                        .isInstanceOf(IOException.class);
            }
            assertThat(broker.terminate()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void what_was_out_comes_again_and_what_was_acknowledged_does_not(boolean killed) throws Exception {
        try (var broker = BrokerProcess.start(data)) {
            var connection = broker.endpoint().connect();
            var channel = connection.createChannel();
            channel.queueDeclare("q", true, false, false, Map.of());
            channel.confirmSelect();
            for (int i = 0; i < 5; i++) {
                channel.basicPublish("", "q", MessageProperties.MINIMAL_PERSISTENT_BASIC, ("m" + i).getBytes());
            }
            channel.waitForConfirmsOrDie(10_000);
            channel.basicGet("q", false);
            channel.basicAck(channel.basicGet("q", false).getEnvelope().getDeliveryTag(), false);
            // A confirmed publish after it: then the acknowledgement is on disk, too.
            channel.basicPublish("", "q", MessageProperties.MINIMAL_PERSISTENT_BASIC, "m5".getBytes());
            channel.waitForConfirmsOrDie(10_000);
            stop(broker, killed);
            connection.abort();

            broker.start();

            try (var again = broker.endpoint().connect()) {
                assertThat(drain(again.createChannel(), "q")).containsExactly("m0", "m2", "m3", "m4", "m5");
            }
        }
    }

    @Test
    void a_deleted_queue_stays_deleted() throws Exception {
        try (var broker = BrokerProcess.start(data)) {
            try (var connection = broker.endpoint().connect()) {
                var channel = connection.createChannel();
                channel.queueDeclare("q", true, false, false, Map.of());
                channel.basicPublish("", "q", MessageProperties.MINIMAL_PERSISTENT_BASIC, "m".getBytes());
                channel.queueDelete("q");
            }
            broker.kill();
            broker.start();
            try (var connection = broker.endpoint().connect()) {
                assertMissing(connection.createChannel(), "q");
            }
        }
    }

    @Test
    void clients_are_told_that_the_broker_stops() throws Exception {
        try (var broker = BrokerProcess.start(data)) {
            var connection = broker.endpoint().connect();
            var reason = new CompletableFuture<String>();
            connection.addShutdownListener(signal -> reason.complete(signal.getMessage()));

            assertThat(broker.terminate()).isZero();

            assertThat(reason.get(10, TimeUnit.SECONDS))
                    .contains("reply-code=320, reply-text=CONNECTION_FORCED - broker forced connection closure with"
                            + " reason 'shutdown'");
        }
    }

    @Test
    void a_second_broker_is_kept_off_the_data_and_told_who_has_it() throws Exception {
        try (var broker = BrokerProcess.start(data)) {
            assertThatThrownBy(() -> BrokerProcess.start(data))
                    .hasMessageContaining("process " + broker.pid() + " has it locked");
        }
    }

    private static void stop(BrokerProcess broker, boolean killed) {
        if (killed) {
            broker.kill();
        } else {
            assertThat(broker.terminate()).isZero();
        }
    }

    private static void assertMissing(Channel channel, String queue) throws InterruptedException {
        Closing.of(channel, () -> channel.queueDeclarePassive(queue))
                .assertChannel(404, "NOT_FOUND - no queue '" + queue + "' in vhost '/'");
    }

    private static List<String> drain(Channel channel, String queue) throws IOException {
        var texts = new ArrayList<String>();
        for (var got = channel.basicGet(queue, true); got != null; got = channel.basicGet(queue, true)) {
            texts.add(new String(got.getBody()));
        }
        return texts;
    }
}
