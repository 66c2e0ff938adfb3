package io.headrace.bench;

import com.rabbitmq.client.ConnectionFactory;
import java.util.Map;

/// Durable queues declared one after the other, and deleted again.
record QueueDeclares(int queues, String type) implements Workload {
    @Override
    public void run(ConnectionFactory broker, Report report) throws Exception {
        try (var connection = broker.newConnection();
                var channel = connection.createChannel()) {
            var prefix = "declared-" + System.nanoTime() + "-";
            report.begin();
            long start = System.nanoTime();
            for (int i = 0; i < queues; i++) {
                channel.queueDeclare(prefix + i, true, false, false, Map.of("x-queue-type", type));
            }
            report.end(Map.of("each", queues, "declare_s", (System.nanoTime() - start) / 1e9));
            report.awaitEndOfInput();
            for (int i = 0; i < queues; i++) {
                channel.queueDelete(prefix + i);
            }
        }
    }
}
