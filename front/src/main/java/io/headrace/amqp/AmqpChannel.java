package io.headrace.amqp;

import io.headrace.broker.ChannelReport;
import io.headrace.broker.Session;
import io.headrace.broker.Tally;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// One channel: dispatches its frames and holds what lives as long as it does. Parts that many channels
/// never need (publishing, consumers, a transaction) are made when they are first used.
///
/// After an error of its own it has sent `channel.close` and ignores everything but close and close-ok.
///
/// Threads: the loop of its connection.
final class AmqpChannel {
    private static final AmqpConsumer[] NO_CONSUMERS = {};

    private final AmqpConnection connection;
    private final int number;
    private final Unacked unacked = new Unacked();
    private final Settlements settlements;
    private final ChannelCounts counts = new ChannelCounts();
    private final Prefetch window = new Prefetch(0);
    private final ChannelMethods methods;
    private final Map<String, AmqpConsumer> consumers = new LinkedHashMap<>(0);
    private AmqpConsumer[] inOrder = NO_CONSUMERS; // the same, replaced when they change
    private PublishPath publishing; // null until the first publish or confirm.select
    private TxBuffer tx; // null unless tx.select
    private String lastQueue = ""; // the queue declared last, empty if none
    private long lastDeliveryTag;
    private boolean closing; // channel.close is sent

    AmqpChannel(AmqpConnection connection, int number) {
        this.connection = connection;
        this.number = number;
        this.settlements = new Settlements(this, unacked);
        this.methods = new ChannelMethods(this);
    }

    // ------------------------------------------------------------------------------------------------- frames

    /// @return false if the frame has to be offered again later
    boolean frame(int type, ByteBuffer bytes, int at, int length) throws AmqpException {
        if (closing) {
            closingFrame(type, bytes, at, length);
            return true;
        }
        switch (type) {
            case Frame.METHOD -> {
                return method(bytes, at, at + length);
            }
            case Frame.HEADER -> {
                return publishing().header(bytes, at, length);
            }
            case Frame.BODY -> {
                return publishing().body(bytes, at, length);
            }
            default -> throw new IllegalStateException("a frame of type " + type + " is for no channel");
        }
    }

    private boolean method(ByteBuffer bytes, int at, int end) throws AmqpException {
        if (publishing != null && !publishing.idle()) {
            connection.handling(BasicPublishLayout.ID); // it lacks its content
            throw publishing.contentExpected();
        }
        switch (bytes.getInt(at)) {
            case BasicPublishLayout.ID -> {
                if (connection.holdsPublish()) {
                    return false;
                }
                publishing().method(bytes, at, end);
            }
            case BasicAckLayout.ID -> settlements.ack(bytes, at, end);
            case BasicNackLayout.ID -> settlements.nack(bytes, at, end);
            case BasicRejectLayout.ID -> settlements.reject(bytes, at, end);
            default -> methods.handle(new MethodReader(bytes, at, end));
        }
        return true;
    }

    private void closingFrame(int type, ByteBuffer bytes, int at, int length) throws AmqpException {
        if (type != Frame.METHOD) {
            return;
        }
        var reader = new MethodReader(bytes, at, at + length);
        if (reader.classId() != ChannelMethod.CLASS_ID) {
            return;
        }
        switch (ChannelMethod.request(reader.methodId(), reader)) {
            case ChannelMethod.Close _ -> send(new ChannelMethod.CloseOk());
            case ChannelMethod.CloseOk _ -> connection.channels().remove(number);
            case ChannelMethod.Open _, ChannelMethod.Flow _, ChannelMethod.FlowOk _ -> {}
        }
    }

    /// The bytes of the last read go away.
    void endOfBytes() {
        if (publishing != null) {
            publishing.endOfBytes();
        }
    }

    // --------------------------------------------------------------------------------------------------- ends

    /// The peer is to blame: what is unsettled goes back, then it is told.
    void fail(int method, AmqpException error) {
        stop();
        release();
        closing = true;
        send(new ChannelMethod.Close(error.code().code(), error.replyText(), method >>> 16, method & 0xffff));
    }

    /// The peer closes it.
    void close() {
        stop();
        release();
        connection.channels().remove(number);
        send(new ChannelMethod.CloseOk());
    }

    /// No delivery and no half message from now on.
    void stop() {
        closing = true;
        var ended = inOrder;
        consumers.clear();
        inOrder = NO_CONSUMERS;
        for (AmqpConsumer consumer : ended) {
            consumer.cancel();
            connection.observed().consumerEnded(connection.view(), number, consumer::report, false);
        }
        if (publishing != null) {
            publishing.close();
        }
    }

    /// What is unsettled goes back to the queues.
    void release() {
        if (tx != null) {
            tx.rollback(unacked);
            tx = null;
        }
        settlements.backAll(Settlements.Kind.REQUEUE);
    }

