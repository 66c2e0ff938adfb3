package io.headrace.shovel;

import io.headrace.shovel.Inbox.Event;
import io.headrace.shovel.ShovelDefinition.AckMode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Queue;
import java.util.TreeMap;

/// Carries messages from a source to a destination, from when both are open until one of them fails or enough
/// was carried.
///
/// Threads: the shovel's.
final class Transfer {
    /// A rejected message waits so long before it goes back to its queue, else it would come again at once.
    private static final long REJECTED_REST_MILLIS = 1_000;
    private static final long IDLE_MILLIS = 60_000;

    private final AckMode ackMode;
    private final Source source;
    private final Destination destination;
    private final Inbox inbox;
    private final Stamp stamp;
    private final long most;
    private final NavigableMap<Long, Long> unconfirmed = new TreeMap<>(); // sequence to delivery tag
    private final Queue<Event.Delivered> surplus = new ArrayDeque<>(); // beyond what is to be carried
    private final List<Long> rejected = new ArrayList<>();
    private long rejectedAtNanos;
    private long published; // since the start, those that were rejected too
    private long underWay; // published and not rejected
    private long carried;

    /// @param most messages to carry
    Transfer(AckMode ackMode, Source source, Destination destination, Inbox inbox, Stamp stamp, long most) {
        this.ackMode = ackMode;
        this.source = source;
        this.destination = destination;
        this.inbox = inbox;
        this.stamp = stamp;
        this.most = most;
    }

    /// Returns when [#most] messages were carried.
    void run() throws ShovelTrouble, InterruptedException {
        while (carried < most) {
            var event = inbox.poll(rejected.isEmpty() ? IDLE_MILLIS : restMillis());
            if (event != null) {
                handle(event);
            }
            if (!rejected.isEmpty() && restMillis() == 0) {
                for (long tag : rejected) {
                    source.requeue(tag);
                }
                rejected.clear();
            }
        }
        destination.flush();
    }

    private long restMillis() {
        long passed = (System.nanoTime() - rejectedAtNanos) / 1_000_000;
        return Math.max(0, REJECTED_REST_MILLIS - passed);
    }

    private void handle(Event event) throws ShovelTrouble, InterruptedException {
        switch (event) {
            case Event.Delivered delivered -> delivered(delivered);
            case Event.Confirmed(long sequence, boolean multiple) -> confirmed(sequence, multiple);
            case Event.Rejected(long sequence, boolean multiple) -> rejected(sequence, multiple);
            case Event.Failed(String reason) -> throw new ShovelTrouble(reason);
        }
    }

    private void delivered(Event.Delivered delivered) throws ShovelTrouble, InterruptedException {
        if (underWay == most) {
            surplus.add(delivered);
            return;
        }
        var message = stamp.stamped(delivered.message());
        published++;
        underWay++;
        switch (ackMode) {
            case ON_CONFIRM -> {
                unconfirmed.put(published, delivered.tag());
                destination.publish(message);
            }
            case ON_PUBLISH -> {
                destination.publish(message);
                source.ack(delivered.tag(), false);
                carried++;
            }
            case NO_ACK -> {
                destination.publish(message);
                carried++;
            }
        }
    }

    private void confirmed(long sequence, boolean multiple) throws ShovelTrouble {
        if (!multiple) {
            var tag = unconfirmed.remove(sequence);
            if (tag != null) {
                source.ack(tag, false);
                carried++;
            }
            return;
        }
        var settled = unconfirmed.headMap(sequence, true);
        if (settled.isEmpty()) {
            return;
        }
        // what was rejected and rests lies among them, and is not to be settled with them
        if (rejected.isEmpty()) {
            source.ack(settled.lastEntry().getValue(), true);
        } else {
            for (long tag : settled.values()) {
                source.ack(tag, false);
            }
        }
        carried += settled.size();
        settled.clear();
    }

    private void rejected(long sequence, boolean multiple) throws ShovelTrouble, InterruptedException {
        var refused = unconfirmed.subMap(multiple ? 0 : sequence, true, sequence, true);
        if (rejected.isEmpty()) {
            rejectedAtNanos = System.nanoTime();
        }
        rejected.addAll(refused.values());
        underWay -= refused.size();
        refused.clear();
        while (underWay < most && !surplus.isEmpty()) {
            delivered(surplus.remove());
        }
    }
}
