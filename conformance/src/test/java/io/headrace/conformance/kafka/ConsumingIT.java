package io.headrace.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Goal: Kafka's consumer finds every record of a partition by offset, by time and by its ends (acceptance A3).
/// Method: a partition of a hundred records, a second of time apart.
@ExtendWith(RealKafka.class)
@DisplayNameGeneration(ReplaceUnderscores.class)
class ConsumingIT {
    private static final int RECORDS = 100;
    private static final long TIME_ZERO = 1_700_000_000_000L;

    private TopicPartition partition;

    @BeforeEach
    void a_hundred_records(KafkaEndpoint kafka, Admin admin) throws Exception {
        partition = new TopicPartition(Topics.create(admin, 1, "retention.ms=-1"), 0);
        try (var producer = kafka.producer("batch.size=200")) {
            for (int i = 0; i < RECORDS; i++) {
                producer.send(new ProducerRecord<>(partition.topic(), 0, TIME_ZERO + i * 1_000L, "k", "v" + i));
            }
        }
    }

    @Test
    void every_offset_can_be_sought(KafkaEndpoint kafka) {
        try (var consumer = reading(kafka)) {
            for (int offset : new int[] {99, 0, 50, 51, 1, 98, 7}) {
                consumer.seek(partition, offset);

                assertThat(Polling.take(consumer, 1).getFirst().value()).isEqualTo("v" + offset);
            }
        }
    }

    @Test
    void the_ends_are_where_they_are(KafkaEndpoint kafka) {
        try (var consumer = reading(kafka)) {
            assertThat(consumer.beginningOffsets(List.of(partition))).containsEntry(partition, 0L);
            assertThat(consumer.endOffsets(List.of(partition))).containsEntry(partition, 100L);
            consumer.seekToEnd(List.of(partition));
            assertThat(consumer.position(partition)).isEqualTo(100);
        }
    }

    @Test
    void offsets_are_found_by_time(KafkaEndpoint kafka) {
        try (var consumer = reading(kafka)) {
            assertThat(offsetAt(consumer, TIME_ZERO + 50_000)).isEqualTo(50);
            assertThat(offsetAt(consumer, TIME_ZERO + 50_001)).isEqualTo(51);
            assertThat(offsetAt(consumer, 0)).isZero();
            assertThat(consumer.offsetsForTimes(Map.of(partition, TIME_ZERO + RECORDS * 1_000L)))
                    .containsEntry(partition, null);
        }
    }

    @Test
    void the_record_with_the_latest_time_is_found(Admin admin) throws Exception {
        var asked = admin.listOffsets(Map.of(partition, OffsetSpec.maxTimestamp()));
        var found = Topics.await(asked.partitionResult(partition));

        assertThat(found.offset()).isEqualTo(99);
        assertThat(found.timestamp()).isEqualTo(TIME_ZERO + 99_000);
    }

    @Test
    void a_poll_gives_no_more_than_asked_for(KafkaEndpoint kafka) {
        try (var consumer = reading(kafka, "max.poll.records=7")) {
            var first = consumer.poll(Duration.ofSeconds(20));

            assertThat(first.count()).isLessThanOrEqualTo(7).isPositive();
            assertThat(Polling.takeValues(consumer, RECORDS - first.count())).contains("v99");
        }
    }

    @Test
    void a_fetch_smaller_than_a_batch_still_makes_progress(KafkaEndpoint kafka) {
        try (var consumer = reading(kafka, "fetch.max.bytes=1", "max.partition.fetch.bytes=1")) {
            assertThat(Polling.takeValues(consumer, RECORDS)).isEqualTo(values(0, RECORDS));
        }
    }

    @Test
    void a_waiting_fetch_is_answered_when_a_record_comes(KafkaEndpoint kafka) throws Exception {
        try (var consumer = reading(kafka, "fetch.max.wait.ms=6000");
                var producer = kafka.producer()) {
            consumer.seekToEnd(List.of(partition));
            consumer.position(partition);
            var polled = CompletableFuture.supplyAsync(() -> Polling.takeValues(consumer, 1));

            producer.send(new ProducerRecord<>(partition.topic(), "late")).get();

            assertThat(polled.get(5, TimeUnit.SECONDS)).containsExactly("late");
        }
    }

