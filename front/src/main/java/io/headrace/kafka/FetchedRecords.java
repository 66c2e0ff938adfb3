package io.headrace.kafka;

import io.netty.buffer.ByteBuf;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.RecordsSend;

/// Batches as they were read from a partition, in a buffer that goes to the socket as it is.
///
/// Threads: one loop.
record FetchedRecords(ByteBuf bytes) implements BaseRecords {
    @Override
    public int sizeInBytes() {
        return bytes.readableBytes();
    }

    @Override
    public RecordsSend<? extends BaseRecords> toSend() {
        throw new UnsupportedOperationException("written by ResponseWriter");
    }
}
