package io.headrace.conformance.rabbitmq;

import io.headrace.conformance.BrokerProcess;
import io.headrace.conformance.Endpoint;
import java.io.IOException;
import java.nio.file.Path;

/// The broker that is asked, over AMQP and over its HTTP API: one of our own on an empty directory, or with
/// `-Dheadrace.broker=HOST:PORT -Dheadrace.management=HOST:PORT` whatever listens there.
///
/// Threads: one.
record Target(Endpoint amqp, Management management, AutoCloseable process) implements AutoCloseable {
    private static final String BROKER = "headrace.broker";
    private static final String MANAGEMENT = "headrace.management";
    private static final String OWN_VHOST = "differential";

    static boolean isElsewhere() {
        return System.getProperty(BROKER) != null;
    }

    static Target open(Path data) throws IOException {
        if (isElsewhere()) {
            var http = Endpoint.parse(System.getProperty(MANAGEMENT));
            var management = new Management(http.host(), http.port(), OWN_VHOST);
            management.call("DELETE", "vhosts/{vhost}", "");
            management.call("PUT", "vhosts/{vhost}", "{}");
            return new Target(Endpoint.parse(System.getProperty(BROKER)), management, () -> {});
        }
        var process = BrokerProcess.start(data);
        var management = new Management(process.endpoint().host(), process.port("management"), "/");
        return new Target(process.endpoint(), management, process);
    }

    @Override
    public void close() throws IOException {
        try {
            process.close();
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }
}
