package io.headrace.amqp;

import io.netty.util.collection.IntObjectHashMap;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// The channels of one connection, by number.
///
/// Threads: the loop of its connection.
final class Channels {
    private static final int FEW = 4;

    private final AmqpConnection connection;
    private final IntObjectHashMap<AmqpChannel> byNumber = new IntObjectHashMap<>(FEW);
    private final List<ConfirmWriter> confirming = new ArrayList<>(0); // have something to write in this turn
    private AmqpChannel last; // most frames are for the channel of the frame before
    private long assemblingBytes; // bodies that are half there
    private boolean starved; // a consumer was refused for want of room
    private boolean reliefAsked; // it was the memory of all

    Channels(AmqpConnection connection) {
        this.connection = connection;
    }

    /// @return null if there is no such channel
    AmqpChannel find(int number) {
        if (last == null || last.number() != number) {
            endOfBytes(); // only the last channel may refer to the bytes of this read
            last = byNumber.get(number);
        }
        return last;
    }

    /// A frame for a number that is not open: only `channel.open` will do.
    boolean opening(int number, int type, ByteBuffer bytes, int at, int length) throws AmqpException {
        if (type != Frame.METHOD) {
            throw PublishPath.methodExpected();
        }
        var reader = new MethodReader(bytes, at, at + length);
        if (reader.classId() == ChannelMethod.CLASS_ID
                && ChannelMethod.request(reader.methodId(), reader) instanceof ChannelMethod.Open) {
            open(number);
            return true;
        }
        throw ReplyCode.CHANNEL_ERROR.because("expected 'channel.open'");
    }

    /// A frame on a channel where frames of its type have no place.
    static AmqpException unexpected(int type, ByteBuffer bytes, int at, int length) {
        return ReplyCode.UNEXPECTED_FRAME
                .because(Frame.shown(type, bytes, at, length))
                .ofNoMethod();
    }

    private void open(int number) throws AmqpException {
        int most = connection.tuning().channelMax();
        if (number > most) {
            throw ReplyCode.NOT_ALLOWED
                    .because("number of channels opened (%d) has reached the negotiated channel_max (%d)"
                            .formatted(byNumber.size(), most))
                    .ofNoMethod();
        }
        var refusal = connection.session().openChannel();
        if (refusal.isPresent()) {
            throw RefusalTexts.ofOpening(refusal.get()).ofNoMethod();
        }
        connection.config().node().admitChannel(connection.observed().channels(), connection.node());
        byNumber.put(number, new AmqpChannel(connection, number));
        connection.observed().channelOpened(connection.view(), number);
        connection.send(number, new ChannelMethod.OpenOk());
    }

    void forEach(Consumer<AmqpChannel> action) {
        byNumber.values().forEach(action);
    }

    void remove(int number) {
        var removed = byNumber.remove(number);
        if (removed != null) {
            connection.observed().channelClosed(connection.view(), number, removed.tally());
            connection.session().closeChannel();
        }
        last = null;
    }

    void endOverdue(AckDeadlines deadlines) {
        for (AmqpChannel channel : byNumber.values()) {
            channel.endIfOverdue(deadlines);
        }
    }

    /// The connection ends: everything unsettled goes back, channel by channel.
    void closeAll() {
        for (AmqpChannel channel : byNumber.values()) {
            channel.stop();
        }
        for (AmqpChannel channel : byNumber.values()) {
            channel.release();
            connection.observed().channelClosed(connection.view(), channel.number(), channel.tally());
        }
        byNumber.clear();
        last = null;
        confirming.clear();
    }

    /// `writer` has confirms for the end of the turn.
    void confirmLater(ConfirmWriter writer) {
        confirming.add(writer);
        connection.output().touch();
    }

    void writeConfirms() {
        for (int i = 0; i < confirming.size(); i++) {
            confirming.get(i).write(connection.frames());
        }
        confirming.clear();
    }

    /// Whether a delivery fits into the output; if not, the consumer is called when it does.
    boolean room() {
        if (connection.gate().stopped(InputGate.BROKEN)) {
            return false;
        }
        var memory = connection.wire().memory();
        int most = memory.tight() ? 1 : connection.config().deliveryTurnBytes();
        if (!memory.full() && connection.output().room(most)) {
            return true;
        }
        starved = true;
        if (memory.full() && !reliefAsked) {
            reliefAsked = true;
            memory.onRelief(() -> {
                reliefAsked = false;
                roomAgain();
            });
        }
        return false;
    }

    /// The socket took something.
    void roomAgain() {
        if (starved && !connection.output().socketFull()) {
            starved = false;
            connection.wire().loop().execute(this::resumeAll);
        }
    }

    private void resumeAll() {
        for (AmqpChannel channel : byNumber.values()) {
            channel.resumeConsumers();
        }
    }

    /// More of a body that comes in several frames has arrived.
    ///
    /// @throws AmqpException this connection begins too much at once
    void assembling(int bytes) throws AmqpException {
        assemblingBytes += bytes;
        if (assemblingBytes > connection.config().maxAssemblingBytes()) {
            throw ReplyCode.RESOURCE_ERROR.because("bodies under way on all channels exceed "
                    + connection.config().maxAssemblingBytes() + " bytes");
        }
    }

    /// A body is complete, or will never be.
    void assembled(int bytes) {
        assemblingBytes -= bytes;
    }

    /// The bytes of the last read go away; a content that is half there keeps its part.
    void endOfBytes() {
        if (last != null) {
            last.endOfBytes();
        }
    }
}
