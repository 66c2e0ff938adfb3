package io.headrace.queue;

import io.headrace.message.StoredMessage;
import io.headrace.shard.CommittedEnd;
import io.headrace.shard.Shard;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// One queue. What is durable of it, the [QueueIndex], changes only by applied operations; who was given
/// what is the owner's alone and ends with the process.
///
/// Invariants
/// - a live message is exactly one of: ready (at or above the cursor, or in `returned`), outstanding, or
///   settled and on its way into the log
/// - messages leave in sequence order, returned ones first, since their numbers are lower than the cursor
/// - a sequence number up to `deliveredEnd` may have been seen by a consumer, so it is redelivered
///
/// Threads: the loop of its shard.
public final class Queue {
    private final int id;
    private final boolean durable;
    private final boolean quorum;
    private final Queues queues;
    private final Shard shard;
    private final QueueIndex index;
    private final Returned returned = new Returned();
    private final Subscribers subscribers = new Subscribers();
    private final Settlements settlements = new Settlements();
    private final CommittedEnd committedEnd = new CommittedEnd();
    private final QueueCounts counts = new QueueCounts();
    private long nextSequence; // given out by decisions; the index follows when they are applied
    private long cursor; // nothing from here on was given out
    private long deliveredEnd; // everything below may have been seen
    private long outstanding;
    private boolean loading;
    private boolean gone;
    private QueueSubscription exclusive;
    boolean queuedToDeliver;
    boolean queuedToSettle;

    Queue(int id, boolean durable, boolean quorum, Queues queues, Shard shard, IndexStore store) {
        this.id = id;
        this.durable = durable;
        this.quorum = quorum;
        this.queues = queues;
        this.shard = shard;
        this.index = new QueueIndex(store);
    }

    public int id() {
        return id;
    }

    /// Whether a persistent message is logged for this queue.
    boolean logs(boolean persistent) {
        return quorum || durable && persistent;
    }

    /// Messages waiting; outstanding ones are not counted.
    public long ready() {
        return index.live() - outstanding - settlements.count();
    }

    public long outstanding() {
        return outstanding;
    }

    /// Bytes of the messages that wait or are outstanding, as they are stored.
    public long bytes() {
        return index.liveBytes();
    }

    public QueueCounts counts() {
        return counts;
    }

    public int subscribers() {
        return subscribers.count();
    }

    public boolean consumedExclusively() {
        return exclusive != null;
    }

    public boolean gone() {
        return gone;
    }

    public QueueSubscription subscribe(Subscriber subscriber, boolean exclusively) {
        var subscription = new QueueSubscription(this, subscriber);
        subscribers.add(subscription);
        if (exclusively) {
            exclusive = subscription;
        }
        queues.deliverLater(this);
        return subscription;
    }

    /// A delivered message is done with.
    public void settle(long sequence) {
        if (gone) {
            return;
        }
        counts.acked++;
        drop(sequence);
    }

    private void drop(long sequence) {
        outstanding--;
        remove(sequence);
    }

    /// A delivered message goes back to its place.
    public void requeue(long sequence) {
        if (gone) {
            return;
        }
        outstanding--;
        index.returned(sequence);
        returned.add(sequence);
        queues.deliverLater(this);
    }

    /// Takes the next message out of turn and calls `taker`; later, if the message has to be read from disk
    /// first.
    public void take(boolean manualAck, Taker taker) {
        long sequence = peek();
        if (sequence < 0) {
            counts.getEmpty++;
            taker.empty();
            return;
        }
        var found = queues.found;
        int at = find(sequence);
        if (at < 0) {
            load(sequence, () -> take(manualAck, taker));
            return;
        }
        boolean redelivered = advance(sequence);
        taker.message(this, sequence, queues.message.wrap(found.page(), at), redelivered, ready());
        if (!manualAck) {
            settle(sequence);
        }
    }

    /// The answer of [#take].
    public interface Taker {
        /// @param remaining ready messages after this one
        void message(Queue queue, long sequence, StoredMessage message, boolean redelivered, long remaining);

        void empty();
    }

    /// Removes all ready messages. The shard must be closed before, so that all decisions are applied.
    ///
    /// @return how many
    public long purge() {
        long count = ready();
        if (count == 0) {
            return 0;
        }
        var kept = new ArrayList<Long>();
        var back = returned.toArray();
        for (long s = index.nextLive(index.first()); s >= 0 && s < cursor; s = index.nextLive(s + 1)) {
            if (Arrays.binarySearch(back, s) < 0) {
                kept.add(s);
            }
        }
        var keptArray = kept.stream().mapToLong(Long::longValue).toArray();
        int at = shard.reserve(QueueOps.purgeBytes(keptArray.length));
        QueueOps.purge(shard.durablePage(), at, id, nextSequence, keptArray);
        returned.clear();
        cursor = nextSequence;
        shard.urgent();
        shard.close();
        return count;
    }

    // ---- for Queues ----

    long assign() {
        return nextSequence++;
    }

    QueueIndex index() {
        return index;
    }

    Settlements settlements() {
        return settlements;
    }

