package io.headrace.message;

import io.headrace.message.MessageProperties.Property;
import java.nio.ByteBuffer;

/// The properties of a message with other headers: what the broker itself adds or takes away on a message's way.
///
/// Threads: stateless.
public final class PropertiesCopy {
    private static final Property[] IN_WIRE_ORDER = Property.values();

    private PropertiesCopy() {}

    /// A new block, from 0 to its limit.
    ///
    /// @param properties positioned on `source`; stays there
    /// @param headers in place of the old ones
    public static ByteBuffer of(MessageProperties properties, ByteBuffer source, FieldTable headers) {
        return copy(properties, source, headers, false);
    }

    /// The same, for a message that will not expire any more.
    public static ByteBuffer lasting(MessageProperties properties, ByteBuffer source, FieldTable headers) {
        return copy(properties, source, headers, true);
    }

    private static ByteBuffer copy(
            MessageProperties properties, ByteBuffer source, FieldTable headers, boolean lasting) {
        int flags = headers.isEmpty() ? 0 : Property.HEADERS.flag();
        int bytes = Short.BYTES + (headers.isEmpty() ? 0 : FieldTableEncoder.sizeBytes(headers));
        for (var property : IN_WIRE_ORDER) {
            if (kept(properties, property, lasting)) {
                flags |= property.flag();
                bytes += property.prefixBytes() + properties.bytes(property);
            }
        }
        var copy = ByteBuffer.allocate(bytes);
        copy.putShort(0, (short) flags);
        int at = Short.BYTES;
        for (var property : IN_WIRE_ORDER) {
            if (property == Property.HEADERS && !headers.isEmpty()) {
                at = FieldTableEncoder.encode(headers, copy, at);
            } else if (kept(properties, property, lasting)) {
                int size = property.prefixBytes() + properties.bytes(property);
                copy.put(at, source, properties.start(property) - property.prefixBytes(), size);
                at += size;
            }
        }
        return copy;
    }

    private static boolean kept(MessageProperties properties, Property property, boolean lasting) {
        return properties.has(property)
                && property != Property.HEADERS
                && !(lasting && property == Property.EXPIRATION);
    }
}
