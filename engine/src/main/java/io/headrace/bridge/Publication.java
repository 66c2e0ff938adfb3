package io.headrace.bridge;

import io.headrace.message.DelayHeader;
import io.headrace.message.MalformedException;
import io.headrace.message.MessageNotes;
import io.headrace.message.MessageProperties;
import io.headrace.message.StoredMessage;
import io.headrace.queue.Queues;
import io.headrace.stream.BatchWriter;
import java.nio.ByteBuffer;

/// A message on its way: its parts for a record, and as a whole for queues. Valid during the call.
public interface Publication extends Queues.Source, BatchWriter.Value {
    /// The exchange's name and directly after it the routing key.
    byte[] names();

    int exchangeBytes();

    int keyBytes();

    /// Positioned on [#block].
    MessageProperties properties();

    /// Flags and list of properties, from 0 to [#blockBytes].
    ByteBuffer block();

    int blockBytes();

    @Override
    int bodyBytes();

    @Override
    default int priority() {
        return properties().priority();
    }

    @Override
    default long expirationMillis() {
        return properties().has(MessageProperties.Property.EXPIRATION) ? expiration() : -1;
    }

    @Override
    default long delayMillis() {
        return DelayHeader.millis(properties().headers());
    }

    // AMQP's publishers are told what is wrong with it; where it comes from elsewhere it says nothing
    private long expiration() {
        try {
            return properties().expirationMillis();
        } catch (MalformedException e) {
            return -1;
        }
    }

    @Override
    void copyBody(ByteBuffer target, int at);

    /// What is kept behind it, as [MessageNotes] writes it.
    default byte[] notes() {
        return MessageNotes.NO_BYTES;
    }

    @Override
    default int sizeBytes() {
        return (int) StoredMessage.sizeBytes(exchangeBytes(), keyBytes(), blockBytes(), bodyBytes()) + notes().length;
    }

    @Override
    default void write(ByteBuffer page, int at) {
        write(page, at, block(), blockBytes());
    }

    /// As a stored message, with other properties.
    default void write(ByteBuffer page, int at, ByteBuffer block, int blockBytes) {
        page.put(at, (byte) exchangeBytes());
        page.put(at + 1, names(), 0, exchangeBytes());
        int key = at + 1 + exchangeBytes();
        page.put(key, (byte) keyBytes());
        page.put(key + 1, names(), exchangeBytes(), keyBytes());
        int properties = key + 1 + keyBytes();
        page.putInt(properties, blockBytes);
        page.put(properties + Integer.BYTES, block, 0, blockBytes);
        int body = properties + Integer.BYTES + blockBytes;
        var notes = notes();
        page.putInt(body, StoredMessage.bodyLength(bodyBytes(), notes.length > 0));
        copyBody(page, body + Integer.BYTES);
        page.put(body + Integer.BYTES + bodyBytes(), notes);
    }
}
