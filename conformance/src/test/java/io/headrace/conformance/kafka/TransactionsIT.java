package io.headrace.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.headrace.conformance.Names;
import io.headrace.conformance.Program;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// Goal: Kafka's transactional producer works unchanged: all of a transaction is seen or nothing, with the offsets of
/// what it read, and a producer that was replaced does no harm (acceptance C3, C5).
@ExtendWith(RealKafka.class)
@Execution(ExecutionMode.CONCURRENT) // most of it is waiting for time-outs
@DisplayNameGeneration(ReplaceUnderscores.class)
class TransactionsIT {
    private static final String COMMITTED = "isolation.level=read_committed";

    private final String id = Names.fresh("transactional");
    private String topic;

    @BeforeEach
    void two_partitions(Admin admin) throws Exception {
        topic = Topics.create(admin, 2);
    }

    @Test
    void what_is_committed_is_seen_and_what_is_aborted_is_not(KafkaEndpoint kafka) {
        try (var producer = transactional(kafka)) {
            for (int i = 0; i < 10; i++) {
                producer.beginTransaction();
                producer.send(new ProducerRecord<>(topic, 0, "k", "a" + i));
                producer.send(new ProducerRecord<>(topic, 1, "k", "b" + i));
                producer.flush();
                if (i % 2 == 0) {
                    producer.commitTransaction();
                } else {
                    producer.abortTransaction();
                }
            }
        }

        assertThat(read(kafka, 0, COMMITTED)).containsExactly("a0", "a2", "a4", "a6", "a8");
        assertThat(read(kafka, 1, COMMITTED)).containsExactly("b0", "b2", "b4", "b6", "b8");
        assertThat(read(kafka, 0)).hasSize(10);
    }

