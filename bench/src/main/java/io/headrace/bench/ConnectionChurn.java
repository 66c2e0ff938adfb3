package io.headrace.bench;

import com.rabbitmq.client.ConnectionFactory;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;

/// Connections, each with a channel, opened and closed again by some threads, each one after another.
record ConnectionChurn(Span span, int threads) implements Workload {
    private static final int CONSUMER_THREADS = 2;

    @Override
    public void run(ConnectionFactory broker, Report report) throws Exception {
        var latencies = new Latencies();
        long start = System.nanoTime();
        try (var forConsumers = Executors.newFixedThreadPool(CONSUMER_THREADS);
                var openers = Executors.newFixedThreadPool(threads)) {
            broker.setSharedExecutor(forConsumers);
            var running = new ArrayList<Callable<Void>>();
            for (int i = 0; i < threads; i++) {
                running.add(() -> open(broker, latencies, start));
            }
            var results = running.stream().map(openers::submit).toList();
            Thread.sleep(span.warmSeconds() * 1000L);
            report.begin();
            for (var result : results) {
                result.get(); // throws what the thread threw
            }
            report.end(latencies.figures(span.seconds()));
        }
    }

    private Void open(ConnectionFactory broker, Latencies latencies, long start) throws Exception {
        for (long begun = start; begun < span.end(start); begun = System.nanoTime()) {
            var connection = broker.newConnection();
            connection.createChannel();
            long opened = System.nanoTime();
            connection.close();
            if (begun >= span.countFrom(start)) {
                latencies.add(opened - begun);
            }
        }
        return null;
    }
}
