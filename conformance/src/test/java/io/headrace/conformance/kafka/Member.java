package io.headrace.conformance.kafka;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/// A member of a consumer group that polls by itself and keeps what it saw.
///
/// Threads: one polls; any asks.
final class Member implements AutoCloseable {
    private static final Duration ONE_POLL = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final KafkaConsumer<String, String> consumer;
    private final Thread polling;
    private final Set<Integer> assigned = new TreeSet<>();
    private final Set<Integer> everRevoked = new HashSet<>();
    private final List<String> values = new CopyOnWriteArrayList<>();
    private GroupMembershipOperation ending = GroupMembershipOperation.DEFAULT;
    private volatile boolean stopping;
    private volatile RuntimeException failure;

    private Member(KafkaConsumer<String, String> consumer, String topic) {
        this.consumer = consumer;
        polling = Thread.ofPlatform().name("member").start(() -> poll(topic));
    }

    static Member join(KafkaEndpoint kafka, String group, String topic, String... settings) {
        var all = new String[settings.length + 1];
        System.arraycopy(settings, 0, all, 0, settings.length);
        all[settings.length] = "group.id=" + group;
        return new Member(kafka.consumer(all), topic);
    }

    private void poll(String topic) {
        try {
            consumer.subscribe(List.of(topic), new Rebalances());
            while (!stopping) {
                consumer.poll(ONE_POLL).forEach(record -> values.add(record.value()));
            }
            consumer.close(CloseOptions.groupMembershipOperation(ending));
        } catch (RuntimeException e) {
            failure = e;
            consumer.close();
        }
    }

    private final class Rebalances implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            synchronized (assigned) {
                partitions.forEach(partition -> assigned.add(partition.partition()));
            }
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            synchronized (assigned) {
                partitions.forEach(partition -> {
                    assigned.remove(partition.partition());
                    everRevoked.add(partition.partition());
                });
            }
        }
    }

    /// That are its own now.
    Set<Integer> partitions() {
        if (failure != null) {
            throw failure;
        }
        synchronized (assigned) {
            return Set.copyOf(assigned);
        }
    }

    /// That were taken from it since it joined, whether it got them back or not.
    Set<Integer> everRevoked() {
        synchronized (assigned) {
            return Set.copyOf(everRevoked);
        }
    }

    List<String> values() {
        return List.copyOf(values);
    }

    void awaitValues(int count) {
        await().atMost(PATIENCE).until(() -> values.size() >= count);
    }

    /// Waits until the members have `partitions` among them, each one of them its `count`.
    static void awaitShared(int partitions, int count, Member... members) {
        await().atMost(PATIENCE).until(() -> {
            var all = new HashSet<Integer>();
            for (Member member : members) {
                if (member.partitions().size() != count
                        || !member.partitions().stream().allMatch(all::add)) {
                    return false;
                }
            }
            return all.size() == partitions;
        });
    }

    /// Ends without telling the group, as a process that is killed; its offsets are not committed.
    void vanish() {
        ending = GroupMembershipOperation.REMAIN_IN_GROUP;
        close();
    }

    @Override
    public void close() {
        stopping = true;
        try {
            polling.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
