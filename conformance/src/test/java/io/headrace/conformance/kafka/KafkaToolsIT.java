package io.headrace.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.conformance.Names;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// Goal: Kafka's own command line tools work from a shell (acceptance A4, D6, H2, H4).
@ExtendWith(RealKafka.class)
@Execution(ExecutionMode.CONCURRENT)
@DisplayNameGeneration(ReplaceUnderscores.class)
class KafkaToolsIT {
    private static final String TOPICS = "org.apache.kafka.tools.TopicCommand";
    private static final String CONFIGS = "kafka.admin.ConfigCommand";
    private static final String GROUPS = "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand";
    private static final String CONSOLE_PRODUCER = "org.apache.kafka.tools.ConsoleProducer";
    private static final String CONSOLE_CONSUMER = "org.apache.kafka.tools.consumer.ConsoleConsumer";
    private static final String GET_OFFSETS = "org.apache.kafka.tools.GetOffsetShell";
    private static final String DELETE_RECORDS = "org.apache.kafka.tools.DeleteRecordsCommand";
    private static final String PRODUCER_PERF = "org.apache.kafka.tools.ProducerPerformance";
    private static final String CONSUMER_PERF = "org.apache.kafka.tools.ConsumerPerformance";
    private static final String VERIFIABLE_PRODUCER = "org.apache.kafka.tools.VerifiableProducer";
    private static final String VERIFIABLE_CONSUMER = "org.apache.kafka.tools.VerifiableConsumer";
    private static final String TRANSACTIONS = "org.apache.kafka.tools.TransactionsCommand";
    private static final long TIME_ZERO = 1_700_000_000_000L;

    @Test
    void topics_are_created_described_grown_and_deleted(KafkaEndpoint kafka) throws Exception {
        var topic = Names.fresh("tools");

        assertThat(Tools.run(
                        kafka,
                        TOPICS,
                        "--create",
                        "--topic",
                        topic,
                        "--partitions",
                        "2",
                        "--config",
                        "retention.ms=99000"))
                .contains("Created topic " + topic + ".");
        Tools.run(kafka, TOPICS, "--alter", "--topic", topic, "--partitions", "3");
        var described = Tools.run(kafka, TOPICS, "--describe", "--topic", topic);
        assertThat(described.getFirst())
                .startsWith("Topic: " + topic + "\tTopicId: ")
                .contains("PartitionCount: 3\tReplicationFactor: 1")
                .contains("retention.ms=99000");
        assertThat(described.subList(1, 4)).allMatch(line -> line.contains("Leader: 1\tReplicas: 1\tIsr: 1"));
        assertThat(Tools.run(kafka, TOPICS, "--list")).contains(topic);
        Tools.run(kafka, TOPICS, "--delete", "--topic", topic);
        assertThat(Tools.run(kafka, TOPICS, "--list", "--exclude-internal"))
                .doesNotContain(topic, "__consumer_offsets");
    }

    @Test
    void configs_of_a_topic_are_set_shown_and_removed(KafkaEndpoint kafka, Admin admin) throws Exception {
        var topic = Topics.create(admin, 1);
        var of = new String[] {"--entity-type", "topics", "--entity-name", topic};

        Tools.run(
                kafka,
                CONFIGS,
                words(of, "--alter", "--add-config", "retention.ms=5000,cleanup.policy=[compact,delete]"));
        assertThat(Tools.run(kafka, CONFIGS, words(of, "--describe")))
                .anyMatch(line -> line.startsWith("  retention.ms=5000 sensitive=false"))
                .anyMatch(line -> line.startsWith("  cleanup.policy=compact,delete sensitive=false"));
        Tools.run(kafka, CONFIGS, words(of, "--alter", "--delete-config", "retention.ms"));
        assertThat(Tools.run(kafka, CONFIGS, words(of, "--describe", "--all")))
                .anyMatch(line -> line.startsWith("  retention.ms=604800000 sensitive=false"));
    }

    @Test
    void the_console_producer_and_consumer_carry_keys_and_headers(KafkaEndpoint kafka, Admin admin) throws Exception {
        var topic = Topics.create(admin, 1);

        Tools.startTool(
                        kafka,
                        CONSOLE_PRODUCER,
                        words(
                                new String[] {"--topic", topic},
                                properties(
                                        "--reader-property",
                                        "parse.key=true",
                                        "parse.headers=true",
                                        "key.separator=:")))
                .type("h:1\tkey 1:value 1", "h:2\tkey 2:value 2")
                .finish();

        assertThat(Tools.run(
                        kafka,
                        CONSOLE_CONSUMER,
                        words(
                                new String[] {"--topic", topic, "--from-beginning", "--max-messages", "2"},
                                properties(
                                        "--formatter-property",
                                        "print.key=true",
                                        "print.headers=true",
                                        "print.offset=true"))))
                .contains("Offset:0\th:1\tkey 1\tvalue 1", "Offset:1\th:2\tkey 2\tvalue 2");
    }

