package io.headrace.conformance.kafka;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.message.DescribeTransactionsResponseData;
import org.apache.kafka.common.message.EndTxnResponseData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;

/// A producer of transactions in the script. Its requests are noted under names that begin with its own; they have its
/// id and epoch, unless they are told to have others.
///
/// Threads: one.
final class Transactional {
    /// Batches here are older than markers by more than a segment is: Kafka would begin another with each.
    static final String ONE_SEGMENT = "segment.ms=9000000000000";

    private static final Set<String> OVER = Set.of("Empty", "CompleteCommit", "CompleteAbort");
    private static final int BY_ID = 13; // from this version of produce on, topics have no names

    private final Script script;
    private final String name;
    private long producerId = -1;
    private int epoch = -1;
    private int sequence;

    /// @param name also of its transactional id
    Transactional(Script script, String name) {
        this.script = script;
        this.name = name;
    }

    /// The first who looks for it finds one that is only about to be there.
    static void awaitCoordinator(Script script) {
        script.awaitError(ApiKeys.FIND_COORDINATOR, 3, "{keyType: 1, key: '$anybody'}", 0);
        script.awaitError(ApiKeys.INIT_PRODUCER_ID, 4, "{transactionalId: '$anybody', transactionTimeoutMs: 60000}", 0);
    }

    long producerId() {
        return producerId;
    }

    int epoch() {
        return epoch;
    }

    /// The next batch is the first of an epoch.
    void restart(long producerId, int epoch) {
        this.producerId = producerId;
        this.epoch = epoch;
        sequence = 0;
    }

    void init(int version) throws IOException {
        var answer = script.call(
                name + ": init",
                ApiKeys.INIT_PRODUCER_ID,
                version,
                "{transactionalId: '$%s', transactionTimeoutMs: 60000}".formatted(name),
                InitProducerIdResponseData.class);
        restart(answer.producerId(), answer.producerEpoch());
    }

    /// Without being noted, and again while an older transaction is ended.
    void begin() {
        var text = "{transactionalId: '$%s', transactionTimeoutMs: 60000}".formatted(name);
        await().pollInterval(Duration.ofMillis(10))
                .atMost(Duration.ofSeconds(30))
                .until(() -> {
                    var answer = (InitProducerIdResponseData) script.wire()
                            .call(ApiKeys.INIT_PRODUCER_ID, 4, script.request(ApiKeys.INIT_PRODUCER_ID, 4, text))
                            .orElseThrow()
                            .data();
                    restart(answer.producerId(), answer.producerEpoch());
                    return answer.errorCode() == 0;
                });
    }

    void add(String call, int version, String topics) throws IOException {
        script.call(
                name + ": " + call,
                ApiKeys.ADD_PARTITIONS_TO_TXN,
                version,
                version < 4
                        ? "{v3AndBelowTransactionalId: '$%s', v3AndBelowProducerId: %d, v3AndBelowProducerEpoch: %d, v3AndBelowTopics: [%s]}"
                                .formatted(name, producerId, epoch, topics)
                        : "{transactions: [{transactionalId: '$%s', producerId: %d, producerEpoch: %d, topics: [%s]}]}"
                                .formatted(name, producerId, epoch, topics));
    }

    void addOffsets(String call, int version, String group) throws IOException {
        script.call(
                name + ": " + call,
                ApiKeys.ADD_OFFSETS_TO_TXN,
                version,
                "{transactionalId: '$%s', producerId: %d, producerEpoch: %d, groupId: '%s'}"
                        .formatted(name, producerId, epoch, group));
    }

    void commitOffsets(String call, int version, String group, String topics) throws IOException {
        script.call(
                name + ": " + call,
                ApiKeys.TXN_OFFSET_COMMIT,
                version,
                "{transactionalId: '$%s', producerId: %d, producerEpoch: %d, groupId: '%s', topics: [%s]}"
                        .formatted(name, producerId, epoch, group, topics));
    }

    /// Two records to a partition; their sequence goes on if they are taken.
    void produce(String call, int version, String topic, int partition) throws IOException {
        produce(call, version, topic, partition, sequence, name);
    }

    /// @param transactionalId of the request, null for none
    void produce(String call, int version, String topic, int partition, int sequence, String transactionalId)
            throws IOException {
        var batch = script.batches().transactional(name + ": " + call, producerId, epoch, sequence, 2);
        var data = new TopicProduceData().setPartitionData(List.of(ProduceScript.partition(partition, batch)));
        if (version >= BY_ID) {
            data.setTopicId(script.topicId(topic));
        } else {
            data.setName(script.name(topic));
        }
        var request = ProduceScript.request((short) -1, data)
                .setTransactionalId(transactionalId == null ? null : script.name(transactionalId));
        var answer = script.call(name + ": " + call, ApiKeys.PRODUCE, version, request, ProduceResponseData.class)
                .orElseThrow();
        var taken = answer.responses().iterator().next().partitionResponses().getFirst();
        if (taken.errorCode() == 0) {
            this.sequence = sequence + 2;
        }
    }

    /// Waits until the transaction is over. From version 5 on the answer tells the id and the epoch of the next.
    void end(String call, int version, boolean commit) throws IOException {
        var answer = script.call(
                name + ": " + call,
                ApiKeys.END_TXN,
                version,
                "{transactionalId: '$%s', producerId: %d, producerEpoch: %d, committed: %b}"
                        .formatted(name, producerId, epoch, commit),
                EndTxnResponseData.class);
        if (version >= 5 && answer.errorCode() == 0) {
            restart(answer.producerId(), answer.producerEpoch());
        }
        awaitEnd();
    }

    /// Waits until nothing is under way.
    void awaitEnd() {
        var request = script.request(ApiKeys.DESCRIBE_TRANSACTIONS, 0, "{transactionalIds: ['$%s']}".formatted(name));
        await().pollInterval(Duration.ofMillis(5))
                .atMost(Duration.ofSeconds(30))
                .until(() -> {
                    var answer = (DescribeTransactionsResponseData) script.wire()
                            .call(ApiKeys.DESCRIBE_TRANSACTIONS, 0, request)
                            .orElseThrow()
                            .data();
                    var state = answer.transactionStates().getFirst();
                    return state.errorCode() != 0 || OVER.contains(state.transactionState()) || isOngoing(state);
                });
    }

    private static boolean isOngoing(DescribeTransactionsResponseData.TransactionState state) {
        return state.transactionState().equals("Ongoing");
    }

    void describe(String call) throws IOException {
        script.call(
                name + ": " + call, ApiKeys.DESCRIBE_TRANSACTIONS, 0, "{transactionalIds: ['$%s']}".formatted(name));
    }
}
