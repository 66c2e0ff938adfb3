package io.headrace.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: publishers wait when the broker is short of something, and only they.
@DisplayNameGeneration(ReplaceUnderscores.class)
class BackPressureTest {
    private final TestServer server = new TestServer();
    private final TestClient client = TestClient.ready(server.port(), "connection.blocked");

    BackPressureTest() throws IOException {
        client.call(1, EndToEndTest.queue("q"), QueueMethod.DeclareOk.class);
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    @Test
    void a_publisher_is_blocked_and_told_and_goes_on_when_the_alarm_clears() throws IOException {
        server.onLoop(() -> server.broker.alarm("low on disk"));
        client.call(1, new ChannelMethod.Flow(true), ChannelMethod.FlowOk.class);

        client.publish(1, "", "q", "held");
        client.send(1, new ChannelMethod.Flow(true));

        assertThat(client.expect(ConnectionMethod.Blocked.class).reason()).isEqualTo("low on disk");
        assertThat(count()).isZero();
        server.onLoop(() -> server.broker.alarm(""));
        client.expect(ConnectionMethod.Unblocked.class);
        client.expect(ChannelMethod.FlowOk.class);
        assertThat(count()).isEqualTo(1);
    }

    @Test
    void a_client_without_the_capability_is_blocked_and_not_told() throws IOException {
        try (var plain = TestClient.ready(server.port())) {
            server.onLoop(() -> server.broker.alarm("low on memory"));
            plain.publish(1, "", "q", "held");
            plain.send(1, new ChannelMethod.Flow(true));
            client.call(1, new ChannelMethod.Flow(true), ChannelMethod.FlowOk.class);

            server.onLoop(() -> server.broker.alarm(""));

            plain.expect(ChannelMethod.FlowOk.class);
            assertThat(count()).isEqualTo(1);
        }
    }

    @Test
    void a_connection_that_does_not_publish_notices_nothing() throws IOException {
        client.publish(1, "", "q", "one");
        client.call(1, new ChannelMethod.Flow(true), ChannelMethod.FlowOk.class);
        server.onLoop(() -> server.broker.alarm("low on memory"));

        try (var consumer = TestClient.ready(server.port(), "connection.blocked")) {
            consumer.call(1, EndToEndTest.consume("q", "c", false), BasicMethod.ConsumeOk.class);
            consumer.message(BasicMethod.Deliver.class);
        }
    }

    @Test
    void while_the_log_is_behind_the_socket_is_not_read() throws IOException {
        server.broker.pressure = true;
        var writing = CompletableFuture.runAsync(() -> {
            try {
                for (int i = 0; i < 2_000; i++) {
                    client.publish(1, "", "q", "x".repeat(10_000));
                }
                client.send(1, new ChannelMethod.Flow(true));
            } catch (IOException trouble) {
                throw new AssertionError(trouble);
            }
        });

        assertThat(writing).failsWithin(200, TimeUnit.MILLISECONDS);
        assertThat(count()).isZero();
        server.onLoop(server.broker::relieve);

        client.expect(ChannelMethod.FlowOk.class);
        assertThat(count()).isEqualTo(2_000);
    }

    @Test
    void a_client_that_asks_and_never_reads_is_not_answered_for_ever() throws IOException {
        var asking = CompletableFuture.runAsync(() -> {
            try {
                for (int i = 0; i < 2_000_000; i++) {
                    client.put(1, new ChannelMethod.Flow(true));
                    if (i % 1000 == 0) {
                        client.flush();
                    }
                }
            } catch (IOException closed) {
                // the test is over
            }
        });

        assertThat(asking).failsWithin(1_500, TimeUnit.MILLISECONDS);
        client.close();
        asking.join();
    }

    @Test
    void what_is_got_in_one_go_is_given_as_the_client_takes_it() throws IOException {
        int messages = 500;
        var body = new byte[100_000];
        for (int i = 0; i < messages; i++) {
            client.putPublish(1, "", "q", false, TestClient.NO_PROPERTIES, body);
        }
        client.call(1, new ChannelMethod.Flow(true), ChannelMethod.FlowOk.class);

        for (int i = 0; i < messages; i++) {
            client.put(1, new BasicMethod.Get("q", true));
        }
        client.flush();

        var before = new AtomicInteger();
        await().during(Duration.ofMillis(300)).until(this::count, left -> before.getAndSet(left) == left);
        assertThat(count()).isBetween(messages / 2, messages - 1);
        for (int i = 0; i < messages; i++) {
            client.message(BasicMethod.GetOk.class);
        }
    }

    private int count() {
        return server.onLoop(() -> server.broker.queues.get("q").ready.size());
    }
}
