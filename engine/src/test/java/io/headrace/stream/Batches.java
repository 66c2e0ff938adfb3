package io.headrace.stream;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/// Record batches as producers send them, and what is in those that were read.
public final class Batches {
    private Batches() {}

    /// Of a producer without an id.
    public static ByteBuffer of(String... values) {
        return of(CompressionType.NONE, 1_000, values);
    }

    public static ByteBuffer of(CompressionType compression, long timestamp, String... values) {
        return MemoryRecords.withRecords(Compression.of(compression).build(), records(timestamp, values))
                .buffer();
    }

    public static ByteBuffer idempotent(long producer, int epoch, int sequence, String... values) {
        return MemoryRecords.withIdempotentRecords(
                        Compression.NONE, producer, (short) epoch, sequence, records(1_000, values))
                .buffer();
    }

    public static ByteBuffer transactional(long producer, int epoch, int sequence, String... values) {
        return MemoryRecords.withTransactionalRecords(
                        Compression.NONE, producer, (short) epoch, sequence, records(1_000, values))
                .buffer();
    }

    /// One record of a key; without a value it deletes the key.
    public static ByteBuffer keyed(long timestamp, String key, String value) {
        var record = new SimpleRecord(
                timestamp,
                key.getBytes(StandardCharsets.UTF_8),
                value == null ? null : value.getBytes(StandardCharsets.UTF_8));
        return MemoryRecords.withRecords(Compression.NONE, record).buffer();
    }

    private static SimpleRecord[] records(long timestamp, String... values) {
        return Stream.of(values)
                .map(value -> new SimpleRecord(timestamp, null, value.getBytes(StandardCharsets.UTF_8)))
                .toArray(SimpleRecord[]::new);
    }

    /// `offset:value` of each record.
    public static List<String> contents(ByteBuffer batches) {
        var contents = new ArrayList<String>();
        for (var record : MemoryRecords.readableRecords(batches).records()) {
            contents.add(
                    record.offset() + ":" + (record.hasValue() ? StandardCharsets.UTF_8.decode(record.value()) : "-"));
        }
        return contents;
    }
}
