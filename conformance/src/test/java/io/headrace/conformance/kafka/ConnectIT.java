package io.headrace.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Goal: a worker of Kafka Connect with Debezium's connector carries the changes of a PostgreSQL through the broker as
/// it would through Kafka, also when both are killed at any moment: none is lost, and none comes twice where the worker
/// writes in transactions (acceptance G3, H3).
///
/// `-Dheadrace.changes=100000 -Dheadrace.kills=10` is the long form: so many changes, so many kills of the worker and
/// as
/// many of the broker. `-Dheadrace.seed=N` repeats changes and moments.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ConnectIT {
    private static final int CHANGES = Integer.getInteger("headrace.changes", 5_000);
    private static final int KILLS = Integer.getInteger("headrace.kills", 2);
    private static final String TOPIC = "shop.public.orders";
    private static final int PARTITIONS = 3;
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final long seed = Long.getLong("headrace.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final RowChanges changes = new RowChanges(new Random(seed));

    @TempDir
    Path folder;

    @Test
    void no_change_of_a_row_is_lost() throws Exception {
        try (var broker = start()) {
            follow(broker, "disabled");
        }

        assertThat(changes.wrong()).as("seed " + seed).isEmpty();
    }

    @Test
    void each_change_of_a_row_comes_once_from_a_worker_with_transactions() throws Exception {
        try (var broker = start()) {
            follow(broker, "enabled");
        }

        assertThat(changes.wrong()).as("seed " + seed).isEmpty();
        assertThat(changes.duplicates()).as("came twice, seed " + seed).isZero();
    }

    private Node start() throws IOException {
        ConnectInstallation.assumeThere();
        return Node.start(folder, "log.cleaner.backoff.ms=1000");
    }

    /// Changes rows, kills, and reads what comes until it is all there.
    private void follow(Node broker, String exactlyOnce) throws Exception {
        System.out.println("ConnectIT: exactly once " + exactlyOnce + ", -Dheadrace.seed=" + seed);
        try (var postgres = PostgresServer.start();
                var connection = postgres.connect();
                var worker = ConnectWorker.start(
                        broker.endpoint(), folder, "connect", "exactly.once.source.support=" + exactlyOnce);
                var reader = broker.endpoint()
                        .consumer("isolation.level=read_committed", "allow.auto.create.topics=false")) {
            RowChanges.createTable(connection);
            changes.fill(connection); // these the connector finds there
            worker.put("orders", debezium(postgres, exactlyOnce.equals("enabled") ? "required" : "requested"));
            worker.awaitRunning("orders");
            reader.assign(partitions());
            awaitSeen(reader, changes.committedCount());
            changes.change(connection, 100);
            worker.awaitOffset(
                    "orders", offset -> offset.has("lsn") && !offset.has("snapshot")); // else it reads all anew

            for (int kill = 0; kill < 2 * KILLS; kill++) {
                changes.change(connection, CHANGES / (2 * KILLS));
                awaitSeen(reader, changes.seenCount() + 1 + random.nextInt(CHANGES / (4 * KILLS)));
                if (kill % 2 == 0) {
                    worker.kill();
                    worker.restart();
                } else {
                    broker.kill();
                    broker.restart();
                }
            }

            awaitSeen(reader, changes.committedCount());
            readToTheEnd(reader);
            checkStateIsCompacted(broker.endpoint());
        }
        System.out.printf(
                "ConnectIT: %d changes, %d + %d kills, %d came twice%n",
                changes.committedCount(), KILLS, KILLS, changes.duplicates());
    }

    private static Map<String, String> debezium(PostgresServer postgres, String exactlyOnce) {
        return KafkaEndpoint.pairs(
                "connector.class=io.debezium.connector.postgresql.PostgresConnector",
                "tasks.max=1",
                "plugin.name=pgoutput",
                "database.hostname=127.0.0.1",
                "database.port=" + postgres.port(),
                "database.user=" + PostgresServer.USER,
                "database.password=",
                "database.dbname=" + PostgresServer.DATABASE,
                "topic.prefix=shop",
                "table.include.list=public.orders",
                "publication.autocreate.mode=filtered",
                "slot.retry.delay.ms=1000",
                "exactly.once.support=" + exactlyOnce,
                "topic.creation.default.replication.factor=1",
                "topic.creation.default.partitions=" + PARTITIONS);
    }

    private static List<TopicPartition> partitions() {
        return IntStream.range(0, PARTITIONS)
                .mapToObj(partition -> new TopicPartition(TOPIC, partition))
                .toList();
    }

    private void awaitSeen(KafkaConsumer<String, String> reader, int count) {
        await("%d changes come, seed %d".formatted(count, seed))
                .pollInterval(Duration.ofMillis(1))
                .atMost(PATIENCE)
                .untilAsserted(() -> {
                    read(reader);
                    assertThat(changes.seenCount()).isGreaterThanOrEqualTo(count);
                });
    }

    private void readToTheEnd(KafkaConsumer<String, String> reader) {
        var ends = reader.endOffsets(partitions());
        await().atMost(PATIENCE).until(() -> {
            read(reader);
            return ends.entrySet().stream().allMatch(end -> reader.position(end.getKey()) >= end.getValue());
        });
    }

    private void read(KafkaConsumer<String, String> reader) {
        for (var record : reader.poll(Duration.ofMillis(100))) {
            if (record.value() != null) { // else the tombstone after a delete
                saw(parse(record.value()));
            }
        }
    }

    private static JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void saw(JsonNode event) {
        var kind = switch (event.path("op").asText()) {
            case "r", "c" -> "insert"; // a row that was there before is read
            case "u" -> "update";
            case "d" -> "delete";
            default -> throw new IllegalStateException("an event that Debezium does not have: " + event);
        };
        var row = event.path(kind.equals("delete") ? "before" : "after");
        changes.saw(row.path("id").asInt(), kind + " " + row.path("change").asLong());
    }

    private static void checkStateIsCompacted(KafkaEndpoint kafka) throws Exception {
        try (var admin = kafka.admin()) {
            for (String kind : List.of("configs", "offsets", "status")) {
                var topic = new ConfigResource(ConfigResource.Type.TOPIC, "connect." + kind);
                var config = Topics.await(admin.describeConfigs(List.of(topic)).all());
                assertThat(config.get(topic).get("cleanup.policy").value()).isEqualTo("compact");
            }
        }
    }
}
