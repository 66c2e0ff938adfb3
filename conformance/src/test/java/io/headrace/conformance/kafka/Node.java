package io.headrace.conformance.kafka;

import java.io.IOException;
import java.nio.file.Path;

/// A broker that a test has for itself and may kill: Headrace, or with `-Dheadrace.peer=kafka` a real Kafka, to see
/// that what the test expects is what Kafka does.
///
/// Threads: one.
interface Node extends AutoCloseable {
    /// A broker that is ready.
    ///
    /// @param settings `key=value` words, as in Kafka's configuration file; [HeadraceNode] has those there are
    static Node start(Path data, String... settings) throws IOException {
        return "kafka".equals(System.getProperty("headrace.peer"))
                ? KafkaProcess.start(data, settings)
                : HeadraceNode.start(data, settings);
    }

    /// The same over all restarts.
    KafkaEndpoint endpoint();

    /// SIGKILL.
    void kill();

    /// Starts again on the same data, and waits until it is ready.
    void restart() throws IOException;

    @Override
    void close();
}
