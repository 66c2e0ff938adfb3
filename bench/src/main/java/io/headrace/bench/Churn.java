package io.headrace.bench;

import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;

/// Connections opened and closed again by some platform threads, each one after another.
record Churn(Span span, int threads) {
    interface Client {
        /// Opens a connection with a channel and closes it. Called by all threads.
        ///
        /// @return when it was open, in the time of [System#nanoTime]: closing is not part of the latency
        long openAndClose() throws Exception;
    }

    /// @throws Exception what `client` threw in the first thread that it threw in
    void run(Client client, Report report) throws Exception {
        var latencies = new Latencies();
        long start = System.nanoTime();
        try (var openers = Executors.newFixedThreadPool(threads)) {
            var running = new ArrayList<Callable<Void>>();
            for (int i = 0; i < threads; i++) {
                running.add(() -> repeat(client, latencies, start));
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

    private Void repeat(Client client, Latencies latencies, long start) throws Exception {
        for (long begun = start; begun < span.end(start); begun = System.nanoTime()) {
            long opened = client.openAndClose();
            if (begun >= span.countFrom(start)) {
                latencies.add(opened - begun);
            }
        }
        return null;
    }
}
