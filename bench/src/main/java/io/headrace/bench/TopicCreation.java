package io.headrace.bench;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/// A topic whose partitions can all be produced to. Kafka answers before that.
///
/// @param flushMessages after so many records the broker forces its file
record TopicCreation(String topic, int partitions, Optional<Integer> flushMessages) implements KafkaWorkload {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int RETRY_MILLIS = 50;

    @Override
    public void run(String bootstrap, Report report) throws Exception {
        report.begin();
        try (var admin = Admin.create(KafkaWorkload.settings(bootstrap, Map.of()))) {
            var created = new NewTopic(topic, partitions, (short) 1);
            flushMessages.ifPresent(count -> created.configs(Map.of("flush.messages", count.toString())));
            admin.createTopics(List.of(created)).all().get();
            awaitReady(admin);
        }
        report.end(Map.of("each", partitions));
    }

    private void awaitReady(Admin admin) throws InterruptedException, ExecutionException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                admin.listOffsets(IntStream.range(0, partitions)
                                .boxed()
                                .collect(Collectors.toMap(
                                        partition -> new TopicPartition(topic, partition),
                                        partition -> OffsetSpec.latest())))
                        .all()
                        .get();
                return;
            } catch (ExecutionException e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
                Thread.sleep(RETRY_MILLIS);
            }
        }
    }
}