    @Test
    void offsets_are_printed_for_the_ends_and_for_a_time(KafkaEndpoint kafka, Admin admin) throws Exception {
        var topic = timedRecords(kafka, admin);

        assertThat(Tools.run(kafka, GET_OFFSETS, "--topic", topic)).containsExactly(topic + ":0:10");
        assertThat(Tools.run(kafka, GET_OFFSETS, "--topic", topic, "--time", "earliest"))
                .containsExactly(topic + ":0:0");
        assertThat(Tools.run(kafka, GET_OFFSETS, "--topic", topic, "--time", "max-timestamp"))
                .containsExactly(topic + ":0:9");
        assertThat(Tools.run(kafka, GET_OFFSETS, "--topic", topic, "--time", Long.toString(TIME_ZERO + 4_000)))
                .containsExactly(topic + ":0:4");
    }

    @Test
    void records_are_deleted_up_to_an_offset(KafkaEndpoint kafka, Admin admin, @TempDir Path folder) throws Exception {
        var topic = timedRecords(kafka, admin);
        var file = folder.resolve("offsets.json");
        Files.writeString(
                file,
                "{\"version\":1,\"partitions\":[{\"topic\":\"%s\",\"partition\":0,\"offset\":6}]}".formatted(topic));

        assertThat(Tools.run(kafka, DELETE_RECORDS, "--offset-json-file", file.toString()))
                .contains("partition: " + topic + "-0\tlow_watermark: 6");
    }

    @Test
    void a_group_is_described_with_its_lag_and_its_members(KafkaEndpoint kafka, Admin admin) throws Exception {
        var topic = timedRecords(kafka, admin);
        try (var member = Member.join(kafka, topic, topic, "client.id=worker", "auto.commit.interval.ms=100")) {
            member.awaitValues(10);
            List<String> row;
            do {
                var table = Tools.run(kafka, GROUPS, "--describe", "--group", topic);
                assertThat(table)
                        .anyMatch(
                                line -> line.matches(
                                        "GROUP +TOPIC +PARTITION +CURRENT-OFFSET +LOG-END-OFFSET +LAG +CONSUMER-ID +HOST +CLIENT-ID *"));
                row = cells(table, topic);
            } while (row.get(3).equals("-")); // not yet committed

            assertThat(row.subList(1, 6)).containsExactly(topic, "0", "10", "10", "0");
            assertThat(row.get(6)).startsWith("worker-");
            assertThat(row.get(8)).isEqualTo("worker");
            assertThat(Tools.run(kafka, GROUPS, "--list")).contains(topic);
            assertThat(cells(Tools.run(kafka, GROUPS, "--describe", "--group", topic, "--state"), topic))
                    .contains("Stable", "range", "1");
        }
    }

    /// Acceptance A4.
    @Test
    void the_offsets_of_a_group_are_reset_and_it_reads_history_again(KafkaEndpoint kafka, Admin admin)
            throws Exception {
        var topic = timedRecords(kafka, admin);
        try (var member = Member.join(kafka, topic, topic)) {
            member.awaitValues(10);
        }
        assertThat(reset(kafka, topic, "--to-earliest")).isEqualTo("0");
        assertThat(reset(kafka, topic, "--to-latest")).isEqualTo("10");
        assertThat(reset(kafka, topic, "--shift-by", "-3")).isEqualTo("7");
        assertThat(reset(kafka, topic, "--to-datetime", dateTime(TIME_ZERO + 5_000)))
                .isEqualTo("5");

        try (var member = Member.join(kafka, topic, topic)) {
            member.awaitValues(5);
            assertThat(member.values()).containsExactly("m5", "m6", "m7", "m8", "m9");
        }
        assertThat(Tools.run(kafka, GROUPS, "--delete", "--group", topic))
                .contains("Deletion of requested consumer groups ('" + topic + "') was successful.");
        assertThat(Tools.run(kafka, GROUPS, "--list")).doesNotContain(topic);
    }

    @Test
    void the_perf_tools_measure(KafkaEndpoint kafka, Admin admin) throws Exception {
        var topic = Topics.create(admin, 3);

        assertThat(Tools.run(
                        kafka,
                        PRODUCER_PERF,
                        "--topic",
                        topic,
                        "--num-records",
                        "20000",
                        "--record-size",
                        "100",
                        "--throughput",
                        "-1",
                        "--command-property",
                        "acks=all"))
                .anyMatch(line -> line.startsWith("20000 records sent, "));
        var measured =
                Tools.run(kafka, CONSUMER_PERF, "--topic", topic, "--num-records", "20000", "--timeout", "30000");
        assertThat(measured.getLast().split(", ")[4]).isEqualTo("20000");
    }

