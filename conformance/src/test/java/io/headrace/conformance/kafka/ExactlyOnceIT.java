package io.headrace.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.headrace.conformance.Program;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Goal: each input of an application that works in transactions counts once, whenever the application or the broker is
/// killed; what was aborted is never seen, and nothing that was left open holds readers back for long (acceptance C3).
/// Method: two instances of the application and the broker are processes of their own and get SIGKILL at random
/// moments, while a reader of committed records looks at each output.
///
/// `-Dheadrace.inputs=500000 -Dheadrace.kills=100` is the long form, for each application; `-Dheadrace.seed=N` repeats
/// the order of the kills and the moments.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ExactlyOnceIT {
    private static final int INPUTS = Integer.getInteger("headrace.inputs", 20_000);
    private static final int KILLS = Integer.getInteger("headrace.kills", 6);
    private static final int KEYS = 50;
    private static final int PARTITIONS = 4;
    private static final int INSTANCES = 2;
    private static final String INPUT = "inputs";
    private static final String OUTPUT = "outputs";
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final long seed = Long.getLong("headrace.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final Set<String> seen = new HashSet<>();
    private final List<String> wrong = new CopyOnWriteArrayList<>();
    private int fed;

    @TempDir
    Path folder;

    /// What runs, and which output the `n`th input gives.
    private enum Application {
        JAVA {
            @Override
            Program start(KafkaEndpoint kafka, Path folder, String member) {
                return Tools.start(kafka, ReadProcessWrite.class.getName(), INPUT, OUTPUT, member);
            }
        },
        LIBRDKAFKA {
            @Override
            Program start(KafkaEndpoint kafka, Path folder, String member) {
                Program.assumeWorks("python3-confluent-kafka", "/usr/bin/python3", "-c", "import confluent_kafka");
                return Program.python(kafka.environment(), "exactly_once.py", INPUT, OUTPUT, member);
            }
        },
        STREAMS {
            @Override
            Program start(KafkaEndpoint kafka, Path folder, String member) {
                var directory = folder.resolve(member).toString();
                return Tools.start(
                        kafka,
                        StreamsApplication.class.getName(),
                        "words",
                        INPUT,
                        OUTPUT,
                        directory,
                        "processing.guarantee=exactly_once_v2",
                        "group.instance.id=" + member);
            }

            @Override
            String input(int n) {
                return key(n);
            }

            @Override
            String output(int n) {
                return key(n) + " " + (n / KEYS + 1);
            }

            @Override
            String output(ConsumerRecord<String, String> record) {
                return record.key() + " " + record.value();
            }
        };

        abstract Program start(KafkaEndpoint kafka, Path folder, String member);

        static String key(int n) {
            return "word" + n % KEYS;
        }

        String input(int n) {
            return Integer.toString(n);
        }

        String output(int n) {
            return input(n);
        }

        String output(ConsumerRecord<String, String> record) {
            return record.value();
        }
    }

    @ParameterizedTest
    @EnumSource
    void each_input_counts_once_over_kills(Application application) throws Exception {
        System.out.println("ExactlyOnceIT: " + application + ", -Dheadrace.seed=" + seed);
        var instances = new ArrayList<Program>();
        try (var broker = Node.start(folder);
                var admin = broker.endpoint().admin();
                var producer = broker.endpoint().producer("reconnect.backoff.max.ms=200");
                var reader = broker.endpoint().consumer("isolation.level=read_committed")) {
            Topics.create(admin, INPUT, PARTITIONS);
            Topics.create(admin, OUTPUT, PARTITIONS);
            reader.assign(partitions(OUTPUT));
            for (int i = 0; i < INSTANCES; i++) {
                instances.add(application.start(broker.endpoint(), folder, "member" + i));
            }

            for (int kill = 0; kill < KILLS; kill++) {
                feed(producer, application, INPUTS / (KILLS + 1));
                int more = 1 + random.nextInt(Math.max(1, fed - seen.size()));
                awaitSeen(reader, application, Math.min(fed, seen.size() + more), instances);
                kill(random.nextInt(INSTANCES + 1), application, instances, broker);
            }
            feed(producer, application, INPUTS - fed);
            producer.flush();
            awaitSeen(reader, application, INPUTS, instances);
            instances.forEach(Program::kill);

            awaitNothingOpen(admin);
            readToTheEnd(reader, application);
        } finally {
            instances.forEach(Program::kill);
        }
        assertThat(wrong).as("seed " + seed).isEmpty();
    }

    private void feed(KafkaProducer<String, String> producer, Application application, int count) {
        for (int end = fed + count; fed < end; fed++) {
            var input = new ProducerRecord<>(INPUT, Application.key(fed), application.input(fed));
            producer.send(input, (place, failure) -> {
                if (failure != null) {
                    wrong.add("an input was refused: " + failure);
                }
            });
        }
    }

    private void kill(int which, Application application, List<Program> instances, Node broker) throws Exception {
        if (which < INSTANCES) {
            instances.get(which).kill();
            instances.set(which, application.start(broker.endpoint(), folder, "member" + which));
        } else {
            broker.kill();
            broker.restart();
        }
    }

    private void awaitSeen(
            KafkaConsumer<String, String> reader, Application application, int count, List<Program> instances) {
        await().pollInterval(Duration.ofMillis(1)).atMost(PATIENCE).untilAsserted(() -> {
            read(reader, application);
            assertThat(wrong).as("seed " + seed).isEmpty();
            assertThat(seen.size())
                    .as(
                            "outputs, seed %d; the instances said %s",
                            seed, instances.stream().map(Program::said).toList())
                    .isGreaterThanOrEqualTo(count);
        });
    }

    private void read(KafkaConsumer<String, String> reader, Application application) {
        for (var record : reader.poll(Duration.ofMillis(100))) {
            var output = application.output(record);
            if (output.startsWith(ReadProcessWrite.ABORTED)) {
                wrong.add("was aborted and is seen: " + record);
            } else if (!seen.add(output)) {
                wrong.add("counted twice: " + record);
            }
        }
    }

    private void readToTheEnd(KafkaConsumer<String, String> reader, Application application) {
        var ends = reader.endOffsets(partitions(OUTPUT));
        await().atMost(PATIENCE).until(() -> {
            read(reader, application);
            return ends.entrySet().stream().allMatch(end -> reader.position(end.getKey()) >= end.getValue());
        });
        assertThat(seen)
                .isEqualTo(
                        IntStream.range(0, INPUTS).mapToObj(application::output).collect(Collectors.toSet()));
    }

    /// What an instance left open when it was killed is aborted when its time is over.
    private static void awaitNothingOpen(Admin admin) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            for (String topic : List.of(INPUT, OUTPUT)) {
                assertThat(ends(admin, topic, IsolationLevel.READ_COMMITTED))
                        .isEqualTo(ends(admin, topic, IsolationLevel.READ_UNCOMMITTED));
            }
        });
    }

    private static Map<TopicPartition, Long> ends(Admin admin, String topic, IsolationLevel isolation)
            throws Exception {
        var latest = partitions(topic).stream()
                .collect(Collectors.toMap(partition -> partition, partition -> OffsetSpec.latest()));
        return Topics.await(admin.listOffsets(latest, new ListOffsetsOptions(isolation))
                        .all())
                .entrySet()
                .stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, each -> each.getValue().offset()));
    }

    private static List<TopicPartition> partitions(String topic) {
        return IntStream.range(0, PARTITIONS)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
    }
}
