package io.headrace.kafka;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.RecordsSend;

/// Batches as they were read from a partition, in a buffer that goes to the socket as it is.
///
/// Threads: one loop.
record FetchedRecords(ByteBuf bytes) implements BaseRecords {
    private static final int LENGTH_AT = 8;
    private static final int LENGTH_END = 12;
    private static final int LAST_OFFSET_DELTA_AT = 23;

    /// After the last record of whole batches, which are not empty; [SentBatch] has the picture of one.
    static long endOffset(ByteBuffer batches) {
        int last = batches.position();
        for (int next = last; next < batches.limit(); ) {
            last = next;
            next += LENGTH_END + batches.getInt(next + LENGTH_AT);
        }
        return batches.getLong(last) + batches.getInt(last + LAST_OFFSET_DELTA_AT) + 1;
    }

    @Override
    public int sizeInBytes() {
        return bytes.readableBytes();
    }

    @Override
    public RecordsSend<? extends BaseRecords> toSend() {
        throw new UnsupportedOperationException("written by ResponseWriter");
    }
}
