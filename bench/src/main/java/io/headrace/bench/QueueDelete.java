package io.headrace.bench;

import com.rabbitmq.client.ConnectionFactory;
import java.util.Map;

/// Deletes a queue that PerfTest declared to stay.
record QueueDelete(String queue) implements Workload {
    @Override
    public void run(ConnectionFactory broker, Report report) throws Exception {
        try (var connection = broker.newConnection();
                var channel = connection.createChannel()) {
            report.begin();
            report.end(Map.of("deleted", channel.queueDelete(queue).getMessageCount()));
        }
    }
}