    @Test
    void an_open_transaction_holds_back_what_comes_behind_it(KafkaEndpoint kafka, Admin admin) throws Exception {
        try (var producer = transactional(kafka);
                var other = kafka.producer()) {
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(topic, 0, "k", "first")).get();
            other.send(new ProducerRecord<>(topic, 0, "k", "second")).get();
            assertThat(latest(admin, IsolationLevel.READ_COMMITTED)).isZero();
            assertThat(latest(admin, IsolationLevel.READ_UNCOMMITTED)).isEqualTo(2);
            assertThat(read(kafka, 0, COMMITTED)).isEmpty();

            producer.commitTransaction();

            await().until(() -> latest(admin, IsolationLevel.READ_COMMITTED) == 3);
            assertThat(read(kafka, 0, COMMITTED)).containsExactly("first", "second");
        }
    }

    @Test
    void a_waiting_reader_gets_a_transaction_when_it_commits(KafkaEndpoint kafka) throws Exception {
        try (var producer = transactional(kafka);
                var consumer = kafka.consumer(COMMITTED, "fetch.max.wait.ms=20000")) {
            consumer.assign(List.of(new TopicPartition(topic, 0)));
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(topic, 0, "k", "value")).get();
            assertThat(consumer.poll(Duration.ofMillis(500))).isEmpty();

            producer.commitTransaction();

            long committed = System.nanoTime();
            assertThat(Polling.takeValues(consumer, 1)).containsExactly("value");
            assertThat(Duration.ofNanos(System.nanoTime() - committed)).isLessThan(Duration.ofSeconds(10));
        }
    }

    @Test
    void offsets_are_committed_with_the_transaction_or_not_at_all(KafkaEndpoint kafka, Admin admin) throws Exception {
        var group = Names.fresh("group");
        var source = new TopicPartition(topic, 0);
        try (var producer = transactional(kafka);
                var consumer = kafka.consumer("group.id=" + group)) {
            for (long offset = 1; offset <= 6; offset++) {
                producer.beginTransaction();
                producer.send(new ProducerRecord<>(topic, 1, "k", "v" + offset));
                producer.sendOffsetsToTransaction(
                        Map.of(source, new OffsetAndMetadata(offset)), consumer.groupMetadata());
                if (offset % 3 == 0) {
                    producer.abortTransaction();
                } else {
                    producer.commitTransaction();
                }
            }
        }

        await().until(() -> offset(admin, group, source) == 5);
        assertThat(read(kafka, 1, COMMITTED)).containsExactly("v1", "v2", "v4", "v5");
    }

    @Test
    void a_group_that_copies_a_topic_exactly_once_is_taken_over_in_the_middle(KafkaEndpoint kafka, Admin admin)
            throws Exception {
        var target = Topics.create(admin, 1);
        try (var producer = kafka.producer()) {
            IntStream.range(0, 2_000).forEach(i -> producer.send(new ProducerRecord<>(topic, i % 2, "k", "v" + i)));
        }
        var group = Names.fresh("group");
        copy(kafka, group, target, 700, false);
        copy(kafka, group, target, 600, true); // dies with a transaction open
        copy(kafka, group, target, Integer.MAX_VALUE, false);

        try (var consumer = kafka.consumer(COMMITTED)) {
            consumer.assign(List.of(new TopicPartition(target, 0)));
            var copied = Polling.takeValues(consumer, 2_000);
            assertThat(copied).hasSize(2_000).doesNotHaveDuplicates();
            assertThat(consumer.poll(Duration.ofSeconds(1))).isEmpty();
        }
    }

    @Test
    void a_producer_that_was_replaced_is_fenced(KafkaEndpoint kafka) throws Exception {
        try (var zombie = transactional(kafka)) {
            zombie.beginTransaction();
            zombie.send(new ProducerRecord<>(topic, 0, "k", "zombie")).get();
            try (var next = transactional(kafka)) {
                next.beginTransaction();
                next.send(new ProducerRecord<>(topic, 0, "k", "next")).get();

                assertThatThrownBy(zombie::commitTransaction).isInstanceOf(ProducerFencedException.class);
                next.commitTransaction();
            }
        }

        assertThat(read(kafka, 0, COMMITTED)).containsExactly("next");
    }

    @Test
    void a_transaction_that_takes_too_long_is_aborted_by_the_broker(KafkaEndpoint kafka, Admin admin) throws Exception {
        try (var producer = transactional(kafka, "transaction.timeout.ms=1000")) {
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(topic, 0, "k", "slow")).get();
            assertThat(state(admin)).isEqualTo(TransactionState.ONGOING);

            await().atMost(Duration.ofSeconds(40)).until(() -> state(admin) == TransactionState.COMPLETE_ABORT);

            assertThatThrownBy(producer::commitTransaction).isInstanceOf(KafkaException.class);
        }
        assertThat(read(kafka, 0, COMMITTED)).isEmpty();
        assertThat(read(kafka, 0)).containsExactly("slow");
    }

    @Test
    void many_small_transactions_after_each_other(KafkaEndpoint kafka) {
        try (var producer = transactional(kafka)) {
            for (int i = 0; i < 500; i++) {
                producer.beginTransaction();
                producer.send(new ProducerRecord<>(topic, 0, "k", Integer.toString(i)));
                commit(producer);
            }
        }

        assertThat(read(kafka, 0, COMMITTED))
                .isEqualTo(IntStream.range(0, 500).mapToObj(Integer::toString).toList());
    }

    @Test
    void one_transaction_in_a_hundred_partitions_with_compression(KafkaEndpoint kafka, Admin admin) throws Exception {
        var wide = Topics.create(admin, 100);
        try (var producer = transactional(kafka, "compression.type=lz4", "linger.ms=5")) {
            for (boolean commit : new boolean[] {false, true}) {
                producer.beginTransaction();
                for (int i = 0; i < 1_000; i++) {
                    producer.send(new ProducerRecord<>(wide, i % 100, "k", commit + " " + i));
                }
                if (commit) {
                    commit(producer);
                } else {
                    producer.abortTransaction();
                }
            }
        }

        try (var consumer = kafka.consumer(COMMITTED)) {
            consumer.assign(IntStream.range(0, 100)
                    .mapToObj(index -> new TopicPartition(wide, index))
                    .toList());
            assertThat(Polling.takeValues(consumer, 1_000)).hasSize(1_000).allMatch(value -> value.startsWith("true"));
        }
    }

    @Test
    void operators_list_describe_and_fence_transactional_ids(KafkaEndpoint kafka, Admin admin) throws Exception {
        try (var producer = transactional(kafka)) {
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(topic, 1, "k", "v")).get();

            var described = Topics.await(admin.describeTransactions(List.of(id)).description(id));
            assertThat(described.state()).isEqualTo(TransactionState.ONGOING);
            assertThat(described.topicPartitions()).containsExactly(new TopicPartition(topic, 1));
            assertThat(described.transactionStartTimeMs()).isPresent();
            assertThat(Topics.await(admin.listTransactions().all()))
                    .anyMatch(listing -> listing.transactionalId().equals(id));
            Topics.await(admin.fenceProducers(List.of(id)).all());

            assertThatThrownBy(producer::commitTransaction).isInstanceOf(KafkaException.class);
        }
        assertThatThrownBy(() -> Topics.await(
                        admin.describeTransactions(List.of("nobody's")).description("nobody's")))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(TransactionalIdNotFoundException.class);
        assertThat(read(kafka, 1, COMMITTED)).isEmpty();
    }

    @Test
    void the_topic_of_states_can_be_read(KafkaEndpoint kafka) {
        try (var producer = transactional(kafka)) {
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(topic, 0, "k", "v"));
            commit(producer);
        }

        try (var consumer = kafka.consumer("exclude.internal.topics=false")) {
            var partitions = consumer.partitionsFor("__transaction_state");
            assertThat(partitions).hasSize(50);
        }
    }

    /// librdkafka speaks the first version of transactions.
    @Test
    void behaviours_that_librdkafka_relies_on(KafkaEndpoint kafka) throws Exception {
        Program.assumeWorks("python3-confluent-kafka", "/usr/bin/python3", "-c", "import confluent_kafka");

        assertThat(Program.python(kafka.environment(), "librdkafka_transactions.py")
                        .finish())
                .filteredOn(line -> !line.startsWith("%")) // its own log
                .containsExactly(
                        "commit and abort", "offsets with the transaction", "a zombie is fenced", "many transactions");
    }

    private KafkaProducer<String, String> transactional(KafkaEndpoint kafka, String... settings) {
        var all = new ArrayList<>(List.of(settings));
        all.add("transactional.id=" + id);
        var producer = kafka.producer(all.toArray(String[]::new));
        producer.initTransactions();
        return producer;
    }

    /// Commits what has arrived. Kafka's producer asks whether a batch is left, and then looks for a commit to send:
    /// if its thread is held up between the two, in `Sender.maybeSendAndPollTransactionalRequest`, the commit goes
    /// before the first batch, and Kafka answers INVALID_TXN_STATE like Headrace.
    private static void commit(KafkaProducer<String, String> producer) {
        producer.flush();
        producer.commitTransaction();
    }

    /// Reads what is sent to the topic and sends it on, offsets and records in one transaction, until `count` records
    /// were copied or nothing comes.
    private void copy(KafkaEndpoint kafka, String group, String target, int count, boolean die) throws Exception {
        try (var consumer = kafka.consumer(
                        COMMITTED, "group.id=" + group, "enable.auto.commit=false", "max.poll.records=100");
                var producer = transactional(kafka)) {
            consumer.subscribe(List.of(topic));
            long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
            for (int copied = 0, idle = 0; copied < count && idle < 10; ) {
                assertThat(System.nanoTime()).isLessThan(deadline);
                var records = consumer.poll(Duration.ofMillis(300));
                idle = records.isEmpty() && !consumer.assignment().isEmpty() ? idle + 1 : 0;
                if (records.isEmpty()) {
                    continue;
                }
                producer.beginTransaction();
                var offsets = new HashMap<TopicPartition, OffsetAndMetadata>();
                for (ConsumerRecord<String, String> record : records) {
                    producer.send(new ProducerRecord<>(target, 0, record.key(), record.value()));
                    offsets.put(
                            new TopicPartition(record.topic(), record.partition()),
                            new OffsetAndMetadata(record.offset() + 1));
                }
                producer.sendOffsetsToTransaction(offsets, consumer.groupMetadata());
                copied += records.count();
                if (die && copied >= count) {
                    producer.flush();
                    producer.close(Duration.ZERO); // without a word to the coordinator
                    return;
                }
                producer.commitTransaction();
            }
        }
    }

    private List<String> read(KafkaEndpoint kafka, int index, String... settings) {
        try (var consumer = kafka.consumer(settings)) {
            return Polling.map(Polling.readAll(consumer, new TopicPartition(topic, index)), ConsumerRecord::value);
        }
    }

    private long latest(Admin admin, IsolationLevel isolation) throws Exception {
        var partition = new TopicPartition(topic, 0);
        return Topics.await(admin.listOffsets(Map.of(partition, OffsetSpec.latest()), new ListOffsetsOptions(isolation))
                        .partitionResult(partition))
                .offset();
    }

    private static long offset(Admin admin, String group, TopicPartition partition) throws Exception {
        var offset = Topics.await(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata())
                .get(partition);
        return offset == null ? -1 : offset.offset();
    }

    private TransactionState state(Admin admin) throws Exception {
        return Topics.await(admin.describeTransactions(List.of(id)).description(id))
                .state();
    }
}
