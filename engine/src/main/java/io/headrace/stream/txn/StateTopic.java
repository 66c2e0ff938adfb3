package io.headrace.stream.txn;

import io.headrace.catalog.TopicDefinition;
import io.headrace.stream.Append;
import io.headrace.stream.Partition;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.coordinator.transaction.TransactionLog;
import org.apache.kafka.coordinator.transaction.TransactionMetadata;
import org.apache.kafka.coordinator.transaction.TxnTransitMetadata;
import org.apache.kafka.server.common.TransactionVersion;

/// The topic in which a vhost's transactions are kept, in Kafka's format: the newest record of a transactional id is
/// what it is like, and a record without a value ends it.
///
/// Threads: the loop.
final class StateTopic {
    static final String NAME = Topic.TRANSACTION_STATE_TOPIC_NAME;

    /// As Kafka creates it.
    static final Map<String, String> SETTINGS = Map.of(
            TopicConfig.CLEANUP_POLICY_CONFIG,
            TopicConfig.CLEANUP_POLICY_COMPACT,
            TopicConfig.COMPRESSION_TYPE_CONFIG,
            "uncompressed",
            TopicConfig.SEGMENT_BYTES_CONFIG,
            Integer.toString(TransactionSettings.SEGMENT_BYTES));

    /// A record with more is not taken, as in Kafka by its `message.max.bytes`: some ten thousand partitions in one
    /// transaction.
    static final int RECORD_BYTES_MAX = 1 << 20;

    /// Which format records have: the one of the newest version.
    private static final TransactionVersion FORMAT = TransactionVersion.TV_2;

    private final TransactionTopics topics;
    private int count; // of partitions when it was opened: an id stays where it is while the broker runs

    StateTopic(TransactionTopics topics) {
        this.topics = topics;
    }

    /// Whether there is, or ever was, anything in it.
    boolean used() {
        return partitions().anyMatch(partition -> partition.endOffset() > 0);
    }

    /// @return whether it is there
    boolean open() {
        count = definition().map(topic -> topic.partitions().size()).orElse(0);
        return count > 0;
    }

    /// All of them, in order.
    List<Partition> all() {
        return partitions().toList();
    }

    private Stream<Partition> partitions() {
        return definition().stream()
                .flatMap(topic -> IntStream.range(0, topic.partitions().size())
                        .mapToObj(index -> topics.partition(topic, index))
                        .flatMap(Optional::stream));
    }

    private Optional<TopicDefinition> definition() {
        return topics.topic(NAME);
    }

    /// Brings every id to the partition that it belongs to, which is another one if the topic got more of them.
    ///
    /// @param found by partition
    /// @return what holds
    Map<String, TransactionMetadata> settle(List<Map<String, TransactionMetadata>> found, long nowMillis) {
        Map<String, TransactionMetadata> settled = new LinkedHashMap<>();
        for (int index = 0; index < found.size(); index++) {
            for (var entry : found.get(index).entrySet()) {
                int own = index(entry.getKey());
                if (own == index) {
                    settled.put(entry.getKey(), entry.getValue());
                } else { // a crash may leave it in both
                    var there = found.get(own).getOrDefault(entry.getKey(), entry.getValue());
                    settled.put(entry.getKey(), there);
                    put(entry.getKey(), value(there.prepareNoTransit()), nowMillis);
                    append(index, new SimpleRecord(nowMillis, TransactionLog.keyToBytes(entry.getKey()), null));
                }
            }
        }
        return settled;
    }

    /// What a record of the state takes in a batch of its own; the frame is not counted.
    static byte[] value(TxnTransitMetadata state) {
        return TransactionLog.valueToBytes(state, FORMAT);
    }

    void put(String id, byte[] value, long nowMillis) {
        append(id, new SimpleRecord(nowMillis, TransactionLog.keyToBytes(id), value));
    }

    void remove(String id, long nowMillis) {
        append(id, new SimpleRecord(nowMillis, TransactionLog.keyToBytes(id), null));
    }

    private void append(String id, SimpleRecord what) {
        append(index(id), what);
    }

    private void append(int index, SimpleRecord what) {
        ByteBuffer batch = MemoryRecords.withRecords(TransactionLog.ENFORCED_COMPRESSION, what)
                .buffer();
        if (partition(index).appendInternal(batch) instanceof Append.Rejected(var error, var why, var _)) {
            throw new IllegalStateException("%s-%d takes no record: %s %s".formatted(NAME, index, error, why));
        }
    }

    /// The epoch of who decides over the id.
    int coordinatorEpoch(String id) {
        return partition(index(id)).leaderEpoch();
    }

    private int index(String id) {
        return Utils.abs(id.hashCode()) % count;
    }

    private Partition partition(int index) {
        return definition()
                .flatMap(topic -> topics.partition(topic, index))
                .orElseThrow(() -> new IllegalStateException("There is no partition %d of %s.".formatted(index, NAME)));
    }
}
