package io.headrace.bench;

import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.MessageProperties;

/// A persistent message to a durable queue and the wait for its confirm, one at a time: the latency of one
/// force.
record RoundTrip(Span span, int bytes) implements Workload {
    private static final int CONFIRM_TIMEOUT_MILLIS = 10_000;

    @Override
    public void run(ConnectionFactory broker, Report report) throws Exception {
        try (var connection = broker.newConnection();
                var channel = connection.createChannel()) {
            var queue = "round-trip-" + System.nanoTime();
            channel.queueDeclare(queue, true, false, false, null);
            channel.confirmSelect();
            var body = new byte[bytes];
            var latencies = new Latencies();
            long start = System.nanoTime();
            boolean counting = false;
            for (long sent = start; sent < span.end(start); sent = System.nanoTime()) {
                if (!counting && sent >= span.countFrom(start)) {
                    counting = true;
                    report.begin();
                    sent = System.nanoTime();
                }
                channel.basicPublish("", queue, MessageProperties.MINIMAL_PERSISTENT_BASIC, body);
                channel.waitForConfirmsOrDie(CONFIRM_TIMEOUT_MILLIS);
                if (counting) {
                    latencies.add(System.nanoTime() - sent);
                }
            }
            report.end(latencies.figures(span.seconds()));
            channel.queueDelete(queue);
        }
    }
}
