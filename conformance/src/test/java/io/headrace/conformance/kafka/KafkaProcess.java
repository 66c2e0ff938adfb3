package io.headrace.conformance.kafka;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.MetadataResponse;

/// A real Kafka of one node, from the jars that the tests have anyway, in a process of its own.
///
/// Threads: one.
final class KafkaProcess implements Node {
    private static final Path LOGS = Path.of("target/brokers");
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int HEAP_MEBIBYTES = 512;
    private static final int METADATA_VERSION = 12;

    private final KafkaEndpoint endpoint;
    private final Path config;
    private final Path log;
    private Process process;

    private KafkaProcess(KafkaEndpoint endpoint, Path config) throws IOException {
        this.endpoint = endpoint;
        this.config = config;
        this.log = Files.createTempFile(Files.createDirectories(LOGS), "kafka-", ".log");
    }

    static KafkaProcess start(Path data, String... settings) throws IOException {
        int port = freePort();
        int controller = freePort();
        var all = new LinkedHashMap<>(Map.ofEntries(
                Map.entry("process.roles", "broker,controller"),
                Map.entry("node.id", "1"),
                Map.entry("controller.quorum.bootstrap.servers", "127.0.0.1:" + controller),
                Map.entry(
                        "listeners", "PLAINTEXT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d".formatted(port, controller)),
                Map.entry("controller.listener.names", "CONTROLLER"),
                Map.entry("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT"),
                Map.entry("log.dirs", data.resolve("kafka").toString()),
                Map.entry("offsets.topic.replication.factor", "1"),
                Map.entry("transaction.state.log.replication.factor", "1"),
                Map.entry("transaction.state.log.min.isr", "1"),
                Map.entry("group.initial.rebalance.delay.ms", "500")));
        all.putAll(KafkaEndpoint.pairs(settings));
        var advertised = all.remove("advertised.port");
        if (advertised != null) {
            all.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + advertised);
        }
        var config = Files.write(
                data.resolve("kafka.properties"),
                all.entrySet().stream()
                        .map(each -> each.getKey() + "=" + each.getValue())
                        .toList());
        var kafka = new KafkaProcess(new KafkaEndpoint("127.0.0.1", port), config);
        kafka.format();
        kafka.restart();
        return kafka;
    }

    static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void format() throws IOException {
        run(
                "kafka.tools.StorageTool",
                "format",
                "--standalone",
                "-t",
                Uuid.randomUuid().toString(),
                "-c",
                config.toString());
        awaitEnd();
        if (process.exitValue() != 0) {
            throw new IOException("Kafka does not format its directory: " + Files.readString(log));
        }
    }

    private void run(String mainClass, String... words) throws IOException {
        var command = new ArrayList<>(Tools.java(HEAP_MEBIBYTES));
        command.add(mainClass);
        command.addAll(List.of(words));
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    @Override
    public KafkaEndpoint endpoint() {
        return endpoint;
    }

    @Override
    public void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    private void awaitEnd() {
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("process " + process.pid() + " does not end");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void restart() throws IOException {
        run("kafka.Kafka", config.toString());
        await().atMost(PATIENCE).until(this::isReady);
    }

    /// Whether it counts itself among the brokers. Asked without a client, which would go where it is told to.
    private boolean isReady() throws IOException {
        if (!process.isAlive()) {
            throw new IOException("Kafka ended: " + Files.readString(log));
        }
        var nothing = new MetadataRequestData().setTopics(List.of());
        try (var wire = new Wire(endpoint)) {
            return wire.call(ApiKeys.METADATA, METADATA_VERSION, nothing)
                    .filter(answer -> !((MetadataResponse) answer).brokers().isEmpty())
                    .isPresent();
        } catch (ConnectException notYet) {
            return false;
        }
    }

    @Override
    public void close() {
        kill();
    }
}
