package io.headrace.conformance.rabbitmq;

import io.headrace.conformance.BrokerProcess;
import io.headrace.conformance.Endpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// The broker that is asked, over AMQP and over its HTTP API: one of our own on an empty directory, or with
/// `-Dheadrace.broker=HOST:PORT -Dheadrace.management=HOST:PORT` whatever listens there.
///
/// @param process our own, if it is ours
///
/// Threads: one.
record Target(Endpoint amqp, Management management, Optional<BrokerProcess> process) implements AutoCloseable {
    private static final String BROKER = "headrace.broker";
    private static final String MANAGEMENT = "headrace.management";
    private static final String METRICS = "headrace.prometheus";
    private static final String OWN_VHOST = "differential";

    static boolean isElsewhere() {
        return System.getProperty(BROKER) != null;
    }

    /// With a vhost that is empty.
    static Target open(Path data) throws IOException {
        if (!isElsewhere()) {
            return openDefaultVhost(data);
        }
        var target = elsewhere(OWN_VHOST);
        target.management().call("DELETE", "vhosts/{vhost}", "");
        target.management().call("PUT", "vhosts/{vhost}", "{}");
        return target;
    }

    /// Where everything that names no vhost goes.
    ///
    /// @param options of a broker of our own
    static Target openDefaultVhost(Path data, String... options) throws IOException {
        if (isElsewhere()) {
            return elsewhere("/");
        }
        var process = BrokerProcess.start(data, options);
        var management = new Management(process.endpoint().host(), process.port("management"), "/");
        return new Target(process.endpoint(), management, Optional.of(process));
    }

    private static Target elsewhere(String vhost) {
        var http = Endpoint.parse(System.getProperty(MANAGEMENT));
        var management = new Management(http.host(), http.port(), vhost);
        return new Target(Endpoint.parse(System.getProperty(BROKER)), management, Optional.empty());
    }

    /// Host and port of its metrics; another broker's by `-Dheadrace.prometheus=HOST:PORT`.
    String metrics() {
        return process.map(own -> own.endpoint().host() + ":" + own.port("metrics"))
                .orElseGet(() -> System.getProperty(METRICS));
    }

    private void forgetOwnVhost() {
        if (management.vhost().equals(OWN_VHOST)) {
            management.call("DELETE", "vhosts/{vhost}", "");
        }
    }

    @Override
    public void close() {
        process.ifPresentOrElse(BrokerProcess::close, this::forgetOwnVhost);
    }
}
