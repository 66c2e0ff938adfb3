package io.headrace.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.headrace.conformance.BrokerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// Goal: share groups as Kafka's own consumer and tools use them (acceptance D7). Method: the same tests run against a
/// real Kafka with `-Dheadrace.kafka=host:port`.
@ExtendWith(RealKafka.class)
@Execution(ExecutionMode.CONCURRENT) // most of it is waiting for locks
@DisplayNameGeneration(ReplaceUnderscores.class)
class ShareGroupsIT {
    private static final String SHARE_GROUPS = "org.apache.kafka.tools.consumer.group.ShareGroupCommand";
    private static final String CONSOLE = "org.apache.kafka.tools.consumer.ConsoleShareConsumer";
    private static final String CONFIGS = "kafka.admin.ConfigCommand";
    private static final String EXPLICIT = "share.acknowledgement.mode=explicit";
    private static final String EXACTLY = "share.acquire.mode=record_limit";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void what_was_accepted_does_not_come_again(KafkaEndpoint kafka, Admin admin) throws Exception {
        var topic = topic(kafka, admin, 20);
        try (var consumer = subscribed(kafka, topic)) {
            assertThat(values(take(consumer, 20, _ -> {}))).isEqualTo(numbered(0, 20));
            commit(consumer);
        }
        produce(kafka, topic, 20, 25);

        try (var consumer = subscribed(kafka, topic)) {
            assertThat(values(take(consumer, 5, _ -> {}))).isEqualTo(numbered(20, 25));
            commit(consumer);
        }
        assertThat(lag(admin, topic)).isZero();
    }

    @Test
    void what_is_released_comes_again_and_what_is_rejected_does_not(KafkaEndpoint kafka, Admin admin) throws Exception {
        var topic = topic(kafka, admin, 4);
        try (var consumer = subscribed(kafka, topic, EXPLICIT)) {
            var first = take(
                    consumer,
                    4,
                    record -> consumer.acknowledge(
                            record,
                            switch (record.value()) {
                                case "m1" -> AcknowledgeType.RELEASE;
                                case "m2" -> AcknowledgeType.REJECT;
                                default -> AcknowledgeType.ACCEPT;
                            }));
            assertThat(first).allMatch(record -> record.deliveryCount().get() == 1);

            var second = take(consumer, 1, consumer::acknowledge);

            assertThat(values(second)).containsExactly("m1");
            assertThat(second.getFirst().deliveryCount()).hasValue((short) 2);
            commit(consumer);
            assertThat(lag(admin, topic)).isZero();
        }
    }

    @Test
    void a_record_that_comes_back_five_times_is_given_up(KafkaEndpoint kafka, Admin admin) throws Exception {
        var topic = topic(kafka, admin, 1);
        try (var consumer = subscribed(kafka, topic, EXPLICIT)) {
            for (int delivery = 1; delivery <= 5; delivery++) {
                var taken = take(consumer, 1, record -> consumer.acknowledge(record, AcknowledgeType.RELEASE));
                assertThat(taken.getFirst().deliveryCount()).hasValue((short) delivery);
                commit(consumer);
            }
            produce(kafka, topic, 1, 2);

            assertThat(values(take(consumer, 1, consumer::acknowledge))).containsExactly("m1");
        }
    }

    @Test
    void a_record_that_is_kept_too_long_goes_to_another_unless_it_is_renewed(KafkaEndpoint kafka, Admin admin)
            throws Exception {
        var topic = topic(kafka, admin, 2, "share.record.lock.duration.ms=15000");
        try (var slow = subscribed(kafka, topic, EXPLICIT);
                var other = kafka.shareConsumer(topic, EXPLICIT)) {
            var held = take(slow, 2, _ -> {});
            long renewed = System.nanoTime();
            other.subscribe(List.of(topic));
            // the renewal of one comes when half of the other's time is over
            await().pollDelay(Duration.ofSeconds(8)).atMost(PATIENCE).until(() -> true);
            slow.acknowledge(held.get(0), AcknowledgeType.RENEW);
            slow.acknowledge(held.get(1), AcknowledgeType.RENEW);
            slow.commitSync();
            long before = System.nanoTime();

            var taken = take(other, 2, other::acknowledge);

            assertThat(taken).allMatch(record -> record.deliveryCount().get() == 2);
            assertThat(Duration.ofNanos(System.nanoTime() - renewed)).isGreaterThan(Duration.ofSeconds(20));
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(Duration.ofSeconds(12));
        }
    }

