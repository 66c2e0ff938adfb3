package io.headrace.bridge;

import io.headrace.message.FieldTable;
import io.headrace.message.FieldTableEncoder;
import io.headrace.message.FieldValue;
import io.headrace.message.MessageProperties;
import io.headrace.message.MessageProperties.Property;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;

/// Puts the header `x-stream-offset` into the properties of what a stream delivers.
///
/// Threads: the loop.
final class OffsetHeader {
    static final String NAME = "x-stream-offset";

    private static final byte[] NAME_BYTES = NAME.getBytes(StandardCharsets.US_ASCII);
    private static final int FIELD_BYTES = 1 + NAME_BYTES.length + 1 + Long.BYTES;
    private static final byte LONG = 'l';
    private static final int HEADERS_FLAG = 1 << 13;

    private ByteBuffer target = ByteBuffer.allocate(256);

    /// @return a block with the header, from 0 to its limit; valid until the next call
    ByteBuffer add(Publication message, long offset) {
        var properties = message.properties();
        if (properties.hasHeader(NAME_BYTES)) { // it was published into another stream before
            return replace(message, offset);
        }
        var block = message.block();
        int length = message.blockBytes();
        boolean table = properties.has(Property.HEADERS);
        // without a table one begins where it would be: after the properties that come first
        int tableAt = table ? properties.start(Property.HEADERS) - Integer.BYTES : headersPlace(properties);
        int fieldsAt = tableAt + Integer.BYTES;
        int fieldsBytes = table ? properties.bytes(Property.HEADERS) : 0;
        int restAt = table ? fieldsAt + fieldsBytes : tableAt;
        int size = length + FIELD_BYTES + (table ? 0 : Integer.BYTES);
        var out = room(size);
        out.put(0, block, 0, tableAt);
        out.putShort(0, (short) (block.getShort(0) | HEADERS_FLAG));
        out.putInt(tableAt, fieldsBytes + FIELD_BYTES);
        if (table) {
            out.put(fieldsAt, block, fieldsAt, fieldsBytes);
        }
        int at = fieldsAt + fieldsBytes;
        out.put(at, (byte) NAME_BYTES.length);
        out.put(at + 1, NAME_BYTES);
        out.put(at + 1 + NAME_BYTES.length, LONG);
        out.putLong(at + 2 + NAME_BYTES.length, offset);
        out.put(at + FIELD_BYTES, block, restAt, length - restAt);
        return out;
    }

    private static int headersPlace(MessageProperties properties) {
        int at = Short.BYTES;
        for (var property : new Property[] {Property.CONTENT_TYPE, Property.CONTENT_ENCODING}) {
            if (properties.has(property)) {
                at = properties.start(property) + properties.bytes(property);
            }
        }
        return at;
    }

    private ByteBuffer replace(Publication message, long offset) {
        var properties = message.properties();
        var fields = new LinkedHashMap<String, FieldValue>(properties.headers().fields());
        fields.put(NAME, new FieldValue.Int64(offset));
        var headers = new FieldTable(fields);
        int tableAt = properties.start(Property.HEADERS) - Integer.BYTES;
        int restAt = tableAt + Integer.BYTES + properties.bytes(Property.HEADERS);
        int tableBytes = FieldTableEncoder.sizeBytes(headers);
        var out = room(tableAt + tableBytes + message.blockBytes() - restAt);
        out.put(0, message.block(), 0, tableAt);
        FieldTableEncoder.encode(headers, out, tableAt);
        out.put(tableAt + tableBytes, message.block(), restAt, message.blockBytes() - restAt);
        return out;
    }

    private ByteBuffer room(int bytes) {
        if (target.capacity() < bytes) {
            target = ByteBuffer.allocate(Math.max(bytes, 2 * target.capacity()));
        }
        return target.clear().limit(bytes);
    }
}
