package io.headrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A client in a process of its own. It finds the broker by its environment, AMQP_HOST and AMQP_PORT or
/// KAFKA_BOOTSTRAP, and tells by its lines what it saw.
///
/// Threads: one, beside the reader of its output.
public final class Program implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;
    private static final Path CLIENTS = Path.of("src/test/clients").toAbsolutePath();

    private final Process process;
    private final LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final List<String> heard = new ArrayList<>();
    private final Thread reader;

    private Program(ProcessBuilder builder) {
        try {
            process = builder.redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        reader = Thread.ofVirtual().start(this::read);
    }

    private void read() {
        try {
            process.inputReader(StandardCharsets.UTF_8).lines().forEach(lines::add);
        } catch (UncheckedIOException killed) {
            // Its output is closed under us, as it should be. Left alone this would fail whatever the test awaits then.
        }
    }

    public static Program start(Endpoint endpoint, String... command) {
        return start(endpoint, Path.of("."), command);
    }

    /// A program of `src/test/clients/python`, run by the system's own Python, which has Debian's packages.
    public static Program python(Endpoint endpoint, String script, String... arguments) {
        return python(environment(endpoint), script, arguments);
    }

    public static Program start(Endpoint endpoint, Path folder, String... command) {
        return start(environment(endpoint), folder, command);
    }

    private static Map<String, String> environment(Endpoint endpoint) {
        return Map.of("AMQP_HOST", endpoint.host(), "AMQP_PORT", Integer.toString(endpoint.port()));
    }

    public static Program start(Map<String, String> environment, Path folder, String... command) {
        var builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().putAll(environment);
        builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
        return new Program(builder);
    }

    /// A script of `src/test/clients/python`.
    public static Program python(Map<String, String> environment, String script, String... arguments) {
        var command = new ArrayList<>(List.of("/usr/bin/python3", script));
        command.addAll(List.of(arguments));
        return start(environment, CLIENTS.resolve("python"), command.toArray(String[]::new));
    }

    /// Skips the test where `command` does not succeed.
    ///
    /// @param toInstall what would help
    public static void assumeWorks(String toInstall, String... command) {
        boolean works;
        try {
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getInputStream().readAllBytes();
            works = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            works = false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        assumeTrue(works, "SKIPPED: " + String.join(" ", command) + " does not work here; install " + toInstall);
    }

    /// The next line.
    public String line() throws InterruptedException {
        var line = lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(line).as("a line after " + heard).isNotNull();
        heard.add(line);
        return line;
    }

    /// Waits until it says that it listens.
    public Program ready() throws InterruptedException {
        assertThat(line()).isEqualTo("ready");
        return this;
    }

    /// Gives it lines on standard input, which then ends.
    public Program type(String... lines) throws IOException {
        try (var input = process.outputWriter(StandardCharsets.UTF_8)) {
            for (String line : lines) {
                input.write(line + "\n");
            }
        }
        return this;
    }

    public boolean isSilent() {
        return lines.isEmpty();
    }

    /// The lines that were not taken so far.
    public List<String> said() {
        return List.copyOf(lines);
    }

    /// Waits for its end, which must be a good one, and gives all lines that were not taken.
    public List<String> finish() throws InterruptedException {
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .as("ends within " + PATIENCE_SECONDS + " s")
                .isTrue();
        reader.join();
        var rest = List.copyOf(lines);
        assertThat(process.exitValue())
                .as("exit code, after\n" + String.join("\n", rest))
                .isZero();
        return rest;
    }

    /// SIGKILL.
    public void kill() {
        process.destroyForcibly();
    }

    @Override
    public void close() {
        kill();
    }
}
