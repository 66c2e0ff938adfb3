package io.headrace.bench;

import com.rabbitmq.client.ConnectionFactory;
import java.util.concurrent.Executors;

/// [Churn] with RabbitMQ's Java client, as applications have it.
record ConnectionChurn(Span span, int threads) implements Workload {
    private static final int CONSUMER_THREADS = 2;

    @Override
    public void run(ConnectionFactory broker, Report report) throws Exception {
        try (var forConsumers = Executors.newFixedThreadPool(CONSUMER_THREADS)) {
            broker.setSharedExecutor(forConsumers);
            new Churn(span, threads).run(() -> openAndClose(broker), report);
        }
    }

    private static long openAndClose(ConnectionFactory broker) throws Exception {
        var connection = broker.newConnection();
        connection.createChannel();
        long opened = System.nanoTime();
        connection.close();
        return opened;
    }
}
