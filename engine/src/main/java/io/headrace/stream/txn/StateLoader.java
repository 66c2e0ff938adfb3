package io.headrace.stream.txn;

import io.headrace.shard.Loop;
import io.headrace.stream.Partition;
import io.headrace.stream.ReadResult;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.coordinator.transaction.TransactionLog;
import org.apache.kafka.coordinator.transaction.TransactionLog.TxnRecord;
import org.apache.kafka.coordinator.transaction.TransactionLog.TxnTombstone;
import org.apache.kafka.coordinator.transaction.TransactionLog.UnknownKeyVersion;
import org.apache.kafka.coordinator.transaction.TransactionLog.UnknownValueVersion;
import org.apache.kafka.coordinator.transaction.TransactionMetadata;

/// Reads back what the partitions of `__transaction_state` hold: a piece in a turn, so that others have their turns
/// too.
///
/// Threads: the loop.
final class StateLoader {
    private static final System.Logger LOG = System.getLogger(StateLoader.class.getName());
    private static final int PIECE_BYTES = 64 << 10;

    private final Loop loop;
    private final List<Partition> partitions;
    private final List<Map<String, TransactionMetadata>> found = new ArrayList<>(); // by partition
    private final Consumer<List<Map<String, TransactionMetadata>>> loaded;
    private ByteBuffer piece = ByteBuffer.allocate(0);
    private long next;

    /// @param loaded hears what was found in each partition, once; never, if the topic goes meanwhile
    StateLoader(Loop loop, List<Partition> partitions, Consumer<List<Map<String, TransactionMetadata>>> loaded) {
        this.loop = loop;
        this.partitions = partitions;
        this.loaded = loaded;
    }

    void begin() {
        while (found.size() < partitions.size()) {
            found.add(new LinkedHashMap<>());
            if (partition().endOffset() > partition().startOffset()) {
                next = partition().startOffset();
                readOn();
                return;
            }
        }
        loaded.accept(found);
    }

    private Partition partition() {
        return partitions.get(found.size() - 1);
    }

    private void readOn() {
        partition().read(next, partition().endOffset(), PIECE_BYTES, true, this::room, this::got);
    }

    private ByteBuffer room(int bytes) {
        if (piece.capacity() < bytes) {
            piece = ByteBuffer.allocate(bytes);
        }
        piece.clear().limit(bytes);
        return piece.slice();
    }

    private void got(ReadResult result) {
        switch (result) {
            case ReadResult.Batches(int bytes) -> {
                if (bytes == 0) { // what was last was compacted away
                    begin();
                } else {
                    replay();
                    loop.execute(this::readOn);
                }
            }
            case ReadResult.OutOfRange() -> { // it was trimmed since the last piece
                next = partition().startOffset();
                loop.execute(this::readOn);
            }
            case ReadResult.Gone() -> LOG.log(System.Logger.Level.INFO, StateTopic.NAME + " went while it was read.");
        }
    }

    private void replay() {
        for (var batch : MemoryRecords.readableRecords(piece).batches()) {
            for (Record entry : batch) {
                replay(entry);
            }
            next = batch.nextOffset();
        }
    }

    private void replay(Record entry) {
        switch (TransactionLog.read(entry.key(), entry.value())) {
            case TxnRecord(String id, TransactionMetadata state) ->
                found.getLast().put(id, state);
            case TxnTombstone(String id) -> found.getLast().remove(id);
            case UnknownKeyVersion(short version) -> passedOver("key", version);
            case UnknownValueVersion(short version) -> passedOver("value", version);
            case null, default -> // an interface of Kafka's that is not sealed
                throw new IllegalStateException("a record of " + StateTopic.NAME + " of no known kind");
        }
    }

    // as Kafka does: a newer version may have written it
    private static void passedOver(String part, short version) {
        LOG.log(
                System.Logger.Level.WARNING,
                "{0}: passed over a record whose {1} has the unknown version {2}",
                StateTopic.NAME,
                part,
                version);
    }
}
