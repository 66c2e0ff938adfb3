package io.headrace.queue;

import io.headrace.message.StoredMessage;
import io.headrace.shard.Shard;
import java.util.List;
import java.util.function.BooleanSupplier;

/// One queue. What is durable of it, the indexes of its lanes, changes only by applied operations, or ahead of them
/// by what is decided for good; who was given what is the owner's alone and ends with the process.
///
/// Invariants
/// - a live message is exactly one of: ready (at or above its lane's cursor, or in `returned`), outstanding, delayed
///   (it came back and waits for its time), dying, or settled and on its way into the log
/// - messages leave in sequence order; returned ones have lower numbers than the cursor of their lane
/// - a sequence number up to a lane's `deliveredEnd` may have been seen by a consumer, so it is redelivered
///
/// Threads: the loop of its shard.
public final class Queue {
    /// Smaller messages are read while no consumer is ready yet: a piece of the log has many.
    private static final int READ_AHEAD_BYTES_MAX = 64 << 10;

    private final int id;
    private final boolean durable;
    private final boolean quorum;
    private final Queues queues;
    private final Shard shard;
    private final IndexStore store;
    private final Contents contents;
    private final IndexTotals totals;
    private final Subscribers subscribers;
    private final Removals removals;
    private final QueueCounts counts = new QueueCounts();
    private final LengthLimits limits = new LengthLimits(this);
    private final Deaths deaths;
    private final Retries retries;
    private QueueTraits traits;
    private ConsumerUse use; // null until there is a consumer
    private long outstanding;
    private boolean loading;
    private boolean gone;
    boolean queuedToDeliver;
    boolean queuedToSettle;
    boolean queuedToBury;
    boolean queuedToTrim;

    Queue(int id, boolean durable, boolean quorum, QueueTraits traits, Queues queues, Shard shard, IndexStore store) {
        this.id = id;
        this.durable = durable;
        this.quorum = quorum;
        this.traits = traits;
        this.queues = queues;
        this.shard = shard;
        this.store = store;
        this.contents = new Contents(quorum, traits.maxPriority(), store, this);
        this.totals = contents.totals();
        this.subscribers = new Subscribers(traits.singleActiveConsumer(), quorum);
        this.removals = new Removals(this, queues, shard);
        this.deaths = new Deaths(this, queues, shard);
        this.retries = new Retries(this, queues);
    }

    public int id() {
        return id;
    }

    public QueueTraits traits() {
        return traits;
    }

    /// Other traits hold from now on; how many priorities there are stays.
    public void govern(QueueTraits changed) {
        traits = changed;
        queues.trimLater(this);
    }

    public boolean durable() {
        return durable;
    }

    public boolean quorum() {
        return quorum;
    }

    /// Whether a persistent message is logged for this queue.
    boolean logs(boolean persistent) {
        return quorum || durable && persistent;
    }

    /// Messages waiting for a consumer; outstanding ones are not counted, nor those that are delayed, or that died and
    /// wait to be moved.
    public long ready() {
        return contents.ready();
    }

    /// Messages that came back and wait for their time.
    public long delayed() {
        return totals.delayed;
    }

    public long outstanding() {
        return outstanding;
    }

    /// Bytes of the bodies of the messages that are ready or delayed, as RabbitMQ counts them.
    public long readyBodyBytes() {
        return totals.bodyBytes - totals.takenBodyBytes;
    }

    /// The same of all messages.
    public long bodyBytes() {
        return totals.bodyBytes;
    }

    /// Memory that the index of its messages has at the moment; messages themselves are in the log and its pages.
    public long memoryBytes() {
        return contents.memoryBytes();
    }

    public QueueCounts counts() {
        return counts;
    }

    public int subscribers() {
        return subscribers.count();
    }

    /// The share of time in which a consumer could take a message; 0 without consumers.
    public double consumerCapacity() {
        return subscribers.count() == 0 ? 0 : use.capacity(nanos());
    }

    public boolean consumedExclusively() {
        return subscribers.consumedExclusively();
    }

    public boolean gone() {
        return gone;
    }

    public QueueSubscription subscribe(Subscriber subscriber, boolean exclusively) {
        var subscription = new QueueSubscription(this, subscriber);
        subscribers.add(subscription, exclusively);
        if (use == null) {
            use = new ConsumerUse(nanos());
        }
        consumersReady();
        queues.deliverLater(this);
        return subscription;
    }

    /// In the order in which they came.
    public List<QueueSubscription> subscriptions() {
        return subscribers.all();
    }

