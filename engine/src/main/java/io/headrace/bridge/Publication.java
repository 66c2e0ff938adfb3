package io.headrace.bridge;

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

    int bodyBytes();

    @Override
    void copyBody(ByteBuffer target, int at);
}
