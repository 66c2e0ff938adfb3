package io.headrace.amqp;

import io.headrace.broker.Session;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// What a transaction holds until `tx.commit`: publishes as bytes, settlements as what they settle.
///
/// ```text
///  one publish: exchange u8, key u8, mandatory u8, properties u32, body u32, then the four of them
/// ```
/// Threads: the loop of its connection.
final class TxBuffer {
    private static final int PREFIX_BYTES = 11;
    private static final int FIRST_BYTES = 4096;

    private record Held(
            Settlements.Kind kind,
            Session.Lease lease,
            long sequence,
            AmqpConsumer consumer,
            long deliveryTag,
            int stamp) {}

    /// Publishes what was held.
    interface Publishing {
        void publish(byte[] names, int exchangeBytes, int keyBytes, boolean mandatory, Session.Content content)
                throws AmqpException;
    }

    private final AmqpConnection connection;
    private final List<Held> settlements = new ArrayList<>();
    private ByteBuf publishes; // null while there are none
    private int publishCount;

    TxBuffer(AmqpConnection connection) {
        this.connection = connection;
    }

    /// Whether there is memory for one more publish now; if not, the input rests.
    boolean admits(int bodyBytes) {
        return connection.pieces().admits(bodyBytes + (publishes == null ? 0 : publishes.capacity()));
    }

    int publishes() {
        return publishCount;
    }

    int settlements() {
        return settlements.size();
    }

    void publish(byte[] names, int exchangeBytes, int keyBytes, boolean mandatory, Session.Content content)
            throws AmqpException {
        int propertiesBytes = content.propertiesBytes();
        int bodyBytes = content.bodyBytes();
        long size = PREFIX_BYTES + (long) exchangeBytes + keyBytes + propertiesBytes + bodyBytes;
        roomFor(size);
        int at = publishes.writerIndex();
        ByteBuffer out = publishes.nioBuffer(0, publishes.capacity());
        out.put(at, (byte) exchangeBytes);
        out.put(at + 1, (byte) keyBytes);
        out.put(at + 2, (byte) (mandatory ? 1 : 0));
        out.putInt(at + 3, propertiesBytes);
        out.putInt(at + 7, bodyBytes);
        out.put(at + PREFIX_BYTES, names, 0, exchangeBytes + keyBytes);
        int propertiesAt = at + PREFIX_BYTES + exchangeBytes + keyBytes;
        content.copyProperties(out, propertiesAt);
        content.copyBody(out, propertiesAt + propertiesBytes);
        publishes.writerIndex(at + (int) size);
        publishCount++;
    }

    private void roomFor(long size) throws AmqpException {
        countOne();
        int used = publishes == null ? 0 : publishes.writerIndex();
        int most = connection.config().txMaxBytes();
        if (used + size > most) {
            throw ReplyCode.PRECONDITION_FAILED.because(
                    "transaction holds more than " + most + " bytes of messages, commit more often");
        }
        if (publishes == null) {
            publishes = connection.wire().allocate((int) Math.max(FIRST_BYTES, size));
            connection.pieces().resized(0, publishes.capacity());
        } else if (publishes.writableBytes() < size) {
            long doubled = Math.max(used + size, Math.min(most, 2L * publishes.capacity()));
            var larger = connection.wire().allocate((int) doubled);
            larger.writeBytes(publishes, 0, used);
            connection.pieces().resized(publishes.capacity(), larger.capacity());
            publishes.release();
            publishes = larger;
        }
    }

    /// Holds what was just taken out of `unacked`.
    void settle(Settlements.Kind kind, Unacked unacked) throws AmqpException {
        settlements.add(new Held(
                kind,
                unacked.takenLease(),
                unacked.takenSequence(),
                unacked.takenConsumer(),
                unacked.takenTag(),
                unacked.takenStamp()));
        countOne();
    }

    private void countOne() throws AmqpException {
        int most = connection.config().txMaxOperations();
        if (settlements.size() + publishCount >= most) {
            throw ReplyCode.PRECONDITION_FAILED.because(
                    "transaction holds more than " + most + " operations, commit more often");
        }
    }

    /// Does everything in its order: publishes, then settlements. If a publish is refused, the ones after
    /// it are dropped and the settlements stay held, for the channel ends and they go back.
    void commit(Publishing publishing) throws AmqpException {
        try {
            if (publishes != null) {
                publishAll(publishing);
            }
        } finally {
            clearPublishes();
        }
        for (Held held : settlements) {
            Settlements.apply(held.kind(), held.lease(), held.sequence(), held.consumer());
        }
        settlements.clear();
    }

    private void publishAll(Publishing publishing) throws AmqpException {
        ByteBuffer bytes = publishes.nioBuffer(0, publishes.writerIndex());
        int at = 0;
        while (at < bytes.capacity()) {
            int exchangeBytes = bytes.get(at) & 0xff;
            int keyBytes = bytes.get(at + 1) & 0xff;
            var names = new byte[exchangeBytes + keyBytes];
            bytes.get(at + PREFIX_BYTES, names);
            int contentAt = at + PREFIX_BYTES + names.length;
            var content = new HeldContent(bytes, contentAt, bytes.getInt(at + 3), bytes.getInt(at + 7));
            publishing.publish(names, exchangeBytes, keyBytes, bytes.get(at + 2) != 0, content);
            at = contentAt + content.propertiesBytes() + content.bodyBytes();
        }
    }

    /// Forgets publishes; settled deliveries are outstanding again, under their tags.
    void rollback(Unacked unacked) {
        clearPublishes();
        settlements.sort(Comparator.comparingLong(Held::deliveryTag));
        var others = unacked.removeAll();
        for (Held held : settlements) {
            others.moveBelow(held.deliveryTag(), unacked);
            unacked.add(held.deliveryTag(), held.sequence(), held.lease(), held.consumer(), held.stamp());
        }
        others.moveBelow(Long.MAX_VALUE, unacked);
        settlements.clear();
    }

    private void clearPublishes() {
        publishCount = 0;
        if (publishes != null) {
            connection.pieces().resized(publishes.capacity(), 0);
            publishes.release();
            publishes = null;
        }
    }

    private record HeldContent(ByteBuffer bytes, int at, int propertiesBytes, int bodyBytes)
            implements Session.Content {
        @Override
        public void copyProperties(ByteBuffer target, int targetAt) {
            target.put(targetAt, bytes, at, propertiesBytes);
        }

        @Override
        public void copyBody(ByteBuffer target, int targetAt) {
            target.put(targetAt, bytes, at + propertiesBytes, bodyBytes);
        }
    }
}