    @Test
    void two_consumers_share_one_partition(KafkaEndpoint kafka, Admin admin) throws Exception {
        var topic = topic(kafka, admin, 0);
        try (var one = subscribed(kafka, topic, EXACTLY, "max.poll.records=10");
                var other = subscribed(kafka, topic, EXACTLY, "max.poll.records=10")) {
            poll(one);
            poll(other);
            produce(kafka, topic, 0, 1_000);
            var ones = new TreeSet<String>();
            var others = new TreeSet<String>();

            await().atMost(PATIENCE).until(() -> {
                poll(one).forEach(record -> ones.add(record.value()));
                poll(other).forEach(record -> others.add(record.value()));
                return ones.size() + others.size() >= 1_000;
            });

            assertThat(ones).isNotEmpty().doesNotContainAnyElementsOf(others);
            assertThat(others).isNotEmpty();
            var all = new TreeSet<>(ones);
            all.addAll(others);
            assertThat(all).hasSize(1_000);
        }
    }

    @Test
    void what_a_killed_consumer_had_goes_to_another_at_once(KafkaEndpoint kafka, Admin admin) throws Exception {
        var topic = topic(kafka, admin, 50);
        try (var victim = Tools.start(kafka, ShareConsumerProcess.class.getName(), topic)) {
            String line;
            do {
                line = victim.line();
            } while (!line.equals("holding"));

            victim.kill();
        }

        long killed = System.nanoTime();
        try (var heir = subscribed(kafka, topic, EXPLICIT)) {
            var taken = take(heir, 50, heir::acknowledge);
            assertThat(values(taken)).isEqualTo(numbered(0, 50));
            assertThat(taken).allMatch(record -> record.deliveryCount().get() == 2);
            assertThat(Duration.ofNanos(System.nanoTime() - killed)).isLessThan(Duration.ofSeconds(25));
        }
    }

    @Test
    void partitions_that_are_added_are_shared_too(KafkaEndpoint kafka, Admin admin) throws Exception {
        var topic = topic(kafka, admin, 5);
        try (var consumer = subscribed(kafka, topic)) {
            take(consumer, 5, _ -> {});
            Topics.await(admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(2)))
                    .all());
            try (var producer = kafka.producer()) {
                producer.send(new ProducerRecord<>(topic, 1, null, "new")).get();
            }

