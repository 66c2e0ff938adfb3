package io.headrace.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// How long after a line on standard input the broker's port is open, and how long until it has acknowledged a record,
/// for a topic that it has to create. The producer is there by then and tries to connect, as that of an application
/// that waits for its broker, and the broker is not yet started: making a producer costs a new JVM half a second,
/// whichever broker it is for.
record FirstRecord() implements KafkaWorkload {
    private static final int RETRY_MILLIS = 5;
    private static final long GIVE_UP_NANOS = 180_000_000_000L;

    @Override
    public void run(String bootstrap, Report report) throws Exception {
        try (var producer = producer(bootstrap)) {
            report.begin();
            report.awaitLine();
            long start = System.nanoTime();
            awaitPort(bootstrap, start);
            long listening = System.nanoTime();
            producer.send(new ProducerRecord<>("first", new byte[100])).get();
            long acknowledged = System.nanoTime();
            report.end(
                    Map.of("listening_ms", (listening - start) / 1e6, "first_record_ms", (acknowledged - start) / 1e6));
        }
    }

    private static void awaitPort(String bootstrap, long start) throws IOException, InterruptedException {
        int colon = bootstrap.lastIndexOf(':');
        int port = Integer.parseInt(bootstrap.substring(colon + 1));
        while (true) {
            try (var socket = new Socket()) {
                socket.connect(new InetSocketAddress(bootstrap.substring(0, colon), port));
                return;
            } catch (IOException e) {
                if (System.nanoTime() - start > GIVE_UP_NANOS) {
                    throw e;
                }
                Thread.sleep(RETRY_MILLIS);
            }
        }
    }

    private static KafkaProducer<byte[], byte[]> producer(String bootstrap) {
        var soon = Map.<String, Object>of(
                "acks", "all",
                "linger.ms", "0",
                "reconnect.backoff.ms", "10",
                "reconnect.backoff.max.ms", "10",
                "retry.backoff.ms", "10",
                "retry.backoff.max.ms", "20",
                "enable.metrics.push", "false");
        return new KafkaProducer<>(
                KafkaWorkload.settings(bootstrap, soon), new ByteArraySerializer(), new ByteArraySerializer());
    }
}
