package io.headrace.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.broker.Broker.Identity;
import io.headrace.broker.Broker.Opening;
import io.headrace.broker.Command;
import io.headrace.broker.Engine;
import io.headrace.broker.NodeView;
import io.headrace.broker.Session;
import io.headrace.http.HttpLimits;
import io.headrace.http.HttpRequest;
import io.headrace.http.HttpResponse;
import io.headrace.log.FileStorage;
import io.headrace.log.HeadraceLog;
import io.headrace.log.LogConfig;
import io.headrace.log.OnCorruption;
import io.headrace.log.PageArena;
import io.headrace.message.FieldTable;
import io.headrace.net.EventLoops;
import io.headrace.security.Permissions;
import io.headrace.time.Clock;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
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
            var aggregated = text(api, "/metrics");
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
            var perObject = text(api, "/metrics/per-object");
            assertThat(perObject)
                    .contains(
                            "rabbitmq_queue_messages_ready{vhost=\"/\",queue=\"one\"} 0\n",
                            "queue=\"a \\\"quoted\\\\ name\"");
            var detailed = text(api, "/metrics/detailed?family=queue_coarse_metrics&vhost=%2F");
            assertThat(detailed)
                    .contains("rabbitmq_detailed_queue_messages{vhost=\"/\",queue=\"one\"} 0\n")
                    .doesNotContain("detailed_queue_consumers");
            assertThat(text(api, "/metrics/detailed?family=queue_coarse_metrics&vhost=other"))
                    .doesNotContain("queue=\"one\"");
            for (String text : List.of(aggregated, perObject, detailed)) {
                wellFormed(text);
            }
        });
    }

    private static void wellFormed(String text) {
        var declared = new ArrayList<String>();
        for (String line : text.lines().toList()) {
            if (line.startsWith("# TYPE ")) {
                declared.add(line.split(" ")[2]);
            } else if (!line.startsWith("#")) {
                assertThat(line).startsWith(declared.getLast());
            }
        }
        assertThat(declared).doesNotHaveDuplicates();
    }

    @Test
    void ten_thousand_queues_are_scraped_quickly_into_few_bytes(@TempDir Path data) throws Exception {
        var names = new ArrayList<String>();
        for (int i = 0; i < QUEUES; i++) {
            names.add("queue-" + i);
        }
        withQueues(data, names, api -> {
            text(api, "/metrics/per-object"); // whoever comes first pays for compiling
            long start = System.nanoTime();
            var text = text(api, "/metrics/per-object");
            long millis = (System.nanoTime() - start) / 1_000_000;

            assertThat(text.length()).isLessThan(5_000_000);
            assertThat(millis).isLessThan(2_000); // 500 on a machine that does nothing else
        });
    }

    private static String text(MetricsApi api, String target) throws InterruptedException {
        HttpResponse answer =
                api.serve(new HttpRequest("GET", target, Map.of(), new byte[0], new InetSocketAddress("127.0.0.1", 1)));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.contentType()).startsWith("text/plain; version=0.0.4");
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    private interface Work {
        void with(MetricsApi api) throws Exception;
    }

    private static void withQueues(Path data, List<String> queues, Work work) throws Exception {
        var config = LogConfig.defaults();
        var storage = FileStorage.open(data);
        var arena = new PageArena(config.memoryBytes());
        var loops = new EventLoops(1, Clock.system());
        try (var files = Executors.newFixedThreadPool(1);
                var log = HeadraceLog.open(storage, config, Clock.system(), arena, OnCorruption.REFUSE)) {
            var engine = Engine.recover(
                    new Identity("rabbit@test", "rabbit@test", "4.2.0"),
                    new Engine.Ground(
                            log,
                            config,
                            storage,
                            arena,
                            loops.loops().getFirst(),
                            files,
                            () -> "0123456789012345678901",
                            Set.of(),
                            trouble -> {
                                throw new IllegalStateException(trouble);
                            }));
            log.start();
            await(done -> engine.start(() -> done.complete(null)));
            var loop = loops.loops().getFirst();
            await(done -> loop.execute(() -> {
                var opening = (Opening.Opened) engine.openAside(Permissions.BROKER, "/", loop, "test");
                declare(opening.session(), queues, done);
            }));
            var metrics = new MetricsConfig(Optional.empty(), HttpLimits.defaults(), false);
            work.with(new MetricsApi(engine, engine.observation(), new Machine(), metrics));
            await(done -> engine.stop(() -> done.complete(null)));
            loops.close();
            engine.close();
        }
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

    private interface Step {
        void begin(CompletableFuture<Void> done) throws IOException;
    }

    private static void await(Step step) throws IOException {
        var done = new CompletableFuture<Void>();
        step.begin(done);
        done.join();
    }

    /// A machine of which little is known.
    private static final class Machine implements NodeView {
        @Override
        public List<Door> doors() {
            return List.of();
        }

        @Override
        public String version() {
            return "test";
        }

        @Override
        public long startedMillis() {
            return 1;
        }

        @Override
        public String dataDirectory() {
            return "/data";
        }

        @Override
        public OptionalLong residentBytes() {
            return OptionalLong.empty();
        }

        @Override
        public OptionalLong threads() {
            return OptionalLong.empty();
        }

        @Override
        public OptionalLong certificateEndMillis() {
            return OptionalLong.empty();
        }

        @Override
        public OptionalLong openFiles() {
            return OptionalLong.empty();
        }

        @Override
        public OptionalLong openFilesMax() {
            return OptionalLong.empty();
        }
    }
}
