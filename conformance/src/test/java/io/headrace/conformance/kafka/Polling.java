package io.headrace.conformance.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/// Takes records from a consumer until a test has what it expects.
final class Polling {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration ONE_POLL = Duration.ofMillis(200);

    private Polling() {}

    /// The next `count` records at least: all of the last poll are among them.
    static <K, V> List<ConsumerRecord<K, V>> take(Consumer<K, V> consumer, int count) {
        var taken = new ArrayList<ConsumerRecord<K, V>>();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (taken.size() < count) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("%d of %d records came in %s".formatted(taken.size(), count, PATIENCE));
            }
            consumer.poll(ONE_POLL).forEach(taken::add);
        }
        return taken;
    }

    static <K, V> List<V> takeValues(Consumer<K, V> consumer, int count) {
        return map(take(consumer, count), ConsumerRecord::value);
    }

    /// All from the start of a partition to its end.
    static <K, V> List<ConsumerRecord<K, V>> readAll(Consumer<K, V> consumer, TopicPartition partition) {
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
        long end = consumer.endOffsets(List.of(partition)).get(partition);
        var read = new ArrayList<ConsumerRecord<K, V>>();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (consumer.position(partition) < end) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(
                        "still at %d of %d after %s".formatted(consumer.position(partition), end, PATIENCE));
            }
            consumer.poll(ONE_POLL).forEach(read::add);
        }
        return read;
    }

    static <T, R> List<R> map(List<T> list, Function<? super T, ? extends R> each) {
        return list.stream().<R>map(each).toList();
    }
}