            assertThat(values(take(consumer, 1, _ -> {}))).containsExactly("new");
        }
    }

    @Test
    void a_topic_that_is_deleted_and_made_again_is_read_from_its_start(KafkaEndpoint kafka, Admin admin)
            throws Exception {
        var topic = topic(kafka, admin, 5);
        try (var consumer = subscribed(kafka, topic)) {
            take(consumer, 5, _ -> {});
            poll(consumer);
            Topics.await(admin.deleteTopics(List.of(topic)).all());
            Topics.create(admin, topic, 1);
            produce(kafka, topic, 0, 3);

            assertThat(values(take(consumer, 3, _ -> {}))).isEqualTo(numbered(0, 3));
        }
    }

    @Test
    void the_tool_lists_describes_resets_and_deletes(KafkaEndpoint kafka, Admin admin) throws Exception {
        var topic = topic(kafka, admin, 10);
        try (var consumer = subscribed(kafka, topic)) {
            take(consumer, 10, _ -> {});
            commit(consumer);
            assertThat(Tools.run(kafka, SHARE_GROUPS, "--list")).contains(topic);
            assertThat(row(Tools.run(kafka, SHARE_GROUPS, "--describe", "--group", topic, "--state"), topic))
                    .contains("Stable", "1");
            assertThat(row(Tools.run(kafka, SHARE_GROUPS, "--describe", "--group", topic, "--members"), topic))
                    .contains(topic + ":0");
        }
        // Kafka's start lags behind what is done with until something more is acknowledged; the lag does not
        var offsets = row(Tools.run(kafka, SHARE_GROUPS, "--describe", "--group", topic, "--offsets"), topic);
        assertThat(offsets).startsWith(topic, topic, "0").endsWith("0");
        assertThat(offsets.get(3)).isIn("0", "10");

        assertThat(Tools.run(
                        kafka,
                        SHARE_GROUPS,
                        "--reset-offsets",
                        "--group",
                        topic,
                        "--topic",
                        topic,
                        "--to-earliest",
                        "--execute"))
                .anyMatch(line -> line.matches(topic + " +" + topic + " +0 +0 *"));
        try (var consumer = subscribed(kafka, topic)) {
            assertThat(values(take(consumer, 10, _ -> {}))).isEqualTo(numbered(0, 10));
        }
        Tools.run(kafka, SHARE_GROUPS, "--delete-offsets", "--group", topic, "--topic", topic);
        assertThat(Tools.run(kafka, SHARE_GROUPS, "--delete", "--group", topic))
                .anyMatch(line -> line.contains("was successful"));
        assertThat(Tools.run(kafka, SHARE_GROUPS, "--list")).doesNotContain(topic);
    }

    @Test
    void the_settings_of_a_group_are_set_and_shown(KafkaEndpoint kafka, Admin admin) throws Exception {
        var group = Topics.create(admin, 1);
        var of = new String[] {"--entity-type", "groups", "--entity-name", group};

        Tools.run(
                kafka,
                CONFIGS,
                words(
                        of,
                        "--alter",
                        "--add-config",
                        "share.isolation.level=read_committed,share.delivery.count.limit=7"));

        assertThat(Tools.run(kafka, CONFIGS, words(of, "--describe")))
                .anyMatch(line -> line.startsWith("  share.isolation.level=read_committed sensitive=false"))
                .anyMatch(line -> line.startsWith("  share.delivery.count.limit=7 sensitive=false"));
    }

    @Test
    void the_console_consumer_prints_and_accepts(KafkaEndpoint kafka, Admin admin) throws Exception {
        var topic = topic(kafka, admin, 10);

        var printed = Tools.run(
                kafka, CONSOLE, "--topic", topic, "--group", topic, "--max-messages", "10", "--timeout-ms", "30000");

        assertThat(printed).containsAll(numbered(0, 10));
        await().atMost(PATIENCE).until(() -> lag(admin, topic) == 0);
    }

    @Test
    void what_was_accepted_is_kept_when_the_broker_is_killed(@TempDir Path data) throws Exception {
        try (var broker = BrokerProcess.start(data)) {
            var kafka = new KafkaEndpoint("127.0.0.1", broker.port("kafka"));
            var accepted = new TreeSet<String>();
            String topic;
            try (var admin = kafka.admin()) {
                topic = topic(kafka, admin, 3_000);
            }
            try (var consumer = subscribed(kafka, topic, EXPLICIT, EXACTLY, "max.poll.records=100")) {
                for (int round = 0; round < 5; round++) {
                    for (int batch = 0; batch < 4; batch++) {
                        var now = new ArrayList<String>();
                        take(consumer, 50, record -> {
                            boolean accepts = Integer.parseInt(record.value().substring(1)) % 3 != 0
                                    || record.deliveryCount().get() > 1;
                            consumer.acknowledge(record, accepts ? AcknowledgeType.ACCEPT : AcknowledgeType.RELEASE);
                            assertThat(accepted).doesNotContain(record.value());
                            if (accepts) {
                                now.add(record.value());
                            }
                        });
                        commit(consumer);
                        accepted.addAll(now);
                    }
                    broker.kill();
                    broker.start();
                }
                await().atMost(PATIENCE).until(() -> {
                    for (var record : poll(consumer)) {
                        assertThat(accepted).doesNotContain(record.value());
                        accepted.add(record.value());
                        consumer.acknowledge(record);
                    }
                    consumer.commitSync();
                    return accepted.size() == 3_000;
                });
            }
        }
    }

    // ---- what the tests share ----

    /// A topic of one partition, and a group of the same name that reads it from its start.
    private static String topic(KafkaEndpoint kafka, Admin admin, int records, String... groupConfigs)
            throws Exception {
        var topic = Topics.create(admin, 1);
        var all = Stream.concat(Stream.of("share.auto.offset.reset=earliest"), Arrays.stream(groupConfigs));
        Topics.await(admin.incrementalAlterConfigs(Map.of(
                        new ConfigResource(ConfigResource.Type.GROUP, topic),
                        all.map(word -> word.split("="))
                                .map(pair -> new AlterConfigOp(new ConfigEntry(pair[0], pair[1]), OpType.SET))
                                .toList()))
                .all());
        produce(kafka, topic, 0, records);
        return topic;
    }

    private static void produce(KafkaEndpoint kafka, String topic, int from, int to) {
        try (var producer = kafka.producer()) {
            IntStream.range(from, to).forEach(i -> producer.send(new ProducerRecord<>(topic, "m" + i)));
        }
    }

    private static KafkaShareConsumer<String, String> subscribed(
            KafkaEndpoint kafka, String topic, String... settings) {
        var consumer = kafka.shareConsumer(topic, settings);
        consumer.subscribe(List.of(topic));
        return consumer;
    }

    private static List<ConsumerRecord<String, String>> poll(KafkaShareConsumer<String, String> consumer) {
        var records = new ArrayList<ConsumerRecord<String, String>>();
        consumer.poll(Duration.ofMillis(200)).forEach(records::add);
        return records;
    }

    /// The next `count` records at least, each shown to `each` before the next poll.
    private static List<ConsumerRecord<String, String>> take(
            KafkaShareConsumer<String, String> consumer, int count, Consumer<ConsumerRecord<String, String>> each) {
        var taken = new ArrayList<ConsumerRecord<String, String>>();
        await().atMost(PATIENCE).until(() -> {
            var polled = poll(consumer);
            polled.forEach(each);
            taken.addAll(polled);
            return taken.size() >= count;
        });
        return taken;
    }

    private static void commit(KafkaShareConsumer<String, String> consumer) {
        assertThat(consumer.commitSync().values()).allMatch(failure -> failure.isEmpty());
    }

    private static List<String> values(List<ConsumerRecord<String, String>> records) {
        return Polling.map(records, ConsumerRecord::value);
    }

    private static List<String> numbered(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "m" + i).toList();
    }

    private static long lag(Admin admin, String group) throws Exception {
        var partition = new TopicPartition(group, 0);
        var asked = new ListShareGroupOffsetsSpec().topicPartitions(Set.of(partition));
        var offsets =
                Topics.await(admin.listShareGroupOffsets(Map.of(group, asked)).partitionsToOffsetInfo(group));
        return offsets.get(partition).lag().orElseThrow();
    }

    private static List<String> row(List<String> table, String first) {
        var row = table.stream().filter(line -> line.startsWith(first + " ")).findFirst();
        assertThat(row).as(String.join("\n", table)).isPresent();
        return List.of(row.get().trim().split(" +"));
    }

    private static String[] words(String[] first, String... then) {
        return Stream.of(first, then).flatMap(Arrays::stream).toArray(String[]::new);
    }
}
