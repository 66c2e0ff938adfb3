package io.headrace.catalog;

import io.headrace.message.FieldTable;
import io.headrace.message.FieldTableDecoder;
import io.headrace.message.MalformedException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Reads what an [OperationSink] wrote. The log's checksum has vouched for the bytes, so a mistake in them
/// is ours: [IllegalStateException].
final class OperationSource {
    private final ByteBuffer source;
    private final int end;
    private int at;

    OperationSource(ByteBuffer source, int at, int end) {
        this.source = source;
        this.at = at;
        this.end = end;
    }

    int remaining() {
        return end - at;
    }

    int u8() {
        return source.get(need(Byte.BYTES)) & 0xff;
    }

    boolean flag() {
        return u8() != 0;
    }

    int i32() {
        return source.getInt(need(Integer.BYTES));
    }

    long i64() {
        return source.getLong(need(Long.BYTES));
    }

    String string() {
        int length = source.getShort(need(Short.BYTES)) & 0xffff;
        byte[] bytes = new byte[length];
        source.get(need(length), bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    FieldTable table() {
        int start = at;
        try {
            FieldTable table = FieldTableDecoder.decode(source, start, end);
            at = start + Integer.BYTES + source.getInt(start);
            return table;
        } catch (MalformedException e) {
            throw new IllegalStateException("arguments in the catalog's log at byte " + start, e);
        }
    }

    private int need(int bytes) {
        if (bytes > end - at) {
            throw new IllegalStateException(
                    "catalog batch cut short: " + bytes + " bytes wanted, " + (end - at) + " left");
        }
        int start = at;
        at += bytes;
        return start;
    }
}