    @Test
    void the_verifiable_tools_agree(KafkaEndpoint kafka, Admin admin) throws Exception {
        var topic = Topics.create(admin, 2);

        var produced = Tools.run(kafka, VERIFIABLE_PRODUCER, "--topic", topic, "--max-messages", "500");
        assertThat(produced.getLast()).contains("\"sent\":500,\"acked\":500");
        assertThat(produced)
                .filteredOn(line -> line.contains("producer_send_success"))
                .hasSize(500);

        var consumed = Tools.run(
                kafka,
                VERIFIABLE_CONSUMER,
                "--topic",
                topic,
                "--group-id",
                topic,
                "--reset-policy",
                "earliest",
                "--max-messages",
                "500");
        assertThat(consumed)
                .anyMatch(line -> line.contains("\"offsets_committed\"") && line.contains("\"success\":true"));
        assertThat(consumed.stream()
                        .filter(line -> line.contains("\"records_consumed\""))
                        .mapToInt(line ->
                                Integer.parseInt(line.replaceAll(".*\"records_consumed\",\"count\":(\\d+).*", "$1")))
                        .sum())
                .isEqualTo(500);
    }

    @Test
    void transactions_are_listed_described_aborted_in_a_partition_and_terminated(KafkaEndpoint kafka, Admin admin)
            throws Exception {
        var topic = Topics.create(admin, 1);
        try (var producer = kafka.producer("transactional.id=" + topic)) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(topic, 0, "k", "v")).get();

            assertThat(cells(Tools.run(kafka, TRANSACTIONS, "list"), topic)).endsWith("Ongoing");
            assertThat(Tools.run(kafka, TRANSACTIONS, "describe", "--transactional-id", topic))
                    .anyMatch(line -> line.contains(topic) && line.contains("Ongoing") && line.contains(topic + "-0"));
            assertThat(transactionStart(kafka, topic)).isEqualTo("0");
            assertThat(Tools.run(kafka, TRANSACTIONS, "find-hanging", "--broker-id", "1"))
                    .noneMatch(line -> line.contains(topic));

            Tools.run(kafka, TRANSACTIONS, "abort", "--topic", topic, "--partition", "0", "--start-offset", "0");

            assertThat(transactionStart(kafka, topic)).isEqualTo("None");
            Tools.run(kafka, TRANSACTIONS, "forceTerminateTransaction", "--transactionalId", topic);
            assertThat(cells(Tools.run(kafka, TRANSACTIONS, "list"), topic).getLast())
                    .isIn("Empty", "PrepareAbort", "CompleteAbort");
            assertThatThrownBy(producer::commitTransaction).isInstanceOf(KafkaException.class);
        }
    }

    /// What the last column of the only producer says.
    private static String transactionStart(KafkaEndpoint kafka, String topic) throws InterruptedException {
        var table = Tools.run(kafka, TRANSACTIONS, "describe-producers", "--topic", topic, "--partition", "0");
        assertThat(table).hasSize(2);
        assertThat(table.getFirst().trim()).endsWith("CurrentTransactionStartOffset");
        return List.of(table.getLast().trim().split("\\s+")).getLast();
    }

    /// Ten records, a second apart.
    private static String timedRecords(KafkaEndpoint kafka, Admin admin) throws Exception {
        var topic = Topics.create(admin, 1, "retention.ms=-1");
        try (var producer = kafka.producer()) {
            IntStream.range(0, 10)
                    .forEach(i -> producer.send(new ProducerRecord<>(topic, 0, TIME_ZERO + i * 1_000L, "k", "m" + i)));
        }
        return topic;
    }

    /// @return the offset that the group has now
    private static String reset(KafkaEndpoint kafka, String topic, String... to) throws InterruptedException {
        var done = Tools.run(
                kafka,
                GROUPS,
                words(new String[] {"--reset-offsets", "--group", topic, "--topic", topic, "--execute"}, to));
        return cells(done, topic).get(3);
    }

    /// Of the row that begins with `first`.
    private static List<String> cells(List<String> table, String first) {
        var row = table.stream().filter(line -> line.startsWith(first + " ")).findFirst();
        assertThat(row).as(String.join("\n", table)).isPresent();
        return List.of(row.get().trim().split("\\s+"));
    }

    private static String dateTime(long millis) {
        return DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSXXX")
                .withZone(ZoneOffset.ofHours(1))
                .format(Instant.ofEpochMilli(millis));
    }

    /// Each value after its own `option`.
    private static String[] properties(String option, String... values) {
        return Arrays.stream(values).flatMap(value -> Stream.of(option, value)).toArray(String[]::new);
    }

    private static String[] words(String[] first, String... then) {
        return Stream.of(first, then).flatMap(Arrays::stream).toArray(String[]::new);
    }
}
