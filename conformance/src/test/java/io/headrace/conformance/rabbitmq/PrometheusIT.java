package io.headrace.conformance.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.rabbitmq.client.Channel;
import io.headrace.conformance.Program;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Goal: whoever watches RabbitMQ with Prometheus and its public Overview dashboard sees Headrace in it.
/// Method: Debian's prometheus scrapes a broker that is used; the dashboard's queries are asked, one by one.
///
/// Against another broker, `-Dheadrace.prometheus=HOST:PORT` says where its metrics are.
@DisplayNameGeneration(ReplaceUnderscores.class)
class PrometheusIT {
    private static final Path QUERIES = Path.of("src/test/differential/rabbitmq-overview-queries.txt");
    private static final List<String> KAFKA_QUERIES = List.of(
            "sum(rate(kafka_topic_partition_current_offset{topic!=\"__consumer_offsets\"}[10s])) by (topic)",
            "sum(kafka_topic_partition_current_offset - kafka_topic_partition_oldest_offset) by (topic)",
            "sum(delta(kafka_consumergroup_current_offset[10s])) by (consumergroup, topic)",
            "sum(kafka_consumergroup_lag) by (consumergroup, topic)",
            "max(kafka_consumergroup_lag_sum) by (consumergroup, topic)",
            "sum(kafka_topic_partitions) by (topic)",
            "count(kafka_consumergroup_members) by (consumergroup)",
            "kafka_brokers",
            "sum(kafka_controller_kafkacontroller_activecontrollercount)",
            "sum(kafka_server_replicamanager_underreplicatedpartitions)",
            "sum(kafka_controller_kafkacontroller_offlinepartitionscount)",
            "sum(rate(kafka_server_brokertopicmetrics_messagesin_total{topic=\"\"}[10s]))",
            "sum(rate(kafka_server_brokertopicmetrics_bytesinpersec_count[10s]))",
            "sum(rate(kafka_server_brokertopicmetrics_bytesout_total[10s]))",
            "kafka_network_requestmetrics_totaltimems{request=\"Produce\",quantile=\"0.99\"}",
            "rate(kafka_network_requestmetrics_requests_total{request=\"FetchConsumer\"}[10s])",
            "kafka_server_delayedoperationpurgatory_purgatorysize{delayedoperation=\"Fetch\"}",
            "kafka_server_socket_server_metrics_connection_count",
            "kafka_coordinator_group_groupmetadatamanager_numgroups",
            "kafka_server_group_coordinator_metrics_group_count");
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final double PANELS_WITH_DATA_MIN = 0.9;
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @BeforeEach // of each test: a class that is given up as a whole reports no skipped test
    void prometheus_is_there() {
        Program.assumeWorks("prometheus", "promtool", "--version");
        Program.assumeWorks("prometheus", "prometheus", "--version");
    }

    @Test
    void metrics_are_in_good_form(@TempDir Path data, @TempDir Path folder) throws Exception {
        try (var target = Target.openDefaultVhost(data);
                var connection = target.amqp().connect()) {
            use(connection.createChannel());
            List<String> paths = new ArrayList<>(List.of("/metrics", "/metrics/per-object"));
            if (target.process().isPresent()) { // our own
                useTopics("127.0.0.1:" + target.process().get().port("kafka"));
                paths.add("/metrics/detailed?family=kafka_exporter&family=kafka_jmx");
            }
            for (String path : paths) {
                var metrics = folder.resolve("metrics");
                Files.writeString(metrics, withoutErlang(get("http://" + target.metrics() + path)));
                var checking = new ProcessBuilder("promtool", "check", "metrics")
                        .redirectInput(metrics.toFile())
                        .redirectErrorStream(true)
                        .start();
                var found = new String(checking.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

                assertThat(checking.waitFor()).as(path + ": " + found).isZero();
            }
        }
    }

    /// RabbitMQ's runtime has names of its own that `promtool` does not like.
    private static String withoutErlang(String metrics) {
        return metrics.replaceAll("(?m)^(# (HELP|TYPE) )?erlang_.*\n", "");
    }

    @Test
    void the_queries_of_the_overview_dashboard_return_data(@TempDir Path data, @TempDir Path folder) throws Exception {
        try (var target = Target.openDefaultVhost(data);
                var connection = target.amqp().connect();
                var prometheus = Prometheus.scraping(target.metrics(), folder)) {
            var channel = connection.createChannel();
            var queries = queries();
            var silent = new ArrayList<>(queries);
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(500)).until(() -> {
                use(channel);
                for (Query query : List.copyOf(silent)) {
                    if (prometheus.hasData(query.promql())) {
                        silent.remove(query);
                    }
                }
                return silent.isEmpty() || prometheus.scrapes() > 8;
            });

            assertThat(queries.size() - silent.size())
                    .as("panels with data; without: " + silent)
                    .isGreaterThanOrEqualTo((int) Math.ceil(PANELS_WITH_DATA_MIN * queries.size()));
        }
    }

