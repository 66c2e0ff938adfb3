package io.headrace.conformance.kafka;

import static org.awaitility.Awaitility.await;

import io.headrace.conformance.kafka.RecordLedger.Place;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.core.ConditionTimeoutException;

/// Idempotent producers with five requests in flight, one for each way to compress, and a group of three consumers,
/// that keep a [RecordLedger] and live on while their broker is killed and started again.
///
/// Threads: one for each producer's records, one for each consumer, the clients' own for acknowledgements.
final class RecordLoad {
    private static final String TOPIC = "crash.records";
    private static final String GROUP = "crash.group";
    private static final int PARTITIONS = 6;
    private static final int CONSUMERS = 3;
    private static final List<String> CODECS = List.of("none", "gzip", "snappy", "lz4", "zstd");
    private static final int KEYS_OF_EACH = 10;
    private static final int KEYS = CODECS.size() * KEYS_OF_EACH;
    private static final int OUTSTANDING_AT_MOST = 250; // of each producer
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final String[] SOON = {"reconnect.backoff.max.ms=200", "retry.backoff.max.ms=200"};

    private final KafkaEndpoint kafka;
    private final RecordLedger ledger;
    private final List<Thread> producers = new ArrayList<>();
    private final List<Thread> consumers = new ArrayList<>();
    private volatile boolean sending = true;
    private volatile boolean consuming = true;

    private RecordLoad(KafkaEndpoint kafka, RecordLedger ledger) {
        this.kafka = kafka;
        this.ledger = ledger;
    }

    static RecordLedger ledger(long seed) {
        return new RecordLedger(seed, KEYS);
    }

    static RecordLoad start(KafkaEndpoint kafka, RecordLedger ledger, long seed) throws Exception {
        try (var admin = kafka.admin()) {
            Topics.create(admin, TOPIC, PARTITIONS);
        }
        var load = new RecordLoad(kafka, ledger);
        for (int i = 0; i < CODECS.size(); i++) {
            var codec = CODECS.get(i);
            var random = new Random(seed + i);
            int firstKey = i * KEYS_OF_EACH;
            load.producers.add(load.thread("producer-" + codec, () -> load.produce(codec, firstKey, random)));
        }
        for (int i = 0; i < CONSUMERS; i++) {
            load.consumers.add(load.thread("consumer-" + i, load::consume));
        }
        return load;
    }

    private Thread thread(String name, Runnable work) {
        return Thread.ofPlatform().name(name).start(() -> {
            try {
                work.run();
            } catch (RuntimeException e) {
                ledger.wrong("failed: the " + name + " ended: " + e);
            }
        });
    }

    /// Its keys are its own, so that each has an order.
    private void produce(String codec, int firstKey, Random random) {
        var settings = kafka.settings(SOON);
        settings.putAll(KafkaEndpoint.pairs(
                "acks=all",
                "enable.idempotence=true",
                "max.in.flight.requests.per.connection=5",
                "retries=2147483647",
                "batch.size=65536",
                "linger.ms=5",
                "compression.type=" + codec,
                "request.timeout.ms=5000",
                "delivery.timeout.ms=30000"));
        var window = new Semaphore(OUTSTANDING_AT_MOST);
        try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            while (sending) {
                if (!acquire(window)) {
                    continue;
                }
                var sent = ledger.next(firstKey + random.nextInt(KEYS_OF_EACH));
                var key = Integer.toString(sent.key()).getBytes();
                producer.send(new ProducerRecord<>(TOPIC, key, sent.value()), (place, failure) -> {
                    window.release();
                    if (failure == null) {
                        ledger.acknowledged(sent, new Place(place.partition(), place.offset()));
                    } else {
                        ledger.refused(sent, failure);
                    }
                });
            }
        }
    }

    private static boolean acquire(Semaphore window) {
        try {
            return window.tryAcquire(20, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void consume() {
        try (var consumer = consumer("group.id=" + GROUP, "session.timeout.ms=10000", "heartbeat.interval.ms=500")) {
            consumer.subscribe(List.of(TOPIC));
            while (consuming) {
                for (var record : consumer.poll(Duration.ofMillis(50))) {
                    ledger.delivered(new Place(record.partition(), record.offset()), record.value());
                }
                commit(consumer);
            }
        }
    }

    private void commit(KafkaConsumer<byte[], byte[]> consumer) {
        var offsets = new HashMap<TopicPartition, OffsetAndMetadata>();
        try {
            for (TopicPartition partition : consumer.assignment()) {
                long position = consumer.position(partition, Duration.ofSeconds(1));
                offsets.put(partition, new OffsetAndMetadata(position));
            }
            consumer.commitSync(offsets, Duration.ofSeconds(5));
        } catch (KafkaException | IllegalStateException e) {
            return; // The broker is away, or the group shares its partitions anew: what was not committed comes again.
        }
        offsets.forEach((partition, offset) -> ledger.committed(partition.partition(), offset.offset()));
    }

    private KafkaConsumer<byte[], byte[]> consumer(String... settings) {
        var all = kafka.settings(SOON);
        all.putAll(KafkaEndpoint.pairs(settings));
        all.putAll(KafkaEndpoint.pairs("auto.offset.reset=earliest", "enable.auto.commit=false"));
        return new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /// Waits until so many records more were acknowledged: a moment that no clock chooses.
    void awaitAcknowledged(int more) {
        int moment = ledger.acknowledgedCount() + more;
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .atMost(PATIENCE)
                .until(() -> ledger.acknowledgedCount() >= moment);
    }

    /// What the broker keeps of the group, by partition.
    Map<Integer, Long> committed() throws InterruptedException {
        var offsets = new HashMap<Integer, Long>();
        try (var admin = kafka.admin()) {
            admin.listConsumerGroupOffsets(GROUP)
                    .partitionsToOffsetAndMetadata()
                    .get(30, TimeUnit.SECONDS)
                    .forEach((partition, offset) -> offsets.put(partition.partition(), offset.offset()));
        } catch (ExecutionException | TimeoutException e) {
            ledger.wrong("lost: the offsets of the group cannot be asked for: " + e);
        }
        return offsets;
    }

    /// Sends no more, waits for what is on its way and for the group to be at the end, and reads the whole log.
    void finish() throws InterruptedException {
        sending = false;
        for (Thread producer : producers) {
            producer.join();
        }
        try (var reader = consumer("default.api.timeout.ms=20000")) {
            read(reader);
        } catch (KafkaException e) {
            ledger.wrong("lost: the topic cannot be read: " + e);
        } finally {
            consuming = false;
        }
        for (Thread consumer : consumers) {
            consumer.join();
        }
        ledger.checkNothingIsLost();
    }

    private void read(KafkaConsumer<byte[], byte[]> reader) {
        var partitions = IntStream.range(0, PARTITIONS)
                .mapToObj(p -> new TopicPartition(TOPIC, p))
                .toList();
        awaitGroupAt(reader.endOffsets(partitions));
        for (TopicPartition partition : partitions) {
            Polling.readAll(reader, partition)
                    .forEach(record -> ledger.logged(new Place(record.partition(), record.offset()), record.value()));
        }
    }

    private void awaitGroupAt(Map<TopicPartition, Long> ends) {
        try {
            await().atMost(PATIENCE).until(() -> {
                var committed = ledger.committed();
                return ends.entrySet().stream()
                        .allMatch(end -> committed.getOrDefault(end.getKey().partition(), 0L) >= end.getValue());
            });
        } catch (ConditionTimeoutException e) {
            ledger.wrong("stuck: the group is at %s and the partitions end at %s".formatted(ledger.committed(), ends));
        }
    }
}
