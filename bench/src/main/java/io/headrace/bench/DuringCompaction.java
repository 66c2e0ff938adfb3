package io.headrace.bench;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// What producers still get done while a topic is compacted. A topic is filled with records of random keys and may then
/// be compacted; the same records go on into another topic, for some seconds while the budget of compaction is a byte,
/// which is the rate without, and for some while there is no limit, in turn. What neighbours do to the machine is then
/// the same for both. When the first topic has become small it is over, and another one is filled.
///
/// @param bytes of a value
/// @param mebibytes of values that are compacted at a time
/// @param pairs that are wanted, of so many seconds without and with
/// @param lookSeconds after which the broker surely has begun to compact
record DuringCompaction(int keys, int bytes, int mebibytes, int pairs, int windowSeconds, int lookSeconds)
        implements KafkaWorkload {
    private static final Duration WARM = Duration.ofSeconds(10);
    private static final int PAYLOADS = 500;
    private static final int IN_ONE_GO = 1_000;
    private static final String BUDGET = "log.cleaner.io.max.bytes.per.second";
    private static final String NOTHING = "1";
    private static final String ANY = Double.toString(Double.MAX_VALUE);

    @Override
    public void run(String bootstrap, Report report) throws Exception {
        try (var admin = Admin.create(KafkaWorkload.settings(bootstrap, Map.of()));
                var producer = new KafkaProducer<>(
                        KafkaWorkload.settings(bootstrap, Map.of("acks", "all")),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            var load = new Load(producer);
            create(admin, "warm");
            load.send("warm", after(WARM));
            report.begin();
            var found = new ArrayList<Pair>();
            for (int topic = 0; found.size() < pairs; topic++) {
                measure(admin, load, topic, found);
            }
            set(admin, ConfigResource.Type.BROKER, "", BUDGET, ANY);
            var ratios = found.stream().map(Pair::ratio).sorted().toList();
            report.end(Map.of(
                    "per_s",
                    found.stream().mapToDouble(Pair::with).average().orElseThrow(),
                    "of_plain",
                    ratios.get(ratios.size() / 2),
                    "of_plain_least",
                    ratios.getFirst(),
                    "of_plain_most",
                    ratios.getLast()));
        }
    }

    private record Pair(double without, double with) {
        double ratio() {
            return with / without;
        }
    }

    private void measure(Admin admin, Load load, int number, List<Pair> found) throws Exception {
        var filled = "filled-" + number;
        var other = "other-" + number;
        create(admin, filled);
        create(admin, other);
        long enough = ((long) mebibytes << 20) / bytes;
        load.send(filled, () -> load.sent >= enough);
        set(admin, ConfigResource.Type.BROKER, "", BUDGET, NOTHING);
        set(admin, ConfigResource.Type.TOPIC, filled, "cleanup.policy", "compact");
        load.send(other, after(Duration.ofSeconds(lookSeconds)));
        while (found.size() < pairs) {
            double without = load.send(other, after(Duration.ofSeconds(windowSeconds)));
            set(admin, ConfigResource.Type.BROKER, "", BUDGET, ANY);
            double with = load.send(other, after(Duration.ofSeconds(windowSeconds)));
            set(admin, ConfigResource.Type.BROKER, "", BUDGET, NOTHING);
            if (size(admin, filled) < ((long) mebibytes << 20) * 2 / 3) {
                break; // the newest segment is never compacted, and of the others little is left
            }
            found.add(new Pair(without, with));
        }
        admin.deleteTopics(List.of(filled, other)).all().get();
    }

    /// One producer's records, ready to be sent.
    ///
    /// Threads: main.
    private final class Load {
        private final KafkaProducer<byte[], byte[]> producer;
        private final List<byte[]> payloads = new ArrayList<>();
        private final Random random = new Random(bytes);
        private long sent;

        Load(KafkaProducer<byte[], byte[]> producer) {
            this.producer = producer;
            for (int i = 0; i < PAYLOADS; i++) {
                payloads.add(random.ints(bytes, 'A', 'Z' + 1)
                        .collect(() -> ByteBuffer.allocate(bytes), (to, letter) -> to.put((byte) letter), (_, _) -> {})
                        .array());
            }
        }

        /// @return how many in a second
        double send(String topic, BooleanSupplier enough) {
            sent = 0;
            long start = System.nanoTime();
            while (!enough.getAsBoolean()) {
                for (int i = 0; i < IN_ONE_GO; i++) {
                    var key = ByteBuffer.allocate(Integer.BYTES)
                            .putInt(random.nextInt(keys))
                            .array();
                    producer.send(new ProducerRecord<>(topic, key, payloads.get(random.nextInt(PAYLOADS))));
                }
                sent += IN_ONE_GO;
            }
            producer.flush();
            return sent / ((System.nanoTime() - start) / 1e9);
        }
    }

    private static BooleanSupplier after(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        return () -> System.nanoTime() - end >= 0;
    }

    private static void create(Admin admin, String topic) throws Exception {
        var settings = Map.of("min.cleanable.dirty.ratio", "0.01", "segment.bytes", Integer.toString(64 << 20));
        admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1).configs(settings)))
                .all()
                .get();
    }

    private static void set(Admin admin, ConfigResource.Type type, String name, String key, String value)
            throws Exception {
        var change = new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET);
        admin.incrementalAlterConfigs(Map.of(new ConfigResource(type, name), List.of(change)))
                .all()
                .get();
    }

    private static long size(Admin admin, String topic) throws Exception {
        return admin.describeLogDirs(List.of(1)).allDescriptions().get().values().stream()
                .flatMap(folders -> folders.values().stream())
                .flatMap(folder -> folder.replicaInfos().entrySet().stream())
                .filter(replica -> replica.getKey().topic().equals(topic))
                .mapToLong(replica -> replica.getValue().size())
                .sum();
    }
}
