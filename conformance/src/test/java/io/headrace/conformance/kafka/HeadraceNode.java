package io.headrace.conformance.kafka;

import io.headrace.conformance.BrokerProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;

/// Headrace as a [Node].
record HeadraceNode(BrokerProcess process) implements Node {
    /// What it calls the settings that the tests use.
    private static final Map<String, String> OPTIONS = Map.of(
            "advertised.port",
            "--kafka-advertised-port",
            "log.cleaner.backoff.ms",
            "--topics-compaction-check",
            "log.retention.check.interval.ms",
            "--topics-retention-check");

    static HeadraceNode start(Path data, String... settings) throws IOException {
        var options = new ArrayList<String>();
        KafkaEndpoint.pairs(settings).forEach((key, value) -> {
            options.add(OPTIONS.get(key));
            options.add(key.endsWith(".ms") ? value + "ms" : value);
        });
        return new HeadraceNode(BrokerProcess.start(data, options.toArray(String[]::new)));
    }

    @Override
    public KafkaEndpoint endpoint() {
        return new KafkaEndpoint("127.0.0.1", process.port("kafka"));
    }

    @Override
    public void kill() {
        process.kill();
    }

    @Override
    public void restart() throws IOException {
        process.start();
    }

    @Override
    public void close() {
        process.close();
    }
}
