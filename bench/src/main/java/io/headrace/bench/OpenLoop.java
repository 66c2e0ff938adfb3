package io.headrace.bench;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// Latency at a fixed rate, from producer to consumer and to the acknowledgement by all. Every record carries the time
/// at which it was due, and latency counts from there: a broker that stalls is charged for all that had to wait.
///
/// Threads: main consumes, one produces, the producer's own hears acknowledgements.
///
/// @param linger of the producer in milliseconds; empty for its default
record OpenLoop(String topic, int rate, int bytes, Span span, String linger) implements KafkaWorkload {
    private static final Duration ONE_POLL = Duration.ofMillis(200);
    private static final long PATIENCE_NANOS = 60_000_000_000L;

    @Override
    public void run(String bootstrap, Report report) throws Exception {
        long warm = (long) rate * span.warmSeconds();
        long all = warm + (long) rate * span.seconds();
        var acknowledged = new Latencies();
        var delivered = new Latencies();
        var failed = new AtomicLong();
        try (var consumer = consumer(bootstrap);
                var producer = producer(bootstrap)) {
            var producing = Thread.ofPlatform()
                    .name("producer")
                    .start(() -> produce(producer, all, warm, acknowledged, failed));
            long got = 0;
            long deadline = System.nanoTime() + (span.warmSeconds() + span.seconds()) * 1_000_000_000L + PATIENCE_NANOS;
            boolean counting = false;
            while (got < all && failed.get() == 0 && System.nanoTime() < deadline) {
                for (var record : consumer.poll(ONE_POLL)) {
                    got++;
                    var value = ByteBuffer.wrap(record.value());
                    long due = value.getLong();
                    if (value.getLong() >= warm) {
                        if (!counting) {
                            counting = true;
                            report.begin();
                        }
                        delivered.add(System.nanoTime() - due);
                    }
                }
            }
            producing.join();
            if (got < all) {
                throw new IllegalStateException("%d of %d records came, %d failed".formatted(got, all, failed.get()));
            }
            report.end(figures(delivered, acknowledged));
        }
    }

    private void produce(
            KafkaProducer<byte[], byte[]> producer, long all, long warm, Latencies acknowledged, AtomicLong failed) {
        var filling = new byte[bytes];
        new Random(1).nextBytes(filling);
        long start = System.nanoTime();
        for (long i = 0; i < all; i++) {
            long due = start + i * 1_000_000_000L / rate;
            for (long now = System.nanoTime(); now < due; now = System.nanoTime()) {
                LockSupport.parkNanos(due - now);
            }
            var value = filling.clone();
            ByteBuffer.wrap(value).putLong(due).putLong(i);
            boolean counted = i >= warm;
            producer.send(new ProducerRecord<>(topic, value), (place, failure) -> {
                if (failure != null) {
                    failed.incrementAndGet();
                } else if (counted) {
                    acknowledged.add(System.nanoTime() - due);
                }
            });
        }
        producer.flush();
    }

    private Map<String, Double> figures(Latencies delivered, Latencies acknowledged) {
        var figures = new TreeMap<>(delivered.figures(span.seconds()));
        acknowledged.figures(span.seconds()).forEach((name, value) -> {
            if (name.endsWith("_us")) {
                figures.put("ack_" + name, value);
            }
        });
        return figures;
    }

    private KafkaProducer<byte[], byte[]> producer(String bootstrap) {
        var settings = new HashMap<String, Object>(Map.of("acks", "all"));
        if (!linger.isEmpty()) {
            settings.put("linger.ms", linger);
        }
        return new KafkaProducer<>(
                KafkaWorkload.settings(bootstrap, settings), new ByteArraySerializer(), new ByteArraySerializer());
    }

    private KafkaConsumer<byte[], byte[]> consumer(String bootstrap) {
        var consumer = new KafkaConsumer<>(
                KafkaWorkload.settings(bootstrap, Map.of("enable.auto.commit", "false")),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        return consumer;
    }
}
