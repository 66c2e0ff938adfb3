package io.headrace.bridge;

import io.headrace.message.DelayHeader;
import io.headrace.message.MalformedException;
import io.headrace.message.MessageProperties;
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
}