    /// Queries of the usual kind over the names of kafka_exporter and of JMX's exporter.
    @Test
    void the_queries_of_kafka_dashboards_return_data(@TempDir Path data, @TempDir Path folder) throws Exception {
        assumeFalse(Target.isElsewhere(), "RabbitMQ knows no topics");
        try (var target = Target.openDefaultVhost(data);
                var prometheus = Prometheus.scraping(target.metrics(), folder)) {
            useTopics("127.0.0.1:" + target.process().orElseThrow().port("kafka"));
            var silent = new ArrayList<>(KAFKA_QUERIES);
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(500)).untilAsserted(() -> {
                for (String query : List.copyOf(silent)) {
                    if (prometheus.hasData(query)) {
                        silent.remove(query);
                    }
                }
                assertThat(silent).isEmpty();
            });

            assertThat(prometheus.ask("sum(kafka_consumergroup_lag{consumergroup=\"readers\"}) by (topic)"))
                    .contains("\"topic\":\"orders\"", "\"4\"]");
        }
    }

    /// Ten records, of which a group that is gone by now has read six.
    private static void useTopics(String bootstrap) throws Exception {
        Map<String, Object> config = Map.of(
                "bootstrap.servers", bootstrap,
                "key.serializer", ByteArraySerializer.class,
                "value.serializer", ByteArraySerializer.class,
                "key.deserializer", ByteArrayDeserializer.class,
                "value.deserializer", ByteArrayDeserializer.class,
                "group.id", "readers",
                "enable.auto.commit", false);
        try (var producer = new KafkaProducer<byte[], byte[]>(config)) {
            for (int i = 0; i < 10; i++) {
                producer.send(new ProducerRecord<>("orders", "order".getBytes()))
                        .get();
            }
        }
        try (var consumer = new KafkaConsumer<byte[], byte[]>(config)) {
            var partition = new TopicPartition("orders", 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            consumer.poll(Duration.ofSeconds(10));
            consumer.commitSync(Map.of(partition, new OffsetAndMetadata(6)));
        }
    }

    /// Some of everything that is counted.
    private static void use(Channel channel) throws IOException, InterruptedException {
        channel.confirmSelect();
        var queue = channel.queueDeclare().getQueue();
        channel.basicPublish("", queue, null, "one".getBytes());
        channel.basicPublish("", queue, null, "two".getBytes());
        channel.basicPublish("", "prometheus.none", true, null, "returned".getBytes());
        channel.waitForConfirms();
        channel.basicGet(queue, true);
        var got = channel.basicGet(queue, false);
        channel.basicNack(got.getEnvelope().getDeliveryTag(), false, true);
        channel.basicAck(channel.basicGet(queue, false).getEnvelope().getDeliveryTag(), false);
        channel.queueDelete(queue);
    }

    private static List<Query> queries() throws IOException {
        try (var lines = Files.lines(QUERIES)) {
            return lines.filter(line -> !line.startsWith("#"))
                    .map(line -> line.split(" \\| ", 2))
                    .map(parts -> new Query(parts[0], parts[1]))
                    .toList();
        }
    }

    private record Query(String panel, String promql) {}

    private static String get(String uri) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(uri)).build();
        return HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    /// Debian's, on a directory of its own.
    ///
    /// Threads: one.
    private record Prometheus(Process process, String address) implements AutoCloseable {
        static Prometheus scraping(String metrics, Path folder) throws IOException {
            var address = "127.0.0.1:" + freePort();
            var config = folder.resolve("prometheus.yml");
            Files.writeString(config, """
                    global: {scrape_interval: 1s, scrape_timeout: 1s}
                    scrape_configs:
                    - job_name: broker
                      static_configs: [{targets: ['%s']}]
                    """.formatted(metrics));
            var process = new ProcessBuilder(
                            "prometheus",
                            "--config.file=" + config,
                            "--storage.tsdb.path=" + folder.resolve("tsdb"),
                            "--web.listen-address=" + address)
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("prometheus.log").toFile())
                    .start();
            return new Prometheus(process, address);
        }

        private static int freePort() throws IOException {
            try (var socket = new ServerSocket(0)) {
                return socket.getLocalPort();
            }
        }

        boolean hasData(String promql) throws InterruptedException {
            var answer = ask(promql);
            return answer.contains("\"status\":\"success\"") && answer.contains("\"value\":");
        }

        int scrapes() throws InterruptedException {
            var answer = ask("count_over_time(up[1h])");
            var count = answer.replaceFirst("(?s).*\"value\":\\[[^,]*,\"(\\d+)\".*", "$1");
            return count.matches("\\d+") ? Integer.parseInt(count) : 0;
        }

        /// Nothing as long as it is not up.
        private String ask(String promql) throws InterruptedException {
            var query = URLEncoder.encode(promql, StandardCharsets.UTF_8);
            try {
                return get("http://" + address + "/api/v1/query?query=" + query);
            } catch (IOException e) {
                return "";
            }
        }

        @Override
        public void close() {
            process.destroyForcibly().onExit().join();
        }
    }
}
