package io.headrace.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A broker that runs on a data directory, as it tells others: the file `running` there.
///
/// ```text
///   pid 4711
///   process-started 2026-11-24T10:15:30.120Z     tells this process from a later one with the same number
///   node rabbit@host
///   version 0.1.0
///   listening amqp on 0.0.0.0:5672               one line for each listener
/// ```
/// The file only informs; what keeps a second broker out is the directory's lock. It is left behind by a
/// crash, and is then seen to be stale.
///
/// @param node the broker's name
/// @param listeners like `amqp on 0.0.0.0:5672`
public record Running(long pid, Instant processStarted, String node, String version, List<String> listeners) {
    private static final String FILE = "running";

    public Running {
        listeners = List.copyOf(listeners);
    }

    /// This process.
    public static Running here(String node, String version, List<String> listeners) {
        var process = ProcessHandle.current();
        return new Running(process.pid(), startOf(process), node, version, listeners);
    }

    public void announce(Path data) throws IOException {
        var text = new StringBuilder("pid " + pid + "\nprocess-started " + processStarted + "\nnode " + node
                + "\nversion " + version + "\n");
        listeners.forEach(listener -> text.append("listening ").append(listener).append('\n'));
        var part = Files.writeString(data.resolve(FILE + ".part"), text);
        Files.move(part, data.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
    }

    public static void withdraw(Path data) throws IOException {
        Files.deleteIfExists(data.resolve(FILE));
    }

    /// The broker that runs on `data` now, if there is one.
    public static Optional<Running> on(Path data) throws IOException {
        try {
            return parse(Files.readAllLines(data.resolve(FILE)))
                    .filter(running -> running.process().isPresent());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private static Optional<Running> parse(List<String> lines) {
        var listeners = lines.stream()
                .filter(line -> line.startsWith("listening "))
                .map(line -> line.substring("listening ".length()))
                .toList();
        return value(lines, "pid")
                .flatMap(pid -> value(lines, "process-started")
                        .map(started -> new Running(
                                Long.parseLong(pid),
                                Instant.parse(started),
                                value(lines, "node").orElse(""),
                                value(lines, "version").orElse("unknown"),
                                listeners)));
    }

    private static Optional<String> value(List<String> lines, String name) {
        return lines.stream()
                .filter(line -> line.startsWith(name + " "))
                .map(line -> line.substring(name.length() + 1))
                .findFirst();
    }

    /// Empty if it has ended, even if another process has its number.
    public Optional<ProcessHandle> process() {
        return ProcessHandle.of(pid)
                .filter(process -> process.isAlive() && startOf(process).equals(processStarted));
    }

    private static Instant startOf(ProcessHandle process) {
        return process.info().startInstant().orElse(Instant.EPOCH);
    }
}
