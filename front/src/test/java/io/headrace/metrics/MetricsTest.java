package io.headrace.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.broker.Broker.Opening;
import io.headrace.broker.Command;
import io.headrace.broker.Session;
import io.headrace.message.FieldTable;
import io.headrace.security.Permissions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Goal: the text is what Prometheus reads, and bounded with many queues. Method: a real engine; the service asked
/// without a socket.
@DisplayNameGeneration(ReplaceUnderscores.class)
class MetricsTest {
    private static final int QUEUES = 10_000;

    @Test
    void every_metric_is_declared_once_and_has_its_samples_behind_it(@TempDir Path data) throws Exception {
        withQueues(data, List.of("one", "a \"quoted\\ name"), api -> {
            var aggregated = MetricsWorld.text(api, "/metrics");
            assertThat(aggregated)
                    .contains(
                            "\nrabbitmq_queues 2\n",
                            "\nrabbitmq_queue_messages_ready 0\n",
                            "rabbitmq_message_size_bytes_bucket{protocol=\"amqp091\",le=\"100.0\"} 0\n",
                            "rabbitmq_message_size_bytes_bucket{protocol=\"amqp091\",le=\"1e+06\"} 0\n",
                            "rabbitmq_message_size_bytes_bucket{protocol=\"amqp091\",le=\"+Inf\"} 0\n",
                            "rabbitmq_global_messages_acknowledged_total{protocol=\"amqp091\",queue_type="
                                    + "\"rabbit_quorum_queue\"} 0\n",
                            "rabbitmq_global_messages_dead_lettered_expired_total{queue_type=\"rabbit_classic_queue\","
                                    + "dead_letter_strategy=\"at_most_once\"} 0\n")
                    .doesNotContain("queue=\"one\"");
            var perObject = MetricsWorld.text(api, "/metrics/per-object");
            assertThat(perObject)
                    .contains(
                            "rabbitmq_queue_messages_ready{vhost=\"/\",queue=\"one\"} 0\n",
                            "queue=\"a \\\"quoted\\\\ name\"");
            var detailed = MetricsWorld.text(api, "/metrics/detailed?family=queue_coarse_metrics&vhost=%2F");
            assertThat(detailed)
                    .contains("rabbitmq_detailed_queue_messages{vhost=\"/\",queue=\"one\"} 0\n")
                    .doesNotContain("detailed_queue_consumers");
            assertThat(MetricsWorld.text(api, "/metrics/detailed?family=queue_coarse_metrics&vhost=other"))
                    .doesNotContain("queue=\"one\"");
            for (String text : List.of(aggregated, perObject, detailed)) {
                MetricsWorld.wellFormed(text);
            }
        });
    }

    @Test
    void ten_thousand_queues_are_scraped_quickly_into_few_bytes(@TempDir Path data) throws Exception {
        var names = new ArrayList<String>();
        for (int i = 0; i < QUEUES; i++) {
            names.add("queue-" + i);
        }
        withQueues(data, names, api -> {
            MetricsWorld.text(api, "/metrics/per-object"); // whoever comes first pays for compiling
            long start = System.nanoTime();
            var text = MetricsWorld.text(api, "/metrics/per-object");
            long millis = (System.nanoTime() - start) / 1_000_000;

            assertThat(text.length()).isLessThan(5_000_000);
            assertThat(millis).isLessThan(2_000); // 500 on a machine that does nothing else
        });
    }

    private interface Work {
        void with(MetricsApi api) throws Exception;
    }

    private static void withQueues(Path data, List<String> queues, Work work) throws Exception {
        MetricsWorld.with(data, (engine, loop, api) -> {
            MetricsWorld.await(done -> loop.execute(() -> {
                var opening = (Opening.Opened) engine.openAside(Permissions.BROKER, "/", loop, "test");
                declare(opening.session(), queues, done);
            }));
            work.with(api);
        });
    }

    private static void declare(Session session, List<String> queues, CompletableFuture<Void> done) {
        var waiting = new int[] {queues.size()};
        for (String queue : queues) {
            session.perform(new Command.DeclareQueue(queue, false, true, false, false, FieldTable.EMPTY), _ -> {
                waiting[0]--;
                if (waiting[0] == 0) {
                    done.complete(null);
                }
            });
        }
    }
}
