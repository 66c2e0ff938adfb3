package io.headrace.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Goal: a compacted topic keeps the last value of each key and forgets what was deleted, whatever is killed when;
/// who reads it from its start has the right state; and producers hardly notice (acceptance H1). Method: keys are
/// written over and over while the topic is compacted; as soon as it has become smaller, which is in the middle of
/// the work, the broker is killed; after each start all of it is read.
///
/// `-Dheadrace.keys=1000000 -Dheadrace.mebibytes=2048 -Dheadrace.kills=20` is the long form; `-Dheadrace.seed=N`
/// repeats
/// the records.
@DisplayNameGeneration(ReplaceUnderscores.class)
class CompactionIT {
    private static final int KEYS = Integer.getInteger("headrace.keys", 200_000);
    private static final long BYTES = Integer.getInteger("headrace.mebibytes", 100) * 1024L * 1024;
    private static final int KILLS = Integer.getInteger("headrace.kills", 3);
    private static final int VALUE_BYTES = 200;
    private static final int RECORDS = (int) (BYTES / VALUE_BYTES);
    private static final int SEGMENT_BYTES = Math.max(1024 * 1024, KEYS * VALUE_BYTES / 30);
    private static final int TOMBSTONES_ONE_OF = 20;
    private static final int PARTITIONS = 2;
    private static final int IN_ONE_GO = 5_000;
    private static final String TOPIC = "compacted";
    private static final String PLAIN = "plain";
    /// Compaction rests two thirds of its time (decision 25), and this test writes as fast as it can meanwhile.
    private static final Duration PATIENCE = Duration.ofMinutes(2 + BYTES / (256L << 20));

    private final long seed = Long.getLong("headrace.seed", System.nanoTime());
    private final Random random = new Random(seed);
    /// Of each key the number of its last record; negative if that deleted it, 0 if there was none.
    private final int[] last = new int[KEYS];

    private final AtomicReference<Exception> refused = new AtomicReference<>();
    private int written;

    @TempDir
    Path folder;

    @Test
    void the_last_value_of_each_key_stays_over_kills_in_the_middle() throws Exception {
        System.out.println("CompactionIT: " + RECORDS + " records, -Dheadrace.seed=" + seed);
        try (var broker = Node.start(folder, "log.cleaner.backoff.ms=1000");
                var admin = broker.endpoint().admin();
                var producer = producer(broker.endpoint())) {
            Topics.create(
                    admin,
                    TOPIC,
                    PARTITIONS,
                    "cleanup.policy=compact",
                    "segment.bytes=" + SEGMENT_BYTES,
                    "min.cleanable.dirty.ratio=0.1",
                    "delete.retention.ms=1000");
            Topics.create(admin, PLAIN, PARTITIONS);
            for (int kill = 0; kill < KILLS; kill++) {
                write(producer, RECORDS / (KILLS + 1));
                awaitSmaller(admin, producer);
                broker.kill();
                broker.restart();
                producer.flush();
                checkState(broker.endpoint());
            }
            compareRates(producer, RECORDS / (KILLS + 1) / 4);

            awaitCompacted(broker.endpoint(), producer);
        }
    }

