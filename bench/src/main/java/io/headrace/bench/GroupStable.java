package io.headrace.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// How long a group of so many members takes until every partition has one and each member its share.
///
/// Threads: main waits, one for each member.
record GroupStable(int members, int partitions) implements KafkaWorkload {
    private static final long PATIENCE_SECONDS = 120;
    private static final Duration ONE_POLL = Duration.ofMillis(50);

    @Override
    public void run(String bootstrap, Report report) throws Exception {
        var topic = "group-" + System.nanoTime();
        new TopicCreation(topic, partitions, Optional.empty()).run(bootstrap, Report.silent());
        var group = new Group(partitions / members, members);
        var consumers = consumers(bootstrap, topic);
        report.begin();
        long start = System.nanoTime();
        for (KafkaConsumer<byte[], byte[]> consumer : consumers) {
            Thread.ofPlatform().daemon().start(() -> group.poll(consumer, topic));
        }
        if (!group.stable.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the group is not stable after " + PATIENCE_SECONDS + " s");
        }
        report.end(Map.of("stable_ms", (System.nanoTime() - start) / 1e6, "each", partitions));
        group.ended = true;
        try (var admin = Admin.create(KafkaWorkload.settings(bootstrap, Map.of()))) {
            admin.deleteTopics(List.of(topic)).all().get();
        }
    }

    private List<KafkaConsumer<byte[], byte[]>> consumers(String bootstrap, String topic) {
        var consumers = new ArrayList<KafkaConsumer<byte[], byte[]>>();
        for (int i = 0; i < members; i++) {
            consumers.add(new KafkaConsumer<>(
                    KafkaWorkload.settings(bootstrap, Map.of("group.id", topic, "auto.offset.reset", "earliest")),
                    new ByteArrayDeserializer(),
                    new ByteArrayDeserializer()));
        }
        return consumers;
    }

    /// Counts the members that have exactly their share.
    private static final class Group {
        private final int share;
        private final int members;
        private final AtomicInteger served = new AtomicInteger();
        private final CountDownLatch stable = new CountDownLatch(1);
        private volatile boolean ended;

        Group(int share, int members) {
            this.share = share;
            this.members = members;
        }

        void poll(KafkaConsumer<byte[], byte[]> consumer, String topic) {
            consumer.subscribe(List.of(topic), new ConsumerRebalanceListener() {
                private boolean counted;

                @Override
                public void onPartitionsAssigned(Collection<TopicPartition> assigned) {
                    counted = consumer.assignment().size() == share;
                    if (counted && served.incrementAndGet() == members) {
                        stable.countDown();
                    }
                }

                @Override
                public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
                    if (counted) {
                        served.decrementAndGet();
                        counted = false;
                    }
                }
            });
            while (!ended) {
                consumer.poll(ONE_POLL);
            }
        }
    }
}
