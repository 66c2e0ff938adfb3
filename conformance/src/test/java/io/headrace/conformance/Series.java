package io.headrace.conformance;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.rabbitmq.client.Connection;

/// Which RabbitMQ the broker behaves as. Headrace follows 4.x; a real one that a test runs against may be
/// older.
final class Series {
    private Series() {}

    /// Skips the test on a RabbitMQ before 4.0.
    static void assumeFour(Connection connection, String what) {
        var version = connection.getServerProperties().get("version").toString();
        assumeTrue(
                Integer.parseInt(version.substring(0, version.indexOf('.'))) >= 4, "RabbitMQ " + version + ": " + what);
    }
}
