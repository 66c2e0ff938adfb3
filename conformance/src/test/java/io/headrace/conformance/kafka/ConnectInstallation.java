package io.headrace.conformance.kafka;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Kafka Connect as it was put together by the module `conformance/connect`: a folder of jars, and one of plugins.
final class ConnectInstallation {
    static final Path PLUGINS = Path.of("connect/target/plugins").toAbsolutePath();

    private static final Path WORKER = Path.of("connect/target/worker").toAbsolutePath();
    private static final Path LOGS = Path.of("target/connect");
    private static final int HEAP_MEBIBYTES = 512;

    private ConnectInstallation() {}

    /// Skips the test where it was not put together.
    static void assumeThere() {
        assumeTrue(Files.isDirectory(WORKER), "SKIPPED: no Connect in " + WORKER + "; build conformance/connect");
    }

    /// One of its programs.
    ///
    /// @param log gets all it says
    static Process start(Path log, String mainClass, String... words) throws IOException {
        var command = new ArrayList<>(Tools.java(HEAP_MEBIBYTES, WORKER + "/*"));
        command.add("-Dorg.slf4j.simpleLogger.showDateTime=true");
        command.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");
        command.add("-Dorg.slf4j.simpleLogger.log.org.apache.kafka.clients.NetworkClient=error");
        command.add("-Dorg.slf4j.simpleLogger.log.io.debezium.connector=info");
        command.add(mainClass);
        command.addAll(List.of(words));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    static Path log(String name) throws IOException {
        return Files.createTempFile(Files.createDirectories(LOGS), name + "-", ".log");
    }
}
