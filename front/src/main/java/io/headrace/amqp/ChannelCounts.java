package io.headrace.amqp;

import io.headrace.broker.Counted;
import io.headrace.broker.Tally;

/// What happened on one channel. Plain increments, because they are made for every message.
///
/// Threads: the loop of its connection.
final class ChannelCounts {
    long published;
    long publishedForConfirm;
    long returned;
    long dropped;
    long delivered;
    long deliveredNoAck;
    long got;
    long gotNoAck;
    long getEmpty;
    long redelivered;
    long acked;

    /// @param confirmed told to the publisher, with an ack or a nack
    Tally tally(long confirmed) {
        return Tally.build()
                .with(Counted.PUBLISH, published)
                .with(Counted.PUBLISH_CONFIRM, publishedForConfirm)
                .with(Counted.CONFIRM, confirmed)
                .with(Counted.RETURN_UNROUTABLE, returned)
                .with(Counted.DROP_UNROUTABLE, dropped)
                .with(Counted.DELIVER, delivered)
                .with(Counted.DELIVER_NO_ACK, deliveredNoAck)
                .with(Counted.GET, got)
                .with(Counted.GET_NO_ACK, gotNoAck)
                .with(Counted.GET_EMPTY, getEmpty)
                .with(Counted.REDELIVER, redelivered)
                .with(Counted.ACK, acked)
                .tally();
    }
}
