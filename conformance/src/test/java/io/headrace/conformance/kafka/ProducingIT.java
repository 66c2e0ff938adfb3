package io.headrace.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.conformance.Names;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Goal: Kafka's producer works unchanged, with every setting that people give it (acceptance C5, D5).
@ExtendWith(RealKafka.class)
@DisplayNameGeneration(ReplaceUnderscores.class)
class ProducingIT {
    private static final int RECORDS = 5_000;

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "all"})
    void records_arrive_in_order_with_acks(String acks, KafkaEndpoint kafka, Admin admin) throws Exception {
        var topic = Topics.create(admin, 1);
        try (var producer = kafka.producer("acks=" + acks, "enable.idempotence=false", "linger.ms=1")) {
            send(producer, topic, RECORDS);
        }

        try (var consumer = kafka.consumer()) {
            consumer.assign(List.of(new TopicPartition(topic, 0)));
            assertThat(Polling.takeValues(consumer, RECORDS)).isEqualTo(values(RECORDS));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "snappy", "lz4", "zstd"})
    void an_idempotent_producer_that_batches_and_compresses(String compression, KafkaEndpoint kafka, Admin admin)
            throws Exception {
        var topic = Topics.create(admin, 1);
        List<Future<RecordMetadata>> sent;
        try (var producer = kafka.producer(
                "acks=all",
                "enable.idempotence=true",
                "retries=2147483647",
                "max.in.flight.requests.per.connection=5",
                "batch.size=65536",
                "linger.ms=5",
                "compression.type=" + compression)) {
            sent = send(producer, topic, RECORDS);
        }

        for (int i = 0; i < RECORDS; i++) {
            assertThat(sent.get(i).get().offset()).isEqualTo(i);
        }
        try (var consumer = kafka.consumer()) {
            consumer.assign(List.of(new TopicPartition(topic, 0)));
            assertThat(Polling.takeValues(consumer, RECORDS)).isEqualTo(values(RECORDS));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"uncompressed", "gzip", "snappy", "lz4", "zstd"})
    void a_topic_may_ask_for_a_compression_of_its_own(String compression, KafkaEndpoint kafka, Admin admin)
            throws Exception {
        var topic = Topics.create(admin, 1, "compression.type=" + compression);
        try (var producer = kafka.producer("compression.type=lz4", "linger.ms=5")) {
            send(producer, topic, 1_000);
        }

        try (var consumer = kafka.consumer()) {
            consumer.assign(List.of(new TopicPartition(topic, 0)));
            assertThat(Polling.takeValues(consumer, 1_000)).isEqualTo(values(1_000));
        }
    }

    @Test
    void many_producers_write_one_partition_and_each_keeps_its_order(KafkaEndpoint kafka, Admin admin)
            throws Exception {
        var topic = Topics.create(admin, 1);
        var producers = IntStream.range(0, 4).mapToObj(i -> kafka.producer()).toList();
        for (int i = 0; i < 1_000; i++) {
            for (int p = 0; p < producers.size(); p++) {
                producers.get(p).send(new ProducerRecord<>(topic, "p" + p, Integer.toString(i)));
            }
        }
        producers.forEach(KafkaProducer::close);

        try (var consumer = kafka.consumer()) {
            consumer.assign(List.of(new TopicPartition(topic, 0)));
            var records = Polling.take(consumer, 4_000);
            for (int p = 0; p < producers.size(); p++) {
                var key = "p" + p;
                var mine = records.stream().filter(r -> r.key().equals(key)).map(r -> r.value());
                assertThat(mine).containsExactlyElementsOf(numbers(1_000));
            }
        }
    }

    @Test
    void the_same_key_goes_to_the_same_partition_and_keeps_its_order(KafkaEndpoint kafka, Admin admin)
            throws Exception {
        var topic = Topics.create(admin, 4);
        try (var producer = kafka.producer()) {
            for (int i = 0; i < 4_000; i++) {
                producer.send(new ProducerRecord<>(topic, "key" + i % 40, Integer.toString(i)));
            }
        }

        try (var consumer = kafka.consumer()) {
            consumer.assign(IntStream.range(0, 4)
                    .mapToObj(p -> new TopicPartition(topic, p))
                    .toList());
            var records = Polling.take(consumer, 4_000);
            for (int key = 0; key < 40; key++) {
                var name = "key" + key;
                var mine = records.stream().filter(r -> r.key().equals(name)).toList();
                assertThat(mine)
                        .extracting(r -> r.partition())
                        .containsOnly(mine.getFirst().partition());
                assertThat(mine)
                        .extracting(r -> Integer.parseInt(r.value()))
                        .isSorted()
                        .hasSize(100);
            }
            assertThat(records).extracting(r -> r.partition()).contains(0, 1, 2, 3);
        }
    }

    @Test
    void a_record_keeps_key_value_headers_and_time(KafkaEndpoint kafka, Admin admin) throws Exception {
        var topic = Topics.create(admin, 1, "retention.ms=-1");
        List<Header> headers = List.of(
                new RecordHeader("a", "1".getBytes(StandardCharsets.UTF_8)),
                new RecordHeader("a", new byte[] {0, -1}),
                new RecordHeader("none", (byte[]) null),
                new RecordHeader("empty", new byte[0]));
        try (var producer = kafka.producer()) {
            producer.send(new ProducerRecord<>(topic, 0, 1_700_000_000_123L, "key", "välue", headers));
            producer.send(new ProducerRecord<>(topic, 0, 0L, null, "", List.of()));
            producer.send(new ProducerRecord<>(topic, 0, 1L, "", null, List.of()));
        }

        try (var consumer = kafka.consumer()) {
            consumer.assign(List.of(new TopicPartition(topic, 0)));
            var records = Polling.take(consumer, 3);
            var first = records.getFirst();
            assertThat(first.key()).isEqualTo("key");
            assertThat(first.value()).isEqualTo("välue");
            assertThat(first.timestamp()).isEqualTo(1_700_000_000_123L);
            assertThat(first.timestampType()).isEqualTo(TimestampType.CREATE_TIME);
            assertThat(first.headers().toArray()).isEqualTo(headers.toArray());
            assertThat(records).extracting(r -> r.key()).containsExactly("key", null, "");
            assertThat(records).extracting(r -> r.value()).containsExactly("välue", "", null);
        }
    }

    @Test
    void a_topic_may_stamp_records_with_the_time_of_their_arrival(KafkaEndpoint kafka, Admin admin) throws Exception {
        var topic = Topics.create(admin, 1, "message.timestamp.type=LogAppendTime");
        long before = System.currentTimeMillis();
        RecordMetadata answered;
        try (var producer = kafka.producer("compression.type=zstd")) {
            answered =
                    producer.send(new ProducerRecord<>(topic, 0, 5L, "k", "v")).get();
        }

        try (var consumer = kafka.consumer()) {
            consumer.assign(List.of(new TopicPartition(topic, 0)));
            var record = Polling.take(consumer, 1).getFirst();
            assertThat(record.timestampType()).isEqualTo(TimestampType.LOG_APPEND_TIME);
            assertThat(record.timestamp()).isBetween(before - 1_000, System.currentTimeMillis() + 1_000);
            assertThat(answered.timestamp()).isEqualTo(record.timestamp());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100_000, 1_000_000, 10_000_000})
    void a_value_of_any_size_that_the_topic_allows_arrives_whole(int bytes, KafkaEndpoint kafka, Admin admin)
            throws Exception {
        var topic = Topics.create(admin, 1, "max.message.bytes=12000000");
        var value = new byte[bytes];
        new Random(bytes).nextBytes(value);
        try (var producer = new KafkaProducer<>(
                kafka.settings("max.request.size=12000000", "buffer.memory=50000000"),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic, value)).get();
        }

        try (var consumer =
                new KafkaConsumer<>(kafka.settings(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(new TopicPartition(topic, 0)));
            consumer.seekToBeginning(consumer.assignment());
            assertThat(ByteBuffer.wrap(Polling.take(consumer, 1).getFirst().value()))
                    .isEqualTo(ByteBuffer.wrap(value));
        }
    }

    @Test
    void a_record_larger_than_the_topic_allows_is_refused_and_others_go_on(KafkaEndpoint kafka, Admin admin)
            throws Exception {
        var topic = Topics.create(admin, 1, "max.message.bytes=10000");
        try (var producer = kafka.producer()) {
            var tooLarge = producer.send(new ProducerRecord<>(topic, "x".repeat(20_000)));
            assertThatThrownBy(tooLarge::get).hasCauseInstanceOf(RecordTooLargeException.class);

            assertThat(producer.send(new ProducerRecord<>(topic, "small")).get().offset())
                    .isZero();
        }
    }

    @Test
    void an_unknown_topic_is_created_by_the_first_who_asks_for_it(KafkaEndpoint kafka, Admin admin) throws Exception {
        var topic = Names.fresh("auto");
        try (var producer = kafka.producer()) {
            assertThat(producer.send(new ProducerRecord<>(topic, "first")).get().offset())
                    .isZero();
        }

        assertThat(Topics.await(admin.listTopics().names())).contains(topic);
    }

    @Test
    void a_topic_name_that_cannot_be_is_refused(KafkaEndpoint kafka) {
        try (var producer = kafka.producer("max.block.ms=10000")) {
            var refused = producer.send(new ProducerRecord<>("not a topic!", "v"));
            assertThatThrownBy(refused::get).hasCauseInstanceOf(InvalidTopicException.class);
        }
    }

    @Test
    void a_partition_that_does_not_exist_is_waited_for(KafkaEndpoint kafka, Admin admin) throws Exception {
        var topic = Topics.create(admin, 1);
        try (var producer = kafka.producer("max.block.ms=1000")) {
            var never = producer.send(new ProducerRecord<>(topic, 7, "k", "v"));
            assertThatThrownBy(never::get).hasCauseInstanceOf(TimeoutException.class);
        }
    }

    private static List<Future<RecordMetadata>> send(KafkaProducer<String, String> producer, String topic, int count) {
        var sent = new ArrayList<Future<RecordMetadata>>(count);
        for (String value : values(count)) {
            sent.add(producer.send(new ProducerRecord<>(topic, value)));
        }
        return sent;
    }

    private static List<String> values(int count) {
        return IntStream.range(0, count).mapToObj(i -> "value " + i).toList();
    }

    private static List<String> numbers(int count) {
        return IntStream.range(0, count).mapToObj(Integer::toString).toList();
    }
}