    @Test
    void a_fetch_waits_for_as_many_bytes_as_it_asks_for(KafkaEndpoint kafka) throws Exception {
        try (var consumer = reading(kafka, "fetch.min.bytes=100000", "fetch.max.wait.ms=500")) {
            long began = System.nanoTime();

            assertThat(Polling.takeValues(consumer, RECORDS)).hasSize(RECORDS);

            assertThat(System.nanoTime() - began).isGreaterThanOrEqualTo(400_000_000L);
        }
    }

    @Test
    void what_is_acknowledged_by_all_is_there_for_whoever_looks_next(KafkaEndpoint kafka) throws Exception {
        try (var consumer = reading(kafka);
                var producer = kafka.producer("linger.ms=0")) {
            for (int i = 0; i < 500; i++) {
                long offset = producer.send(new ProducerRecord<>(partition.topic(), "next"))
                        .get()
                        .offset();

                assertThat(consumer.endOffsets(List.of(partition))).containsEntry(partition, offset + 1);
            }
        }
    }

    @Test
    void read_committed_reads_what_no_transaction_holds_back(KafkaEndpoint kafka) {
        try (var consumer = reading(kafka, "isolation.level=read_committed")) {
            assertThat(Polling.takeValues(consumer, RECORDS)).isEqualTo(values(0, RECORDS));
        }
    }

    @Test
    void deleted_records_are_gone_for_everyone(KafkaEndpoint kafka, Admin admin) throws Exception {
        var deleted = admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(40)));
        assertThat(Topics.await(deleted.lowWatermarks().get(partition)).lowWatermark())
                .isEqualTo(40);

        try (var consumer = reading(kafka);
                var strict = reading(kafka, "auto.offset.reset=none")) {
            assertThat(consumer.beginningOffsets(List.of(partition))).containsEntry(partition, 40L);
            assertThat(Polling.takeValues(consumer, 60)).isEqualTo(values(40, RECORDS));
            strict.seek(partition, 39);
            assertThatThrownBy(() -> strict.poll(Duration.ofSeconds(20))).isInstanceOf(OffsetOutOfRangeException.class);
        }
    }

    @Test
    void all_records_can_be_deleted_and_offsets_go_on(KafkaEndpoint kafka, Admin admin) throws Exception {
        var deleted = admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(-1)));
        assertThat(Topics.await(deleted.lowWatermarks().get(partition)).lowWatermark())
                .isEqualTo(100);

        try (var producer = kafka.producer()) {
            assertThat(producer.send(new ProducerRecord<>(partition.topic(), "next"))
                            .get()
                            .offset())
                    .isEqualTo(100);
        }
        try (var consumer = reading(kafka)) {
            assertThat(Polling.takeValues(consumer, 1)).containsExactly("next");
        }
    }

    @Test
    void an_offset_out_of_range_is_reset_as_the_consumer_wishes(KafkaEndpoint kafka) {
        try (var earliest = reading(kafka);
                var latest = reading(kafka, "auto.offset.reset=latest")) {
            earliest.seek(partition, 1_000);
            assertThat(Polling.take(earliest, 1).getFirst().offset()).isZero();

            latest.seek(partition, 1_000);
            latest.poll(Duration.ofMillis(500));
            assertThat(latest.position(partition)).isEqualTo(100);
        }
    }

    @Test
    void a_group_without_an_offset_may_insist_on_one(KafkaEndpoint kafka) {
        try (var consumer = reading(kafka, "group.id=" + partition.topic(), "auto.offset.reset=none")) {
            assertThatThrownBy(() -> consumer.poll(Duration.ofSeconds(20)))
                    .isInstanceOf(NoOffsetForPartitionException.class);
        }
    }

    @Test
    void an_unknown_topic_may_be_asked_for_without_creating_it(KafkaEndpoint kafka, Admin admin) throws Exception {
        var never = partition.topic() + ".never";
        try (var consumer = kafka.consumer("allow.auto.create.topics=false")) {
            assertThat(consumer.partitionsFor(never, Duration.ofSeconds(20))).isEmpty();
        }

        assertThatThrownBy(
                        () -> Topics.await(admin.describeTopics(List.of(never)).allTopicNames()))
                .hasCauseInstanceOf(UnknownTopicOrPartitionException.class);
    }

    private Consumer<String, String> reading(KafkaEndpoint kafka, String... settings) {
        var consumer = kafka.consumer(settings);
        consumer.assign(List.of(partition));
        return consumer;
    }

    private long offsetAt(Consumer<String, String> consumer, long time) {
        return consumer.offsetsForTimes(Map.of(partition, time)).get(partition).offset();
    }

    private static List<String> values(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "v" + i).toList();
    }
}
