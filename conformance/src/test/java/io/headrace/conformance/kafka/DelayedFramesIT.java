package io.headrace.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.headrace.conformance.kafka.HoldingProxy.Frame;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Goal: requests of a producer that was replaced, which the network brings late or twice, change nothing (KIP-98,
/// KIP-360, KIP-890). Method: producers reach the broker through a [HoldingProxy]; what the old one sent is sent once
/// more, byte for byte, while the new one is in a transaction.
@DisplayNameGeneration(ReplaceUnderscores.class)
class DelayedFramesIT {
    private static final String OLD = "old";
    private static final String TOPIC = "delayed";
    private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);
    private static final String GROUP = "delayed.group";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private ConsumerGroupMetadata group;

    @TempDir
    Path folder;

    @Test
    void nothing_of_the_old_producer_lands_after_the_new_one_has_begun() throws Exception {
        try (var network = new HoldingProxy(OLD);
                var broker = Node.start(
                        folder, "advertised.port=" + network.endpoint().port())) {
            network.open(broker.endpoint());
            var kafka = network.endpoint();
            try (var admin = kafka.admin()) {
                Topics.create(admin, TOPIC, 1);
            }
            try (var member = kafka.consumer("group.id=" + GROUP)) {
                group = member.groupMetadata();
            }
            var old = producer(kafka, OLD);
            try {
                old.initTransactions();
                write(old, "first", 1);
                old.commitTransaction();
                write(old, "second", 2);
                old.commitTransaction();
                network.hold();
                begin(old, "late");
                awaitHeld(network);

                replace(kafka, broker.endpoint(), network);
            } finally {
                old.close(Duration.ZERO);
            }
        }
    }

    private void replace(KafkaEndpoint kafka, KafkaEndpoint broker, HoldingProxy network) throws Exception {
        try (var successor = producer(kafka, "new")) {
            successor.initTransactions();
            write(successor, "third", 3);
            var before = state(kafka);

            var answers = replay(broker, network.kept());

            assertThat(state(kafka)).as("after " + answers).isEqualTo(before);
            assertThat(answers)
                    .filteredOn(answer -> answer.contains("late"))
                    .isNotEmpty()
                    .noneMatch(answer -> answer.endsWith(Map.of(Errors.NONE, 1).toString()));
            successor.commitTransaction();
            replay(broker, network.kept());
            write(successor, "fourth", 4);
            replay(broker, network.kept());
            successor.commitTransaction();
            assertThat(state(kafka).values()).containsExactly("first", "second", "third", "fourth");
            assertThat(state(kafka).committed()).isEqualTo(4);
        }
    }

    private static KafkaProducer<String, String> producer(KafkaEndpoint kafka, String client) {
        return kafka.producer("client.id=" + client, "transactional.id=delayed", "max.block.ms=20000");
    }

    private static void begin(KafkaProducer<String, String> producer, String value) {
        producer.beginTransaction();
        producer.send(new ProducerRecord<>(TOPIC, 0, "key", value));
    }

    /// A record and an offset of a group, in a transaction that is left open.
    private void write(KafkaProducer<String, String> producer, String value, long offset) {
        begin(producer, value);
        producer.flush();
        producer.sendOffsetsToTransaction(Map.of(PARTITION, new OffsetAndMetadata(offset)), group);
    }

    private static void awaitHeld(HoldingProxy network) {
        await().atMost(PATIENCE).until(() -> network.kept().stream().anyMatch(frame -> !frame.passed()));
    }

    /// What a reader of everything and one of committed records see.
    private record State(long end, List<String> values, long committed) {}

    private static State state(KafkaEndpoint kafka) throws Exception {
        try (var admin = kafka.admin();
                var all = kafka.consumer();
                var committed = kafka.consumer("isolation.level=read_committed")) {
            long end = all.endOffsets(List.of(PARTITION)).get(PARTITION);
            var values = Polling.map(Polling.readAll(committed, PARTITION), record -> record.value());
            var offset = Topics.await(admin.listConsumerGroupOffsets(GROUP).partitionsToOffsetAndMetadata())
                    .get(PARTITION);
            return new State(end, values, offset == null ? -1 : offset.offset());
        }
    }

    /// Each on a connection of its own, in their order.
    ///
    /// @return what was answered
    private static List<String> replay(KafkaEndpoint broker, List<Frame> frames) throws Exception {
        var answers = new ArrayList<String>();
        for (Frame frame : frames) {
            try (var wire = new Wire(broker)) {
                wire.sendBytes(ByteBuffer.wrap(frame.bytes()));
                var answer = wire.receiveBytes()
                        .map(bytes -> AbstractResponse.parseResponse(bytes, frame.header())
                                .errorCounts()
                                .toString())
                        .orElse("closed");
                answers.add(frame + ": " + answer);
            }
        }
        return answers;
    }
}
