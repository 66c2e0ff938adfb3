package io.headrace.bench;

import com.rabbitmq.client.ConnectionFactory;
import java.util.Map;

/// How many messages wait in a queue, by what the broker answers to a passive declare.
record QueueDepth(String queue) implements Workload {
    @Override
    public void run(ConnectionFactory broker, Report report) throws Exception {
        try (var connection = broker.newConnection();
                var channel = connection.createChannel()) {
            report.begin();
            report.end(Map.of("waiting", channel.queueDeclarePassive(queue).getMessageCount()));
        }
    }
}
