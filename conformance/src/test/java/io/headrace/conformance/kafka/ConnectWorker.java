package io.headrace.conformance.kafka;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;

/// A distributed worker of Kafka Connect, in a process of its own that can be killed. All it knows when it starts again
/// lies in three topics.
///
/// Threads: one.
final class ConnectWorker implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path config;
    private final Path log = ConnectInstallation.log("worker");
    private final URI address;
    private final HttpClient http = HttpClient.newHttpClient();
    private Process process;

    private ConnectWorker(Path config, URI address) throws IOException {
        this.config = config;
        this.address = address;
    }

    /// @param group it makes three topics of this name, `.configs`, `.offsets` and `.status`
    /// @param settings `key=value` words
    static ConnectWorker start(KafkaEndpoint kafka, Path folder, String group, String... settings) throws IOException {
        var address = URI.create("http://127.0.0.1:" + KafkaProcess.freePort());
        var all = new LinkedHashMap<>(KafkaEndpoint.pairs(
                "bootstrap.servers=" + kafka.bootstrap(),
                "group.id=" + group,
                "config.storage.topic=" + group + ".configs",
                "offset.storage.topic=" + group + ".offsets",
                "status.storage.topic=" + group + ".status",
                "config.storage.replication.factor=1",
                "offset.storage.replication.factor=1",
                "status.storage.replication.factor=1",
                "offset.storage.partitions=3",
                // Segments that are soon full, so that the offsets are compacted while they are used.
                "offset.storage.segment.ms=3000",
                "offset.storage.min.cleanable.dirty.ratio=0.01",
                "offset.flush.interval.ms=1000",
                "listeners=" + address,
                "plugin.path=" + ConnectInstallation.PLUGINS,
                "plugin.discovery=service_load",
                "key.converter=org.apache.kafka.connect.json.JsonConverter",
                "value.converter=org.apache.kafka.connect.json.JsonConverter",
                "key.converter.schemas.enable=false",
                "value.converter.schemas.enable=false",
                // A worker that was killed is missed soon, and what it did is done by the next at once.
                "session.timeout.ms=6000",
                "heartbeat.interval.ms=1000",
                "scheduled.rebalance.max.delay.ms=0",
                "reconnect.backoff.max.ms=500"));
        all.putAll(KafkaEndpoint.pairs(settings));
        var lines = all.entrySet().stream().map(each -> each.getKey() + "=" + each.getValue());
        var config = Files.write(folder.resolve("worker.properties"), lines.toList());
        var worker = new ConnectWorker(config, address);
        worker.restart();
        return worker;
    }

    void restart() throws IOException {
        process = ConnectInstallation.start(log, "org.apache.kafka.connect.cli.ConnectDistributed", config.toString());
    }

    /// SIGKILL.
    void kill() {
        try {
            process.destroyForcibly().waitFor();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Makes a connector, or changes it.
    void put(String connector, Map<String, String> settings) {
        var request = HttpRequest.newBuilder(address.resolve("/connectors/" + connector + "/config"))
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString(
                        JSON.valueToTree(settings).toString()));
        await().atMost(PATIENCE).until(() -> {
            int status = send(request).status;
            return status == 200 || status == 201;
        });
    }

    /// Waits until a connector and a task of it work.
    void awaitRunning(String connector) {
        var request = HttpRequest.newBuilder(address.resolve("/connectors/" + connector + "/status"));
        await().atMost(PATIENCE).until(() -> {
            var answer = send(request);
            var tasks = answer.body.path("tasks");
            return answer.status == 200
                    && isRunning(answer.body.path("connector"))
                    && !tasks.isEmpty()
                    && StreamSupport.stream(tasks.spliterator(), false).allMatch(ConnectWorker::isRunning);
        });
    }

    /// Waits until the worker has stored, in the topic it has for that, how far a connector of one source partition is.
    void awaitOffset(String connector, Predicate<JsonNode> far) {
        var request = HttpRequest.newBuilder(address.resolve("/connectors/" + connector + "/offsets"));
        await().atMost(PATIENCE).until(() -> {
            var offset = send(request).body.path("offsets").path(0).path("offset");
            return !offset.isMissingNode() && far.test(offset);
        });
    }

    private static boolean isRunning(JsonNode status) {
        return status.path("state").asText().equals("RUNNING");
    }

    private record Answer(int status, JsonNode body) {}

    /// Status 0 if nobody listens yet.
    private Answer send(HttpRequest.Builder request) throws IOException, InterruptedException {
        if (!process.isAlive()) {
            throw new IOException("the worker ended; see " + log);
        }
        try {
            var response = http.send(request.timeout(Duration.ofSeconds(5)).build(), BodyHandlers.ofString());
            return new Answer(response.statusCode(), JSON.readTree(response.body()));
        } catch (IOException notYet) {
            return new Answer(0, JSON.nullNode());
        }
    }

    @Override
    public void close() {
        kill();
    }
}
