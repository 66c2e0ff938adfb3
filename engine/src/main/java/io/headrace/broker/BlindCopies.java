package io.headrace.broker;

import io.headrace.message.FieldTable;
import io.headrace.message.FieldTableEncoder;
import io.headrace.message.FieldValue;
import io.headrace.message.MessageNotes;
import io.headrace.message.MessageProperties;
import io.headrace.routing.CopyKeys;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;

/// Takes the header `BCC` out of a message before it is stored: consumers must not see who else got it.
final class BlindCopies {
    private static final String BCC = "BCC";
    private static final byte[] BCC_BYTES = BCC.getBytes(StandardCharsets.US_ASCII);

    private BlindCopies() {}

    static boolean in(MessageProperties properties) {
        return properties.hasHeader(BCC_BYTES);
    }

    /// The keys, to be kept where consumers do not see them: a message that dies is routed by them too.
    static byte[] noted(MessageProperties properties) {
        return CopyKeys.of(properties.headers()) instanceof CopyKeys.Reading.Read(CopyKeys keys)
                ? new MessageNotes(false, keys.bcc()).encoded()
                : MessageNotes.NO_BYTES;
    }

    /// @param block the properties, from 0 to `length`; `properties` is positioned on it and on the answer
    ///     afterwards
    /// @return a new block without the header, from 0 to its limit
    static ByteBuffer remove(MessageProperties properties, ByteBuffer block, int length) {
        var fields = new LinkedHashMap<String, FieldValue>(properties.headers().fields());
        fields.remove(BCC);
        var headers = new FieldTable(fields);
        int tableStart = properties.start(MessageProperties.Property.HEADERS) - Integer.BYTES;
        int tableEnd = tableStart + Integer.BYTES + properties.bytes(MessageProperties.Property.HEADERS);
        int size = FieldTableEncoder.sizeBytes(headers);
        var without = ByteBuffer.allocate(tableStart + size + length - tableEnd);
        without.put(0, block, 0, tableStart);
        FieldTableEncoder.encode(headers, without, tableStart);
        without.put(tableStart + size, block, tableEnd, length - tableEnd);
        properties.wrap(without, 0, without.limit());
        return without;
    }
}