    /// Ends the channel if something it was given has been outstanding for too long.
    void endIfOverdue(AckDeadlines deadlines) {
        long timeoutMillis = unacked.firstOverdue(deadlines.lastStampToLookAt(), (stamp, consumer) -> {
            long timeout = consumer == null ? connection.config().consumerTimeoutMillis() : consumer.ackTimeoutMillis();
            return deadlines.passed(stamp, timeout) ? timeout : 0;
        });
        if (timeoutMillis > 0 && !closing) {
            connection.fail(
                    number,
                    0,
                    ReplyCode.PRECONDITION_FAILED.because("delivery acknowledgement on channel " + number
                            + " timed out. Timeout value used: " + timeoutMillis
                            + " ms. This timeout value can be configured, see consumers doc guide to learn more"));
        }
    }

    void broken(Throwable trouble) {
        connection.broken(trouble);
    }

    // ---------------------------------------------------------------------------------------------- consumers

    void add(AmqpConsumer consumer) {
        consumers.put(consumer.tag(), consumer);
        inOrder = consumers.values().toArray(NO_CONSUMERS);
        connection.observed().consumerStarted(connection.view(), number, consumer::report);
    }

    /// @param cancelled by the client
    boolean remove(AmqpConsumer consumer, boolean cancelled) {
        boolean removed = consumers.remove(consumer.tag(), consumer);
        if (removed) {
            connection.observed().consumerEnded(connection.view(), number, consumer::report, cancelled);
        }
        inOrder = consumers.values().toArray(NO_CONSUMERS);
        return removed;
    }

    /// @return null if there is none
    AmqpConsumer consumer(String tag) {
        return consumers.get(tag);
    }

    int consumerCount() {
        return consumers.size();
    }

    /// The engine ended it, because its queue is gone.
    void consumerCancelled(AmqpConsumer consumer) {
        if (remove(consumer, false) && connection.peer().hearsCancels()) {
            send(new BasicMethod.Cancel(consumer.tag(), true));
        }
    }

    /// Windows or the socket may have room again.
    void resumeConsumers() {
        for (AmqpConsumer consumer : inOrder) {
            consumer.resume();
        }
    }

    boolean roomForDelivery() {
        return connection.channels().room();
    }

    boolean roomForUnacked() {
        return unacked.size() < connection.config().maxUnackedPerChannel();
    }

    long nextDeliveryTag() {
        return ++lastDeliveryTag;
    }

    // -------------------------------------------------------------------------------------------------- parts

    void send(Method method) {
        connection.send(number, method);
    }

    void confirmLater(ConfirmWriter writer) {
        if (!closing) {
            connection.channels().confirmLater(writer);
        }
    }

    PublishPath publishing() {
        if (publishing == null) {
            publishing = new PublishPath(this, connection);
        }
        return publishing;
    }

    boolean confirming() {
        return publishing != null && publishing.confirming();
    }

    /// @return null unless the channel is transactional
    TxBuffer tx() {
        return tx;
    }

    void transactional() {
        if (tx == null) {
            tx = new TxBuffer(connection);
        }
    }

    String lastQueue() {
        return lastQueue;
    }

    void lastQueue(String name) {
        lastQueue = name;
    }

    int number() {
        return number;
    }

    AmqpConnection connection() {
        return connection;
    }

    ContentWriter content() {
        return connection.content();
    }

    /// As operators see it.
    ChannelReport report(String state) {
        return new ChannelReport(
                number,
                closing ? "closing" : state,
                confirming(),
                tx != null,
                methods.prefetch(),
                window.limit(),
                unacked.size(),
                confirming() ? publishing.unconfirmed() : 0,
                tx == null ? 0 : tx.publishes(),
                tx == null ? 0 : tx.settlements(),
                tally(),
                consumers.values().stream().map(AmqpConsumer::report).toList(),
                publishing == null ? List.of() : publishing.publishes(),
                counts.deliveries());
    }

    Tally tally() {
        return counts.tally(confirming() ? publishing.confirmed() : 0);
    }

    ChannelCounts counts() {
        return counts;
    }

    Session session() {
        return connection.session();
    }

    Unacked unacked() {
        return unacked;
    }

    /// A delivery is on its way that has to be settled.
    ///
    /// @param consumer null for what `basic.get` fetched
    void handed(long tag, long sequence, Session.Lease lease, AmqpConsumer consumer) {
        unacked.add(tag, sequence, lease, consumer, connection.deadlines().stamp());
    }

    AckDeadlines deadlines() {
        return connection.deadlines();
    }

    Settlements settlements() {
        return settlements;
    }

    /// The window that all its consumers share (`basic.qos` with global).
    Prefetch window() {
        return window;
    }
}
