package io.headrace.bridge;

import io.headrace.stream.Partition;
import io.headrace.stream.share.Acknowledgement;
import io.headrace.stream.share.Acquired;
import io.headrace.stream.share.FetchWish;
import io.headrace.stream.share.SharePartition;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.Record;

/// One partition of which a [ShareConsumer] is given records, and to which they are settled.
///
/// What is settled one by one is told in ranges, when the sockets have been read: an `ack` of many is one range.
///
/// Threads: the loop.
public final class SharePart {
    private static final int READ_BYTES = 256 << 10;
    private static final byte NOTHING = -1;

    private final ShareConsumer consumer;
    private final SharePartition share;
    private final Partition.Watch records;
    private final Partition.Watch returns;
    private ByteBuffer room = ByteBuffer.allocate(0);
    private ByteBuffer read = room; // what was read last
    private GivenRecords given = GivenRecords.none();
    private int asked; // records, while a read is under way
    private boolean closed;
    private byte said = NOTHING; // of the range that is to be told
    private long first;
    private long last;

    SharePart(ShareConsumer consumer, SharePartition share) {
        this.consumer = consumer;
        this.share = share;
        this.records = share.partition()
                .map(partition -> partition.watch(consumer::resume))
                .orElse(() -> {});
        this.returns = share.watch(consumer::resume);
    }

    boolean of(SharePartition other) {
        return share == other;
    }

    // ---- getting ----

    /// Records that it asked for or was given, and that are not delivered.
    int ahead() {
        return asked + given.left();
    }

    boolean hasGiven() {
        return given.left() > 0;
    }

    /// Asks for up to `records`, unless it has some or asked already.
    ///
    /// @return whether there are any now
    boolean ask(int records) {
        if (ahead() > 0 || share.readableBytes(records, READ_BYTES) == 0) {
            return hasGiven();
        }
        asked = records;
        var wish = new FetchWish(consumer.member(), true, records, records, READ_BYTES, true, () -> !closed);
        share.fetch(wish, this::room, this::arrived);
        return hasGiven();
    }

    // on any thread; nobody looks at the buffer until the answer
    private ByteBuffer room(int bytes) {
        if (room.capacity() < bytes || room.capacity() > READ_BYTES && bytes <= READ_BYTES) {
            room = ByteBuffer.allocate(bytes);
        }
        read = room.clear();
        return read.duplicate();
    }

    private void arrived(Acquired acquired) {
        asked = 0;
        if (acquired.records() > 0) {
            given = GivenRecords.of(read, acquired, (from, to) -> tell(from, to, Acknowledgement.GAP));
        }
        consumer.resume();
    }

    Optional<Record> next() {
        return given.next();
    }

    int deliveries() {
        return given.deliveries();
    }

    /// Nothing is wanted of it any more. What was delivered may still be settled.
    void close() {
        closed = true;
        records.close();
        returns.close();
        given.rest().forEach(rest -> tell(rest.first(), rest.last(), Acknowledgement.RELEASE));
    }

    // ---- settling ----

    public void ack(long offset) {
        settle(offset, Acknowledgement.ACCEPT);
    }

    /// Others may have it, marked as redelivered.
    public void requeue(long offset) {
        settle(offset, Acknowledgement.RELEASE);
    }

    /// Refused for good.
    public void discard(long offset) {
        settle(offset, Acknowledgement.REJECT);
    }

    void settle(long offset, byte type) {
        if (said != type || offset != last + 1) {
            tellSettled();
            said = type;
            first = offset;
        }
        last = offset;
        consumer.settled();
    }

    void tellSettled() {
        if (said != NOTHING) {
            byte type = said;
            said = NOTHING;
            tell(first, last, type);
        }
    }

    // a record that came back meanwhile, to an operator who moved the start for example, is not ours to settle
    private void tell(long from, long to, byte type) {
        consumer.logs();
        var error = share.acknowledge(consumer.member(), List.of(new Acknowledgement(from, to, List.of(type))));
        if (error != Errors.NONE && from < to) {
            for (long offset = from; offset <= to; offset++) {
                share.acknowledge(consumer.member(), List.of(new Acknowledgement(offset, offset, List.of(type))));
            }
        }
    }

    void renew() {
        share.renew(consumer.member());
    }
}
