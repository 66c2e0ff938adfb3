package io.headrace.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// Goal: partitions are added to a topic while it is written and read: nothing is lost, and from then on keys lie where
/// the client's partitioner says (acceptance H4).
@ExtendWith(RealKafka.class)
@Execution(ExecutionMode.CONCURRENT)
@DisplayNameGeneration(ReplaceUnderscores.class)
class GrowingTopicIT {
    private static final int BEFORE = 3;
    private static final int AFTER = 8;
    private static final int KEYS = 100;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Map<String, Integer> lastPlaces = new ConcurrentHashMap<>(); // by key
    private volatile boolean sending = true;
    private volatile int sent;

    @Test
    void a_keyed_producer_and_a_group_go_on_while_partitions_are_added(KafkaEndpoint kafka, Admin admin)
            throws Exception {
        var topic = Topics.create(admin, BEFORE);
        try (var member = Member.join(kafka, topic, topic, "metadata.max.age.ms=300")) {
            var producing = Thread.ofPlatform().start(() -> produce(kafka, topic));
            await().atMost(PATIENCE).until(() -> lastPlaces.size() == KEYS);
            Tools.run(
                    kafka,
                    "org.apache.kafka.tools.TopicCommand",
                    "--alter",
                    "--topic",
                    topic,
                    "--partitions",
                    Integer.toString(AFTER));
            await().atMost(PATIENCE)
                    .until(() -> lastPlaces.entrySet().stream()
                            .allMatch(each -> each.getValue() == partition(each.getKey(), AFTER)));
            sending = false;
            producing.join();

            member.awaitValues(sent);
            assertThat(member.partitions()).hasSize(AFTER);
            assertThat(new TreeSet<>(member.values())).hasSize(sent);
        }
        checkPlaces(kafka, topic);
    }

    private void produce(KafkaEndpoint kafka, String topic) {
        try (var producer = kafka.producer("metadata.max.age.ms=300", "linger.ms=1")) {
            for (int i = 0; sending; i++) {
                var key = "key" + i % KEYS;
                producer.send(new ProducerRecord<>(topic, key, key + "/" + i), (place, failure) -> {
                    if (failure == null) {
                        lastPlaces.put(key, place.partition());
                    }
                });
                sent = i + 1;
                if (sent % KEYS == 0) {
                    producer.flush(); // or millions are sent meanwhile
                }
            }
        }
    }

    private static int partition(String key, int partitions) {
        return Utils.toPositive(Utils.murmur2(key.getBytes())) % partitions;
    }

    /// Each partition has the records of its keys in their order; a key that has moved has not come back.
    private void checkPlaces(KafkaEndpoint kafka, String topic) {
        var numbers = new HashMap<String, List<Integer>>(); // by key and partition
        try (var consumer = kafka.consumer()) {
            for (int partition = 0; partition < AFTER; partition++) {
                for (var record : Polling.readAll(consumer, new TopicPartition(topic, partition))) {
                    assertThat(partition).isIn(partition(record.key(), BEFORE), partition(record.key(), AFTER));
                    int number = Integer.parseInt(record.value().split("/")[1]);
                    numbers.computeIfAbsent(record.key() + " in " + partition, any -> new ArrayList<>())
                            .add(number);
                }
            }
        }
        IntStream.range(0, KEYS).mapToObj(key -> "key" + key).forEach(key -> {
            var all = new ArrayList<>(numbers.getOrDefault(key + " in " + partition(key, BEFORE), List.of()));
            if (partition(key, BEFORE) != partition(key, AFTER)) {
                all.addAll(numbers.getOrDefault(key + " in " + partition(key, AFTER), List.of()));
            }
            assertThat(all).as(key).isSorted().doesNotHaveDuplicates();
        });
        assertThat(numbers.values().stream().mapToInt(List::size).sum()).isEqualTo(sent);
    }
}
