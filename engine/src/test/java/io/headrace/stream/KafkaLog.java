package io.headrace.stream;

import io.headrace.time.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.function.Supplier;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.metrics.KafkaYammerMetrics;
import org.apache.kafka.server.util.Scheduler;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.apache.kafka.storage.internals.log.ProducerStateManagerConfig;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.apache.kafka.storage.log.metrics.BrokerTopicStats;

/// Kafka's own log of one partition, in a directory, with the test's clock.
final class KafkaLog {
    private static final int MAX_TRANSACTION_MILLIS = 900_000;
    private static final int DAY_MILLIS = 86_400_000;
    private static final int CHECK_MILLIS = 600_000;

    private KafkaLog() {}

    /// Takes batches of transactions from anybody.
    static UnifiedLog open(Path directory, Map<String, String> settings, Clock clock) throws IOException {
        return open(directory, settings, clock, false);
    }

    /// @param verifying batches of transactions are taken only if they were verified
    static UnifiedLog open(Path directory, Map<String, String> settings, Clock clock, boolean verifying)
            throws IOException {
        Files.createDirectories(directory);
        var properties = new Properties();
        properties.putAll(settings);
        return UnifiedLog.create(
                directory.toFile(),
                LogConfig.fromProps(Map.of(), properties),
                0,
                0,
                new NothingScheduled(),
                new BrokerTopicStats(),
                new TestTime(clock),
                MAX_TRANSACTION_MILLIS,
                new ProducerStateManagerConfig(DAY_MILLIS, verifying),
                CHECK_MILLIS,
                new LogDirFailureChannel(1),
                true,
                Optional.empty());
    }

    /// Closes it, and takes back its gauges, by which all of it and its test's broker would stay reachable.
    static void close(UnifiedLog log) {
        log.closeHandlers();
        var metrics = KafkaYammerMetrics.defaultRegistry();
        Set.copyOf(metrics.allMetrics().keySet()).forEach(metrics::removeMetric);
    }

    private static final class NothingScheduled implements Scheduler {
        @Override
        public void startup() {}

        @Override
        public void shutdown() {}

        @Override
        public ScheduledFuture<?> schedule(String name, Runnable task, long delayMillis, long periodMillis) {
            return null;
        }

        @Override
        public void resizeThreadPool(int size) {}
    }

    record TestTime(Clock clock) implements Time {
        @Override
        public long milliseconds() {
            return clock.millis();
        }

        @Override
        public long nanoseconds() {
            return clock.nanos();
        }

        @Override
        public void sleep(long millis) {
            throw new UnsupportedOperationException("the test owns the clock");
        }

        @Override
        public void waitObject(Object object, Supplier<Boolean> condition, long deadlineMillis) {
            throw new UnsupportedOperationException("the test owns the clock");
        }
    }
}
