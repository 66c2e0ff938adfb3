package io.headrace.conformance.kafka;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A real PostgreSQL on a directory of its own, whose changes can be followed by logical replication. It does not run
/// as root: where the tests do, it gets the user that Debian made for it.
///
/// Threads: one.
final class PostgresServer implements AutoCloseable {
    static final String USER = "shop";
    static final String DATABASE = "postgres";

    private static final Path VERSIONS = Path.of("/usr/lib/postgresql");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path programs;
    private final Path folder;
    private final int port;
    private final boolean root = System.getProperty("user.name").equals("root");
    private Process server;

    private PostgresServer(Path programs, Path folder, int port) {
        this.programs = programs;
        this.folder = folder;
        this.port = port;
    }

    /// Skips the test where there is none.
    static PostgresServer start() throws Exception {
        var programs = programs();
        assumeTrue(programs.isPresent(), "SKIPPED: no PostgreSQL in " + VERSIONS + "; install postgresql");
        var folder = Files.createTempDirectory("headrace-postgres-");
        var server = new PostgresServer(programs.get(), folder, KafkaProcess.freePort());
        server.start(folder.resolve("data").toString());
        return server;
    }

    /// Of the newest one.
    private static Optional<Path> programs() throws IOException {
        if (!Files.isDirectory(VERSIONS)) {
            return Optional.empty();
        }
        try (Stream<Path> versions = Files.list(VERSIONS)) {
            return versions.map(version -> version.resolve("bin"))
                    .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
                    .max(Comparator.naturalOrder());
        }
    }

    private void start(String data) throws Exception {
        if (root) {
            var users = folder.getFileSystem().getUserPrincipalLookupService();
            Files.setOwner(folder, users.lookupPrincipalByName("postgres"));
        }
        if (run("initdb", "-D", data, "-A", "trust", "-U", USER, "-E", "UTF8", "--no-sync")
                        .waitFor()
                != 0) {
            throw new IOException("initdb: " + log());
        }
        server = run(
                "postgres",
                "-D",
                data,
                "-p",
                Integer.toString(port),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "unix_socket_directories=" + folder,
                "-c",
                "wal_level=logical");
        await().atMost(PATIENCE).until(this::isReady);
    }

    private boolean isReady() throws IOException {
        if (!server.isAlive()) {
            throw new IOException("postgres: " + log());
        }
        try (var connection = connect()) {
            return connection.isValid(1);
        } catch (SQLException notYet) {
            return false;
        }
    }

    /// One of its programs, as a child of ours, whoever it runs as.
    private Process run(String program, String... words) throws IOException {
        var command = new ArrayList<String>();
        if (root) {
            command.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"));
        }
        command.add(programs.resolve(program).toString());
        command.addAll(List.of(words));
        return new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile().toFile()))
                .start();
    }

    private Path logFile() {
        return folder.resolve("log");
    }

    private String log() throws IOException {
        return Files.readString(logFile());
    }

    int port() {
        return port;
    }

    Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, DATABASE), USER, "");
    }

    @Override
    public void close() throws IOException {
        try {
            run("pg_ctl", "stop", "-D", folder.resolve("data").toString(), "-m", "immediate")
                    .waitFor();
            server.waitFor();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        try (var files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        }
    }
}
