package io.headrace.bridge;

import io.headrace.message.StoredMessage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.record.internal.Record;

/// Makes messages of records for one consumer, one at a time, with the offset in a header.
///
/// Threads: the loop.
final class DeliveryPage {
    private static final int KEPT_BYTES = 64 << 10;

    private final byte[] withoutKey;
    private final OffsetHeader header = new OffsetHeader();
    private final StoredMessage message = new StoredMessage();
    private ByteBuffer page = ByteBuffer.allocate(0);

    /// @param queue whose name is the routing key of records without one
    DeliveryPage(String queue) {
        this.withoutKey = queue.getBytes(StandardCharsets.UTF_8);
    }

    RecordMessage read(Record record) {
        return RecordMessage.of(record, withoutKey);
    }

    /// Valid until the next one.
    StoredMessage message(RecordMessage found, long offset) {
        var properties = header.add(found, offset);
        int size = (int)
                StoredMessage.sizeBytes(found.exchangeBytes(), found.keyBytes(), properties.limit(), found.bodyBytes());
        if (page.capacity() < size || page.capacity() > KEPT_BYTES && size <= KEPT_BYTES) {
            page = ByteBuffer.allocate(Math.max(size, Math.min(2 * page.capacity(), KEPT_BYTES)));
        }
        found.write(page, 0, properties, properties.limit());
        return message.wrap(page, 0);
    }
}