    boolean active(QueueSubscription subscription) {
        return subscribers.isActive(subscription);
    }

    void idle(QueueSubscription subscription) {
        if (!gone && subscribers.idle(subscription)) {
            queues.deliverLater(this);
        }
    }

    /// A delivered message is done with.
    public void settle(long sequence) {
        if (gone) {
            return;
        }
        counts.acked++;
        drop(sequence);
    }

    /// One that was given out is done with.
    void drop(long sequence) {
        outstanding--;
        removals.settle(sequence);
    }

    /// A delivered message is refused for good.
    public void discard(long sequence) {
        if (!gone) {
            outstanding--;
            deaths.dieOutstanding(sequence, DeadLetters.Reason.REJECTED);
        }
    }

    /// A delivered message goes back to its place, now or when it has waited long enough.
    ///
    /// @param failed it was tried in vain; else nobody tried
    public void requeue(long sequence, boolean failed) {
        if (!gone) {
            outstanding--;
            retries.comesBack(sequence, failed);
        }
    }

    /// Messages came back or are ready again, so there may be too many that can be dropped.
    void trimIfExceeded() {
        if (limits.exceeded()) {
            queues.trimLater(this);
        }
    }

    /// The time has come that was noted for a message.
    ///
    /// @return when to try again; 0 if there is no need
    long due(long sequence, long nowMillis) {
        retries.due(sequence, nowMillis);
        return deaths.due(sequence, nowMillis);
    }

    /// Takes the next message out of turn and calls `taker`; later, if the message has to be read from disk
    /// first, or if what there is must be committed first. The shard must be closed before, so that what was
    /// published is here.
    public void take(boolean manualAck, Taker taker) {
        var take = new Take(this, manualAck, taker);
        if (contents.awaitsCommit() && peekAlive() < 0) {
            shard.await(contents.newestEntry(), take, 0);
        } else {
            take.next();
        }
    }

    /// Removes all messages that are ready or delayed. The shard must be closed before, so that all decisions are
    /// applied.
    ///
    /// @return how many
    public long purge() {
        return removals.purge();
    }

    /// A message that was buried is somewhere else now: writes it into the log, in the entry that has the rest.
    /// Room for [#MOVED_BYTES] was made sure of.
    public void moved(long sequence) {
        removals.moved(sequence);
    }

    /// The most that [#moved] encodes.
    public static final int MOVED_BYTES = QueueOps.settleBytes(1);

    // ---- for Queues ----

    /// @param priority of the message, -1 if it has none
    long assign(int priority, int bodyBytes) {
        limits.assigned(bodyBytes);
        return contents.assign(priority);
    }

    /// What was assigned last will not come; its number stays unused.
    void takeBack(int bodyBytes) {
        limits.takenBack(bodyBytes);
    }

    /// Whether there is no room for one more message, and it will be refused.
    public boolean full(int bodyBytes) {
        return limits.full(bodyBytes);
    }

    /// Drops from the head what is too much, at most `max`.
    ///
    /// @return whether there is more to drop
    boolean trim(int max) {
        for (int i = 0; i < max && limits.exceeded(); i++) {
            long sequence = peek();
            if (sequence < 0) {
                return false; // what is not committed yet is looked at when it is
            }
            contents.leave(sequence);
            deaths.die(sequence, DeadLetters.Reason.MAXLEN);
        }
        return limits.exceeded();
    }

    Contents contents() {
        return contents;
    }

    QueueIndex index(long sequence) {
        return contents.index(sequence);
    }

    IndexStore store() {
        return store;
    }

    Removals removals() {
        return removals;
    }

    Deaths deaths() {
        return deaths;
    }

    Retries retries() {
        return retries;
    }

    /// Whether consumers may see the message already.
    boolean visible(long sequence) {
        return sequence < contents.visibleEnd(Lane.of(sequence));
    }

    /// A message has its place.
    void applied(long sequence, long location, int length, int bodyBytes, boolean isTransient, long entry) {
        index(sequence).put(sequence, location, length, bodyBytes, isTransient);
        counts.published++;
        limits.applied(bodyBytes);
        if (quorum) {
            contents.appended(sequence, entry);
            queues.awaitCommit(this);
        }
        queues.deliverLater(this);
        queues.trimLater(this);
    }

    /// Replay: a message that the log holds.
    void replayed(long sequence, long location, int length, int bodyBytes) {
        contents.replayed(sequence, location, length, bodyBytes);
    }

