package io.headrace.amqp;

import io.headrace.broker.Session;
import java.nio.ByteBuffer;

/// `basic.ack`, `basic.nack` and `basic.reject`: from delivery tags to the queues' own numbers.
///
/// Threads: the loop of its connection.
final class Settlements {
    /// What becomes of a delivery.
    enum Kind {
        ACK,
        /// Back to the queue, and it failed.
        REQUEUE,
        /// Back to the queue; nobody tried.
        RELEASE,
        DISCARD
    }

    private final AmqpChannel channel;
    private final Unacked unacked;
    private final BasicAckLayout ack = new BasicAckLayout();
    private final BasicNackLayout nack = new BasicNackLayout();
    private final BasicRejectLayout reject = new BasicRejectLayout();

    Settlements(AmqpChannel channel, Unacked unacked) {
        this.channel = channel;
        this.unacked = unacked;
    }

    void ack(ByteBuffer bytes, int at, int end) throws AmqpException {
        if (!ack.wrap(bytes, at, end)) {
            throw MethodReader.undecodable(bytes, at, end);
        }
        settle(ack.deliveryTag, ack.multiple, Kind.ACK);
    }

    void nack(ByteBuffer bytes, int at, int end) throws AmqpException {
        if (!nack.wrap(bytes, at, end)) {
            throw MethodReader.undecodable(bytes, at, end);
        }
        settle(nack.deliveryTag, nack.multiple, nack.requeue ? Kind.RELEASE : Kind.DISCARD);
    }

    void reject(ByteBuffer bytes, int at, int end) throws AmqpException {
        if (!reject.wrap(bytes, at, end)) {
            throw MethodReader.undecodable(bytes, at, end);
        }
        settle(reject.deliveryTag, false, reject.requeue ? Kind.REQUEUE : Kind.DISCARD);
    }

    /// With `multiple`, 0 is everything outstanding; any other tag must itself be outstanding.
    private void settle(long tag, boolean multiple, Kind kind) throws AmqpException {
        boolean everything = multiple && tag == 0;
        if (!everything && !unacked.contains(tag)) {
            throw ReplyCode.PRECONDITION_FAILED.because("unknown delivery tag " + Long.toUnsignedString(tag));
        }
        if (multiple) {
            long upTo = everything ? Long.MAX_VALUE : tag;
            while (unacked.takeFirst(upTo)) {
                settleTaken(kind);
            }
        } else {
            unacked.take(tag);
            settleTaken(kind);
        }
        channel.resumeConsumers();
    }

    private void settleTaken(Kind kind) throws AmqpException {
        if (kind == Kind.ACK) {
            countAck();
        }
        if (channel.tx() == null) {
            apply(kind, unacked.takenLease(), unacked.takenSequence(), unacked.takenConsumer());
        } else {
            channel.tx().settle(kind, unacked);
        }
    }

    private void countAck() {
        var consumer = unacked.takenConsumer();
        if (consumer == null) {
            channel.counts().ackedFetched(unacked.takenLease());
        } else {
            consumer.acked();
        }
    }

    /// Tells the queue, and the consumer that its window has room.
    ///
    /// @param consumer null for what `basic.get` fetched
    static void apply(Kind kind, Session.Lease lease, long sequence, AmqpConsumer consumer) {
        switch (kind) {
            case ACK -> lease.ack(sequence);
            case REQUEUE -> lease.requeue(sequence);
            case RELEASE -> lease.release(sequence);
            case DISCARD -> lease.discard(sequence);
        }
        if (consumer != null) {
            consumer.settled();
        }
    }

    /// Everything outstanding goes back, oldest first.
    void backAll(Kind kind) {
        while (unacked.takeFirst(Long.MAX_VALUE)) {
            apply(kind, unacked.takenLease(), unacked.takenSequence(), unacked.takenConsumer());
        }
    }
}