    private static KafkaProducer<byte[], byte[]> producer(KafkaEndpoint kafka) {
        return new KafkaProducer<>(
                kafka.settings("linger.ms=5", "batch.size=65536", "reconnect.backoff.max.ms=200"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    private void write(KafkaProducer<byte[], byte[]> producer, int count) {
        for (int i = 0; i < count; i++) {
            int key = random.nextInt(KEYS);
            boolean delete = random.nextInt(TOMBSTONES_ONE_OF) == 0;
            written++;
            last[key] = delete ? -written : written;
            send(producer, TOPIC, key, delete ? null : value(written));
        }
    }

    private void send(KafkaProducer<byte[], byte[]> producer, String topic, int key, byte[] value) {
        var record = new ProducerRecord<>(
                topic, ByteBuffer.allocate(Integer.BYTES).putInt(key).array(), value);
        producer.send(record, (place, failure) -> {
            if (failure != null) {
                refused.set(failure);
            }
        });
    }

    private static byte[] value(int number) {
        var bytes = new byte[VALUE_BYTES];
        new Random(number).nextBytes(bytes);
        return ByteBuffer.wrap(bytes).putInt(number).array();
    }

    /// Goes on writing until there is less than there was.
    private void awaitSmaller(Admin admin, KafkaProducer<byte[], byte[]> producer) {
        var before = new long[] {size(admin)};
        await().pollInterval(Duration.ofMillis(1)).atMost(PATIENCE).until(() -> {
            write(producer, IN_ONE_GO);
            long now = size(admin);
            boolean smaller = now < before[0];
            before[0] = now;
            return smaller;
        });
    }

    private static long size(Admin admin) {
        try {
            return Topics.await(admin.describeLogDirs(List.of(1)).allDescriptions()).values().stream()
                    .flatMap(folders -> folders.values().stream())
                    .flatMap(folder -> folder.replicaInfos().entrySet().stream())
                    .filter(replica -> replica.getKey().topic().equals(TOPIC))
                    .mapToLong(replica -> replica.getValue().size())
                    .sum();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /// What somebody knows who has read the topic from its start, and what it took.
    private static final class Reading {
        final int[] last = new int[KEYS];
        int records;
        int tombstones;

        void read(ConsumerRecord<byte[], byte[]> record) {
            records++;
            int key = ByteBuffer.wrap(record.key()).getInt();
            if (record.value() == null) {
                tombstones++;
                last[key] = 0;
            } else {
                last[key] = ByteBuffer.wrap(record.value()).getInt();
                assertThat(record.value()).isEqualTo(value(last[key]));
            }
        }
    }

    private static Reading readAll(KafkaEndpoint kafka) {
        var reading = new Reading();
        var partitions = IntStream.range(0, PARTITIONS)
                .mapToObj(partition -> new TopicPartition(TOPIC, partition))
                .toList();
        try (var consumer = new KafkaConsumer<>(
                kafka.settings("auto.offset.reset=earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(partitions);
            var ends = consumer.endOffsets(partitions);
            await().pollInterval(Duration.ofMillis(1)).atMost(PATIENCE).until(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(reading::read);
                return ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
            });
        }
        return reading;
    }

    private Reading checkState(KafkaEndpoint kafka) {
        var reading = readAll(kafka);
        assertThat(refused.get()).as("refused").isNull();
        for (int key = 0; key < KEYS; key++) {
            assertThat(reading.last[key])
                    .as("key %d, whose last record was %d, seed %d", key, last[key], seed)
                    .isEqualTo(Math.max(last[key], 0));
        }
        return reading;
    }

    /// While the topic is compacted and without that, in turns.
    private void compareRates(KafkaProducer<byte[], byte[]> producer, int count) {
        long compacted = 0;
        long plain = 0;
        for (int turn = 0; turn < 4; turn++) {
            long start = System.nanoTime();
            write(producer, count);
            producer.flush();
            long between = System.nanoTime();
            for (int i = 0; i < count; i++) {
                send(producer, PLAIN, random.nextInt(KEYS), value(i));
            }
            producer.flush();
            compacted += between - start;
            plain += System.nanoTime() - between;
        }
        System.out.printf(
                "CompactionIT: producing during compaction at %.2f of the rate without%n", (double) plain / compacted);
    }

    /// Goes on writing until hardly more is there than keys, and hardly a tombstone.
    private void awaitCompacted(KafkaEndpoint kafka, KafkaProducer<byte[], byte[]> producer) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            write(producer, IN_ONE_GO);
            producer.flush();
            var reading = checkState(kafka);
            assertThat(reading.records).as("records").isLessThan(KEYS * 3 / 2);
            assertThat(reading.tombstones).as("tombstones").isLessThan(KEYS / TOMBSTONES_ONE_OF / 2);
        });
    }
}
