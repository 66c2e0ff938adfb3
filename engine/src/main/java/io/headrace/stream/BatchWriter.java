package io.headrace.stream;

import java.nio.ByteBuffer;
import org.apache.kafka.common.utils.ByteUtils;

/// Writes records of this broker's own into a batch as producers send it: not compressed, without a producer id,
/// CreateTime. [RecordWalk] has the picture of a record.
///
/// Threads: one.
public final class BatchWriter {
    /// What a batch has besides its records.
    public static final int OVERHEAD_BYTES = BatchHeader.BYTES;

    private static final int FIRST_BYTES = 4 << 10;
    private static final int KEPT_BYTES_MAX = 512 << 10;
    private static final int VARINT_BYTES_MAX = 5;
    private static final int VARLONG_BYTES_MAX = 10;
    private static final int ATTRIBUTES_BYTES = 1;

    private ByteBuffer batch = ByteBuffer.allocate(FIRST_BYTES);
    private int count;
    private long baseMillis;
    private long maxMillis;

    /// What is written as a record's value.
    @FunctionalInterface
    public interface Value {
        void copyBody(ByteBuffer target, int at);
    }

    public BatchWriter() {
        batch.position(BatchHeader.BYTES);
    }

    /// The most bytes that a record of such parts adds.
    public static long sizeMax(int keyBytes, long valueBytes, int headersBytes) {
        return 4L * VARINT_BYTES_MAX + VARLONG_BYTES_MAX + ATTRIBUTES_BYTES + keyBytes + valueBytes + headersBytes;
    }

    public boolean isEmpty() {
        return count == 0;
    }

    /// Bytes of the batch so far.
    public int bytes() {
        return batch.position();
    }

    /// @param headers from position to limit: how many, and each of them, in the form they have in a record; left as
    ///     it is
    public void add(long millis, byte[] key, int valueBytes, Value value, ByteBuffer headers) {
        makeRoom(sizeMax(key.length, valueBytes, headers.remaining()));
        int start = batch.position();
        boolean written = false;
        try {
            write(count == 0 ? 0 : millis - baseMillis, key, valueBytes, value, headers);
            written = true;
        } finally {
            if (!written) { // the value's bytes were not what was said; nothing of it stays
                batch.position(start);
            }
        }
        baseMillis = count == 0 ? millis : baseMillis;
        maxMillis = count == 0 ? millis : Math.max(maxMillis, millis);
        count++;
    }

    private void write(long delta, byte[] key, int valueBytes, Value value, ByteBuffer headers) {
        int content = ATTRIBUTES_BYTES
                + ByteUtils.sizeOfVarlong(delta)
                + ByteUtils.sizeOfVarint(count)
                + ByteUtils.sizeOfVarint(key.length)
                + key.length
                + ByteUtils.sizeOfVarint(valueBytes)
                + valueBytes
                + headers.remaining();
        ByteUtils.writeVarint(content, batch);
        batch.put((byte) 0);
        ByteUtils.writeVarlong(delta, batch);
        ByteUtils.writeVarint(count, batch);
        ByteUtils.writeVarint(key.length, batch);
        batch.put(key);
        ByteUtils.writeVarint(valueBytes, batch);
        value.copyBody(batch, batch.position());
        batch.position(batch.position() + valueBytes);
        batch.put(headers.duplicate());
    }

    private void makeRoom(long bytes) {
        if (batch.remaining() < bytes) {
            long size = Math.max(batch.position() + bytes, Math.min(2L * batch.capacity(), Integer.MAX_VALUE));
            batch = ByteBuffer.allocate(Math.toIntExact(size)).put(batch.flip());
        }
    }

    /// The whole batch, valid until the next record is added to a new one.
    public ByteBuffer finish() {
        BatchHeader.begin(batch, 0, batch.position(), count, baseMillis, maxMillis);
        var finished = batch.duplicate().flip();
        count = 0;
        if (batch.capacity() > KEPT_BYTES_MAX) {
            batch = ByteBuffer.allocate(FIRST_BYTES);
        }
        batch.position(BatchHeader.BYTES);
        return finished;
    }
}
