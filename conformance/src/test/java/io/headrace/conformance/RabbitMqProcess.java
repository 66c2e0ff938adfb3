package io.headrace.conformance;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// Debian's RabbitMQ in a directory of its own, which can be killed and started again. Tests that need it are skipped
/// where it is not installed.
///
/// Threads: one.
final class RabbitMqProcess implements AutoCloseable {
    private static final Path SERVER = Path.of("/usr/lib/rabbitmq/bin/rabbitmq-server");
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private final Path folder;
    private final int port;
    private final int distributionPort;
    private final int mapperPort; // of Erlang's port mapper, which outlives the broker
    private Process process;

    private RabbitMqProcess(Path folder, int port, int distributionPort, int mapperPort) {
        this.folder = folder;
        this.port = port;
        this.distributionPort = distributionPort;
        this.mapperPort = mapperPort;
    }

    static RabbitMqProcess start(Path folder) throws IOException {
        assumeTrue(Files.isExecutable(SERVER), "SKIPPED: there is no " + SERVER + "; install rabbitmq-server");
        RabbitMqProcess broker;
        try (var amqp = new ServerSocket(0);
                var distribution = new ServerSocket(0);
                var mapper = new ServerSocket(0)) {
            broker = new RabbitMqProcess(
                    folder, amqp.getLocalPort(), distribution.getLocalPort(), mapper.getLocalPort());
        }
        broker.prepare();
        broker.start();
        return broker;
    }

    private void prepare() throws IOException {
        Files.createDirectories(folder.resolve("home"));
        Files.writeString(folder.resolve("rabbitmq.conf"), "listeners.tcp.1 = 127.0.0.1:" + port + "\n");
        Files.writeString(folder.resolve("plugins"), "[].");
    }

    /// Starts again, after [#kill], on the same data and port.
    void start() throws IOException {
        var builder = new ProcessBuilder(SERVER.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("output").toFile()));
        builder.environment().putAll(environment());
        process = builder.start();
        await().atMost(PATIENCE).until(this::listens);
    }

    private Map<String, String> environment() {
        return Map.ofEntries(
                Map.entry("HOME", folder.resolve("home").toString()),
                Map.entry("RABBITMQ_NODENAME", "peer" + port + "@localhost"),
                Map.entry("RABBITMQ_DIST_PORT", Integer.toString(distributionPort)),
                Map.entry("ERL_EPMD_PORT", Integer.toString(mapperPort)),
                Map.entry("ERL_EPMD_ADDRESS", "127.0.0.1"),
                Map.entry("RABBITMQ_MNESIA_BASE", folder.resolve("data").toString()),
                Map.entry("RABBITMQ_LOG_BASE", folder.resolve("log").toString()),
                Map.entry(
                        "RABBITMQ_CONFIG_FILE", folder.resolve("rabbitmq.conf").toString()),
                Map.entry(
                        "RABBITMQ_ENABLED_PLUGINS_FILE",
                        folder.resolve("plugins").toString()),
                Map.entry("RABBITMQ_CONF_ENV_FILE", "/dev/null"),
                Map.entry("RABBITMQ_PID_FILE", folder.resolve("pid").toString()));
    }

    private boolean listens() {
        if (!process.isAlive()) {
            throw new IllegalStateException("RabbitMQ ended; see " + folder.resolve("output"));
        }
        try (var socket = new Socket("127.0.0.1", port)) {
            return socket.getLocalPort() != port; // a port that is asked often enough is met by its own question
        } catch (IOException _) {
            return false;
        }
    }

    Endpoint endpoint() {
        return new Endpoint("127.0.0.1", port);
    }

    /// Writes what was declared to its files, which it does late by itself: else [#kill] would make it forget queues.
    void keepDeclared() throws IOException {
        var builder = new ProcessBuilder(SERVER.resolveSibling("rabbitmqctl").toString(), "eval", "mnesia:sync_log().");
        builder.environment().putAll(environment());
        builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
        int exit = builder.start().onExit().join().exitValue();
        if (exit != 0) {
            throw new IllegalStateException("rabbitmqctl ended with " + exit);
        }
    }

    /// SIGKILL, for the virtual machine and what it started.
    void kill() {
        var all = List.copyOf(process.descendants().toList());
        all.forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().onExit().join();
        await().atMost(PATIENCE).until(() -> all.stream().noneMatch(ProcessHandle::isAlive));
    }

    @Override
    public void close() throws IOException {
        kill();
        var mapper = new ProcessBuilder("epmd", "-port", Integer.toString(mapperPort), "-kill");
        mapper.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
        mapper.start().onExit().join();
    }
}
