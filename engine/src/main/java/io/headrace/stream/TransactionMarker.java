package io.headrace.stream;

import java.nio.ByteBuffer;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;

/// The control batch that ends a transaction, in its Kafka form: one record, whose key says how and whose value by
/// whom.
///
/// ```text
///  key  i16 version 0 | i16 type: 0 abort, 1 commit      value  i16 version 0 | i32 coordinator epoch
/// ```
/// KIP-98.
///
/// @param timestamp of the record
record TransactionMarker(
        long producerId, short producerEpoch, boolean commit, int coordinatorEpoch, long offset, long timestamp) {
    /// @param batch one control batch, from position to limit
    static TransactionMarker read(ByteBuffer batch) {
        int at = batch.position();
        var record = MemoryRecords.readableRecords(batch.slice())
                .records()
                .iterator()
                .next();
        var marker = EndTransactionMarker.deserialize(record);
        return new TransactionMarker(
                BatchHeader.producerId(batch, at),
                BatchHeader.producerEpoch(batch, at),
                marker.controlType() == ControlRecordType.COMMIT,
                marker.coordinatorEpoch(),
                record.offset(),
                record.timestamp());
    }

    static ByteBuffer batch(TransactionEnd end, long millis) {
        var type = end.commit() ? ControlRecordType.COMMIT : ControlRecordType.ABORT;
        return MemoryRecords.withEndTransactionMarker(
                        millis,
                        end.producerId(),
                        end.producerEpoch(),
                        new EndTransactionMarker(type, end.coordinatorEpoch()))
                .buffer();
    }
}