    /// A message has its place.
    void applied(long sequence, long location, int length, boolean isTransient, long entry) {
        index.put(sequence, location, length, isTransient);
        counts.published++;
        if (quorum) {
            committedEnd.appended(entry, sequence + 1);
            queues.awaitCommit(this);
        }
        queues.deliverLater(this);
    }

    /// Replay: a message that the log holds.
    void replayed(long sequence, long location, int length) {
        index.put(sequence, location, length, false);
        nextSequence = Math.max(nextSequence, sequence + 1);
    }

    void applySettled(long first, int count) {
        for (long sequence = first; sequence < first + count; sequence++) {
            index.clear(sequence);
        }
    }

    /// Removes everything below `end` but `kept`, which is sorted.
    void applyPurged(long end, long[] kept) {
        int next = 0;
        for (long s = index.nextLive(index.first()); s >= 0 && s < end; s = index.nextLive(s + 1)) {
            while (next < kept.length && kept[next] < s) {
                next++;
            }
            if (next == kept.length || kept[next] != s) {
                if (index.isTransient(s)) {
                    shard.releaseTransient(index.location(s));
                }
                index.erase(s);
            }
        }
    }

    /// @return whether the queue may have more to deliver
    boolean committed(long offset) {
        return committedEnd.committed(offset);
    }

    boolean awaitsCommit() {
        return committedEnd.waiting();
    }

    /// Replay is over.
    ///
    /// @param exact the last run ended in order, so what was restored of deliveries is the whole truth
    void recovered(boolean exact) {
        nextSequence = Math.max(nextSequence, index.next());
        index.advance(nextSequence);
        cursor = index.first();
        deliveredEnd = exact ? deliveredEnd : nextSequence;
        committedEnd.all(nextSequence);
    }

    void restored(long nextSequence, long deliveredEnd) {
        this.nextSequence = nextSequence;
        this.deliveredEnd = deliveredEnd;
    }

    long nextSequence() {
        return nextSequence;
    }

    long deliveredEnd() {
        return deliveredEnd;
    }

    /// Delivers at most `max` messages.
    ///
    /// @return whether there may be more to deliver
    boolean deliver(int max) {
        for (int i = 0; i < max; i++) {
            long sequence = loading ? -1 : peek();
            if (sequence < 0) {
                return false;
            }
            int at = find(sequence);
            if (at < 0) {
                load(sequence, () -> queues.deliverLater(this));
                return false;
            }
            var next = subscribers.next();
            if (next == null) {
                return false;
            }
            boolean redelivered = advance(sequence);
            next.subscriber.deliver(this, sequence, queues.message.wrap(queues.found.page(), at), redelivered);
            if (next.subscriber.manualAck()) {
                counts.delivered++;
            } else {
                counts.deliveredNoAck++;
                drop(sequence);
            }
        }
        return true;
    }

    void resume(QueueSubscription subscription) {
        subscribers.resume(subscription);
        queues.deliverLater(this);
    }

    void unsubscribe(QueueSubscription subscription) {
        subscription.cancelled = true;
        subscribers.remove(subscription);
        if (exclusive == subscription) {
            exclusive = null;
        }
        queues.unsubscribed(this);
    }

    /// A queue like this one with nothing in it.
    Queue fresh() {
        return new Queue(id, durable, quorum, queues, shard, index.store());
    }

    /// The queue was deleted.
    void discard() {
        gone = true;
        index.forEachTransient(shard::releaseTransient);
        index.discard();
        returned.clear();
        settlements.clear();
        List<QueueSubscription> cancelled = subscribers.removeAll();
        for (var subscription : cancelled) {
            subscription.cancelled = true;
            subscription.subscriber.cancelled();
        }
    }

    // the next message to give out, or -1
    private long peek() {
        if (!returned.isEmpty()) {
            return returned.lowest();
        }
        if (ready() <= 0) {
            return -1;
        }
        long sequence = index.nextLive(cursor);
        if (quorum && sequence >= committedEnd.visible()) {
            return -1;
        }
        return sequence;
    }

    // takes what peek() gave; tells whether it was given out before
    private boolean advance(long sequence) {
        outstanding++;
        index.delivered(sequence);
        if (!returned.isEmpty()) {
            returned.removeLowest();
        } else {
            if (sequence >> IndexPage.SLOT_BITS != cursor >> IndexPage.SLOT_BITS) {
                index.passed(cursor);
            }
            cursor = sequence + 1;
        }
        boolean redelivered = sequence < deliveredEnd;
        if (redelivered) {
            counts.redelivered++;
        }
        deliveredEnd = Math.max(deliveredEnd, sequence + 1);
        return redelivered;
    }

    private void remove(long sequence) {
        if (index.isTransient(sequence)) {
            long location = index.location(sequence);
            index.clear(sequence);
            shard.releaseTransient(location);
        } else {
            settlements.add(sequence);
            queues.settleLater(this);
        }
    }

    private int find(long sequence) {
        return shard.find(index.location(sequence), index.isTransient(sequence), queues.found);
    }

    private void load(long sequence, Runnable then) {
        loading = true;
        shard.load(index.location(sequence), index.isTransient(sequence), () -> {
            loading = false;
            if (!gone) {
                then.run();
            }
        });
    }
}