    /// At restore: a page that lies in blocks.
    void restored(long firstSequence, PageSlot slot) {
        index(firstSequence).restorePage(firstSequence, slot);
        if (slot.earliest != Long.MAX_VALUE) {
            deaths.perishable();
        }
        if (slot.retryBlock >= 0) {
            retries.restored();
        }
    }

    /// A message that was just applied or replayed.
    void expires(long sequence, long atMillis) {
        index(sequence).expires(sequence, atMillis);
        deaths.perishable();
    }

    /// @return whether the queue may have more to deliver
    boolean committed(long offset) {
        deaths.becomesVisible();
        return contents.committed(offset);
    }

    boolean awaitsCommit() {
        return contents.awaitsCommit();
    }

    /// Replay is over.
    ///
    /// @param exact the last run ended in order, so what was restored of deliveries is the whole truth
    void recovered(boolean exact) {
        contents.recovered(exact);
    }

    /// Delivers at most `max` messages.
    ///
    /// @return whether there may be more to deliver
    boolean deliver(int max) {
        for (int i = 0; i < max; i++) {
            long sequence = loading ? -1 : peekAlive();
            if (sequence < 0) {
                return false;
            }
            int at = find(sequence);
            if (at < 0 && (index(sequence).length(sequence) <= READ_AHEAD_BYTES_MAX || subscribers.ready())) {
                load(sequence, () -> queues.deliverLater(this));
                return false;
            }
            var next = subscribers.next();
            if (next == null) {
                consumersBusy();
                return false;
            }
            boolean redelivered = advance(sequence);
            next.delivered();
            next.subscriber.deliver(this, sequence, found(at), redelivered, retries.attempts(sequence));
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
        consumersReady();
        queues.deliverLater(this);
    }

    private void consumersBusy() {
        shard.promptly(); // their next settlement gets them more
        if (use != null && use.ready()) {
            use.busy(nanos());
        }
    }

    private void consumersReady() {
        if (!use.ready()) {
            use.ready(nanos());
        }
    }

    private long nanos() {
        return shard.loop().clock().nanos();
    }

    void unsubscribe(QueueSubscription subscription) {
        subscription.cancelled = true;
        subscribers.remove(subscription);
        queues.deliverLater(this); // another one may have its place
        queues.unsubscribed(this);
    }

    /// A queue like this one with nothing in it.
    Queue fresh() {
        return new Queue(id, durable, quorum, traits, queues, shard, store);
    }

    /// The queue was deleted.
    void discard() {
        gone = true;
        for (var lane : contents.lanes()) {
            lane.index.forEachTransient(shard::releaseTransient);
        }
        contents.discard();
        removals.clear();
        deaths.clear();
        retries.clear();
        List<QueueSubscription> cancelled = subscribers.removeAll();
        for (var subscription : cancelled) {
            subscription.cancelled = true;
            subscription.subscriber.cancelled();
        }
    }

    /// The next message to give out, or -1; what has expired goes first.
    long peekAlive() {
        long sequence = peek();
        while (sequence >= 0 && deaths.expired(sequence)) {
            contents.leave(sequence);
            deaths.die(sequence, DeadLetters.Reason.EXPIRED);
            sequence = peek();
        }
        return sequence;
    }

    // the first message that is ready and committed where that is asked for, or -1
    private long peek() {
        deaths.prune(contents.returned());
        return contents.peek();
    }

    /// Takes what [#peekAlive] gave; tells whether it was given out before.
    boolean advance(long sequence) {
        outstanding++;
        index(sequence).delivered(sequence);
        contents.leave(sequence);
        boolean redelivered = contents.lane(sequence).seen(sequence);
        if (redelivered) {
            counts.redelivered++;
        }
        return redelivered;
    }

    int find(long sequence) {
        var index = index(sequence);
        return shard.find(index.location(sequence), index.isTransient(sequence), queues.found);
    }

    /// Brings a message into memory; meanwhile nothing is delivered. The queue may be gone by then.
    void load(long sequence, Runnable then) {
        loading = true;
        read(sequence, () -> missing(sequence), () -> {
            loading = false;
            then.run();
        });
    }

    /// Brings a message into memory, if it is still `wanted` when it is its turn.
    void read(long sequence, BooleanSupplier wanted, Runnable then) {
        var index = index(sequence);
        shard.load(index.location(sequence), index.isTransient(sequence), index.length(sequence), wanted, then);
    }

    /// Whether a message is there and not in memory.
    boolean missing(long sequence) {
        return !gone && contents.alive(sequence) && find(sequence) < 0;
    }

    /// What [#find] found.
    StoredMessage found(int at) {
        return queues.message.wrap(queues.found.page(), at);
    }
}
