package io.headrace.bridge;

import io.headrace.stream.group.ShareMember;
import io.headrace.stream.share.Acknowledgement;
import io.headrace.stream.share.SharePartition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A consumer of AMQP that is a member of a share group: what it has nobody else in the group gets, whichever protocol
/// he speaks, until it is settled.
///
/// ```text
///  SharePartition.fetch ─► SharePart ─► SharePort.deliver ─► ack, requeue, discard ─► SharePartition.acknowledge
///                           ahead        unsettled
/// ```
/// Which partitions it gets records of is decided above, by the coordinator of the group.
///
/// Threads: the loop.
public final class ShareConsumer extends Delivering implements ShareMember.Side {
    /// Records taken ahead by who sets no limit of its own, and by who sets a larger one.
    private static final int AHEAD_MAX = 256;

    private static final int ROUND_MAX = 256;

    private final StreamQueue queue;
    private final Bridge bridge;
    private final String member;
    private final SharePort port;
    private final int prefetch;
    private final boolean manualAck;
    private final DeliveryPage page;
    private final List<SharePart> former = new ArrayList<>(); // of which something may be unsettled
    private List<SharePart> parts = List.of();
    private int turn; // the part that is looked at first
    private int unsettled;
    private boolean ended;
    private Runnable onIdle = () -> {};

    ShareConsumer(StreamQueue queue, Bridge bridge, String member, SharePort port, int prefetch, boolean manualAck) {
        this.queue = queue;
        this.bridge = bridge;
        this.member = member;
        this.port = port;
        this.prefetch = prefetch;
        this.manualAck = manualAck;
        this.page = new DeliveryPage(queue.name());
    }

    String member() {
        return member;
    }

    @Override
    public void assign(List<SharePartition> partitions) {
        if (ended) {
            return;
        }
        var kept = new ArrayList<SharePart>();
        for (var partition : partitions) {
            kept.add(part(partition).orElseGet(() -> new SharePart(this, partition)));
        }
        for (var part : parts) {
            if (!kept.contains(part)) {
                part.close();
                former.add(part);
            }
        }
        parts = kept;
        resume();
    }

    private Optional<SharePart> part(SharePartition partition) {
        return parts.stream().filter(part -> part.of(partition)).findFirst();
    }

    /// [SharePort#ready] may have become true.
    public void resume() {
        bridge.deliverLater(this);
    }

    @Override
    public void renew() {
        parts.forEach(SharePart::renew);
        former.forEach(SharePart::renew);
    }

    /// No delivery after the call.
    ///
    /// @param idle runs when all that was delivered is settled
    public void cancel(Runnable idle) {
        if (!ended) {
            end();
            queue.forget(this);
        }
        onIdle = idle;
        resume();
    }

    @Override
    void queueGone() {
        if (!ended) {
            end();
            port.cancelled();
        }
    }

    private void end() {
        ended = true;
        parts.forEach(SharePart::close);
        former.addAll(parts);
        parts = List.of();
    }

    /// There are operations for the log that this turn has to take with it.
    void logs() {
        bridge.touch();
    }

    void settled() {
        unsettled--;
        resume();
    }

    @Override
    boolean deliver() {
        for (int i = 0; i < ROUND_MAX; i++) {
            var part = ended || !port.ready() ? null : next();
            if (part == null) {
                tell();
                return false;
            }
            deliverFrom(part);
        }
        return true;
    }

    private void tell() {
        parts.forEach(SharePart::tellSettled);
        former.forEach(SharePart::tellSettled);
        if (unsettled == 0) {
            former.clear();
            if (ended) {
                var idle = onIdle;
                onIdle = () -> {};
                idle.run();
            }
        }
    }

    // the one that has records, or gets some at once; null if there is none
    private SharePart next() {
        for (int i = 0; i < parts.size(); i++) {
            var part = parts.get((turn + i) % parts.size());
            int room = room();
            if (part.ahead() > 0 ? part.hasGiven() : room > 0 && part.ask(room)) {
                turn = (turn + i) % parts.size();
                return part;
            }
        }
        return null;
    }

    private int room() {
        int room = prefetch == 0 ? AHEAD_MAX : Math.min(prefetch - unsettled, AHEAD_MAX);
        for (var part : parts) {
            room -= part.ahead();
        }
        return room;
    }

    private void deliverFrom(SharePart part) {
        part.next().ifPresent(record -> {
            long offset = record.offset();
            unsettled++;
            port.deliver(part, offset, page.message(page.read(record), offset), part.deliveries() - 1);
            if (!manualAck) {
                part.settle(offset, Acknowledgement.ACCEPT);
            }
        });
        if (!part.hasGiven()) {
            turn++;
        }
    }
}
