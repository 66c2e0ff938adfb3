package io.headrace.bench;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ConnectionFactory;
import java.io.IOException;
import java.util.Map;

/// A durable topic exchange with many patterns `k.<i>.*.x` that lead to a queue for each ten of them, and
/// one, `k.*.y.#`, to the queue that is then consumed. A message with the key `k.7.y.z` meets only the
/// last.
record TopicBindings(String exchange, String queue, int bindings) implements Workload {
    private static final int FOR_ONE_QUEUE = 10;

    @Override
    public void run(ConnectionFactory broker, Report report) throws Exception {
        try (var connection = broker.newConnection();
                var channel = connection.createChannel()) {
            report.begin();
            long start = System.nanoTime();
            bind(channel);
            report.end(Map.of("bound_per_s", bindings / ((System.nanoTime() - start) / 1e9)));
            report.awaitEndOfInput();
            channel.exchangeDelete(exchange);
            channel.queueDelete(queue);
            for (int i = 0; i < bindings; i += FOR_ONE_QUEUE) {
                channel.queueDelete(other(i));
            }
        }
    }

    private void bind(Channel channel) throws IOException {
        channel.exchangeDeclare(exchange, "topic", true);
        channel.queueDeclare(queue, true, false, false, null);
        for (int i = 0; i < bindings; i++) {
            if (i % FOR_ONE_QUEUE == 0) {
                channel.queueDeclare(other(i), true, false, false, null);
            }
            channel.queueBind(other(i), exchange, "k." + i + ".*.x");
        }
        channel.queueBind(queue, exchange, "k.*.y.#");
    }

    private String other(int i) {
        return queue + "-" + i / FOR_ONE_QUEUE;
    }
}
