package io.headrace.conformance;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/// The distribution as a user runs it, in a process of its own that can be killed.
///
/// Threads: one.
public final class BrokerProcess implements AutoCloseable {
    private static final Path LAUNCHER = Path.of("../headrace").toAbsolutePath().normalize();
    /// What brokers wrote to standard error stays here after the tests.
    private static final Path LOGS = Path.of("target/brokers");
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern LISTENING = Pattern.compile("listening: (\\S+) on .*:(\\d+)");

    private final Path data;
    private final List<String> options;
    private final Map<String, String> environment;
    private final Path errors;
    private Process process;
    private Map<String, Integer> ports = Map.of();

    private BrokerProcess(Path data, List<String> options, Map<String, String> environment) throws IOException {
        this.data = data;
        this.options = options;
        this.environment = environment;
        this.errors = Files.createTempFile(Files.createDirectories(LOGS), "broker-", ".log");
    }

    /// Starts a broker on `data` and waits until it is ready.
    public static BrokerProcess start(Path data, String... options) throws IOException {
        return start(data, Map.of(), options);
    }

    /// @param environment such as `JAVA_OPTS`
    public static BrokerProcess start(Path data, Map<String, String> environment, String... options)
            throws IOException {
        var broker = new BrokerProcess(data, List.of(options), environment);
        broker.start();
        return broker;
    }

    /// Starts again, after [#kill] or [#terminate], on the same data.
    public void start() throws IOException {
        start(List.of());
    }

    /// The same with so many loops: one for all, or sockets on all but the first.
    public void startWithLoops(int loops) throws IOException {
        start(List.of("--connections-loops", Integer.toString(loops)));
    }

    private void start(List<String> once) throws IOException {
        var command = new ArrayList<>(List.of(
                LAUNCHER.toString(),
                "start",
                "--data",
                data.toString(),
                "--amqp-host",
                "127.0.0.1",
                "--amqp-port",
                "0",
                "--kafka-host",
                "127.0.0.1",
                "--kafka-port",
                Integer.toString(kafkaPort()),
                "--management-host",
                "127.0.0.1",
                "--management-port",
                "0",
                "--metrics-host",
                "127.0.0.1",
                "--metrics-port",
                "0"));
        command.addAll(options);
        command.addAll(once);
        var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()));
        builder.environment().put("HEADRACE_BUILD", "never");
        builder.environment().putAll(environment);
        process = builder.start();
        ports = readUntilReady();
    }

    /// Any free one, and after a restart the one it had: Kafka's clients come back to where they were told to.
    private int kafkaPort() {
        return ports.getOrDefault("kafka", 0);
    }

    private Map<String, Integer> readUntilReady() throws IOException {
        var found = new TreeMap<String, Integer>();
        var reading =
                CompletableFuture.supplyAsync(() -> readUntilReady(process.inputReader(StandardCharsets.UTF_8), found));
        try {
            if (reading.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                return found;
            }
        } catch (TimeoutException | ExecutionException e) {
            process.destroyForcibly();
            throw new IOException("the broker did not become ready; it said:\n" + errors(), e);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
        throw new IOException("the broker ended; it said:\n" + errors());
    }

    /// False if the output ends before.
    private static boolean readUntilReady(BufferedReader lines, Map<String, Integer> found) {
        return lines.lines()
                .peek(line -> LISTENING
                        .matcher(line)
                        .results()
                        .forEach(match -> found.put(match.group(1), Integer.valueOf(match.group(2)))))
                .anyMatch(line -> line.startsWith("ready: "));
    }

    public Endpoint endpoint() {
        return new Endpoint("127.0.0.1", ports.get("amqp"));
    }

    /// @param listener as the broker calls it when it says where it listens
    public int port(String listener) {
        var port = ports.get(listener);
        if (port == null) {
            throw new IllegalStateException("no listener '" + listener + "' among " + ports.keySet());
        }
        return port;
    }

    public long pid() {
        return process.pid();
    }

    /// What of its memory is in RAM now: heap, code, off-heap, all of it. Linux only.
    public long residentBytes() throws IOException {
        return statusBytes("VmRSS");
    }

    /// The most that [#residentBytes] was since this process began.
    public long peakResidentBytes() throws IOException {
        return statusBytes("VmHWM");
    }

    private long statusBytes(String name) throws IOException {
        var line = Pattern.compile(name + ":\\s+(\\d+) kB");
        var found = line.matcher(Files.readString(Path.of("/proc/" + pid() + "/status")));
        if (!found.find()) {
            throw new IOException("no " + name + " of process " + pid());
        }
        return Long.parseLong(found.group(1)) * 1024;
    }

    /// What it wrote to standard error since the first start.
    public String errors() throws IOException {
        return Files.readString(errors);
    }

    /// SIGKILL: no line of the broker runs after this.
    public void kill() {
        process.destroyForcibly();
        awaitExit();
    }

    /// SIGTERM.
    ///
    /// @return the exit code
    public int terminate() {
        process.destroy();
        return awaitExit();
    }

    int awaitExit() {
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("process " + process.pid() + " does not end");
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            kill();
        }
    }
}
