package io.headrace.conformance.kafka;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;

/// Makes batches, and tells of one that comes back whether it is byte for byte the one that was sent. A broker may
/// change two fields that the checksum does not cover: base offset and leader epoch.
///
/// Threads: one.
final class Batches {
    static final long TIME_ZERO = 1_700_000_000_000L;
    private static final int LEADER_EPOCH_AT = 12;

    private final Map<ByteBuffer, String> sent = new HashMap<>();

    /// A batch of `count` small records, a second of time apart.
    MemoryRecords plain(String name, CompressionType compression, int count) {
        return remember(
                name, MemoryRecords.withRecords(Compression.of(compression).build(), records(name, count)));
    }

    /// By an idempotent producer.
    MemoryRecords idempotent(String name, long producerId, int epoch, int sequence, int count) {
        return remember(
                name,
                MemoryRecords.withIdempotentRecords(
                        Compression.NONE, producerId, (short) epoch, sequence, records(name, count)));
    }

    /// By a transactional producer.
    MemoryRecords transactional(String name, long producerId, int epoch, int sequence, int count) {
        return remember(
                name,
                MemoryRecords.withTransactionalRecords(
                        Compression.NONE, producerId, (short) epoch, sequence, records(name, count)));
    }

    MemoryRecords remember(String name, MemoryRecords records) {
        for (RecordBatch batch : records.batches()) {
            sent.put(bytes(batch), name);
        }
        return records;
    }

    static SimpleRecord[] records(String name, int count) {
        var records = new SimpleRecord[count];
        for (int i = 0; i < count; i++) {
            records[i] = new SimpleRecord(TIME_ZERO + i * 1_000L, text("key " + i), text(name + " " + i));
        }
        return records;
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /// One line for each batch; a torn one at the end is told as well.
    List<String> describe(MemoryRecords records) {
        var lines = new ArrayList<String>();
        int whole = 0;
        for (RecordBatch batch : records.batches()) {
            lines.add(describe(batch));
            whole += batch.sizeInBytes();
        }
        if (whole < records.sizeInBytes()) {
            lines.add("a part of a batch");
        }
        return lines;
    }

    private String describe(RecordBatch batch) {
        var name = sent.get(bytes(batch));
        if (name != null) {
            return "offset %d: as sent: %s".formatted(batch.baseOffset(), name);
        }
        if (batch.isControlBatch()) {
            var end = ControlRecordType.parse(batch.iterator().next().key());
            return "offset %d: %s with epoch %d".formatted(batch.baseOffset(), end, batch.producerEpoch());
        }
        var text = new StringBuilder("offset %d to %d, %s, %s%s, sequence %d, valid %s:"
                .formatted(
                        batch.baseOffset(),
                        batch.lastOffset(),
                        batch.compressionType(),
                        batch.timestampType(),
                        batch.isTransactional() ? ", transactional" : "",
                        batch.baseSequence(),
                        batch.isValid()));
        batch.forEach(record -> text.append(" ").append(StandardCharsets.UTF_8.decode(record.value())));
        return text.toString();
    }

    /// Without what a broker may change.
    private static ByteBuffer bytes(RecordBatch batch) {
        var bytes = ByteBuffer.allocate(batch.sizeInBytes());
        batch.writeTo(bytes);
        bytes.flip();
        return bytes.putLong(0, 0).putInt(LEADER_EPOCH_AT, 0);
    }
}
