package io.headrace.amqp;

import io.headrace.broker.Counted;
import io.headrace.broker.QueueDeliveries;
import io.headrace.broker.Session;
import io.headrace.broker.Tally;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What happened on one channel. Plain increments, because they are made for every message: what was delivered is
/// counted for the queue it came from, and added up when somebody wants to know.
///
/// Threads: the loop of its connection.
final class ChannelCounts {
    /// Past this, queues that were not met before are counted as one.
    private static final int QUEUES_MAX = 100;

    long published;
    long publishedForConfirm;
    long returned;
    long dropped;
    private Map<String, OfQueue> queues = Map.of(); // replaced by the first
    private Map<Session.Lease, OfQueue> fetched = Map.of(); // likewise
    private final OfQueue others = new OfQueue("");

    /// What came from one queue.
    static final class OfQueue {
        private final String queue;
        long delivered;
        long deliveredNoAck;
        long got;
        long gotNoAck;
        long getEmpty;
        long redelivered;
        long acked;

        private OfQueue(String queue) {
            this.queue = queue;
        }

        private Tally.Builder addTo(Tally.Builder tally) {
            return tally.plus(Counted.DELIVER, delivered)
                    .plus(Counted.DELIVER_NO_ACK, deliveredNoAck)
                    .plus(Counted.GET, got)
                    .plus(Counted.GET_NO_ACK, gotNoAck)
                    .plus(Counted.GET_EMPTY, getEmpty)
                    .plus(Counted.REDELIVER, redelivered)
                    .plus(Counted.ACK, acked);
        }
    }

    OfQueue of(String queue) {
        var known = queues.get(queue);
        if (known == null && queues.size() < QUEUES_MAX) {
            known = new OfQueue(queue);
            queues = queues.isEmpty() ? new HashMap<>() : queues;
            queues.put(queue, known);
        }
        return known == null ? others : known;
    }

    /// Something that has to be settled was fetched from there.
    void fetched(OfQueue from, Session.Lease lease) {
        from.got++;
        if (fetched.size() < QUEUES_MAX) {
            fetched = fetched.isEmpty() ? new HashMap<>() : fetched;
            fetched.putIfAbsent(lease, from);
        }
    }

    /// Something that was fetched is acknowledged.
    void ackedFetched(Session.Lease lease) {
        fetched.getOrDefault(lease, others).acked++;
    }

    /// @param confirmed told to the publisher, with an ack or a nack
    Tally tally(long confirmed) {
        var tally = Tally.build()
                .with(Counted.PUBLISH, published)
                .with(Counted.PUBLISH_CONFIRM, publishedForConfirm)
                .with(Counted.CONFIRM, confirmed)
                .with(Counted.RETURN_UNROUTABLE, returned)
                .with(Counted.DROP_UNROUTABLE, dropped);
        queues.values().forEach(queue -> queue.addTo(tally));
        return others.addTo(tally).tally();
    }

    List<QueueDeliveries> deliveries() {
        List<QueueDeliveries> deliveries = new ArrayList<>(queues.size());
        for (var queue : queues.values()) {
            deliveries.add(
                    new QueueDeliveries(queue.queue, queue.addTo(Tally.build()).tally()));
        }
        return deliveries;
    }
}
