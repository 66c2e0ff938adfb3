package io.headrace.queue;

import io.headrace.log.PageFile;
import io.headrace.message.StoredMessage;
import io.headrace.shard.DataPart;
import io.headrace.shard.Shard;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/// The queues of one shard: their part of the DATA group, and what the shard does for them in a turn.
///
/// Threads: the loop of the shard; before it runs, the thread that recovers.
public final class Queues implements DataPart {
    /// Messages delivered from one queue before the others have their turn.
    private static final int DELIVER_MAX = 256;
    /// Queues served in one round; a turn has a few rounds.
    private static final int ROUND_MAX = 1024;

    /// Dead messages of one queue that are moved on before the others have their turn.
    private static final int BURY_MAX = 256;
    /// Messages that one queue drops in a round because they are too many.
    private static final int TRIM_MAX = 1024;
    /// Messages that expire in a round.
    private static final int EXPIRE_MAX = 2048;
    /// Bits of the answer of [#enqueue].
    public static final int LOGGED = 1;

    public static final int REFUSED = 2;

    private final Shard shard;
    private final IndexStore store;
    private final IntMap<Queue> byId = new IntMap<>();
    private List<Queue> toDeliver = new ArrayList<>();
    private List<Queue> delivering = new ArrayList<>();
    private List<Queue> toTrim = new ArrayList<>();
    private List<Queue> toBury = new ArrayList<>();
    private List<Queue> spare = new ArrayList<>(); // empty, to take the place of one of the two
    private final List<Queue> toSettle = new ArrayList<>();
    private final List<Queue> awaitingCommit = new ArrayList<>();
    private Consumer<Queue> onUnsubscribed = queue -> {};
    private Consumer<Queue> onDeliveryLimit = queue -> {};
    private DeadLetters deadLetters = DeadLetters.NOWHERE;
    private final DeathCounts deathCounts = new DeathCounts();
    private final ExpiryAlarm alarm;
    private boolean live; // turns are taken
    private boolean ending; // the turn is
    private long turn;
    private long turnMillis; // the clock's, once somebody asked in this turn; 0 before
    private final QueueOperations operations;
    final StoredMessage message = new StoredMessage();
    final Shard.Found found = new Shard.Found();

    /// @param residentPages index pages of 64 KiB that may stay in memory
    public Queues(Shard shard, PageFile pages, int residentPages) {
        this(shard, pages, residentPages, residentPages);
    }

    /// @param residentExpiringPages the same of pages in which something expires
    public Queues(Shard shard, PageFile pages, int residentPages, int residentExpiringPages) {
        this.shard = shard;
        this.store = new IndexStore(pages, residentPages, residentExpiringPages);
        this.alarm = new ExpiryAlarm(shard, store);
        this.operations = new QueueOperations(this, shard);
    }

    /// Where the dead go. Once, before the first turn.
    public void deadLetters(DeadLetters deadLetters) {
        this.deadLetters = deadLetters;
    }

    DeadLetters deadLetters() {
        return deadLetters;
    }

    public DeathCounts deathCounts() {
        return deathCounts;
    }

    /// Who hears that a message came back more often than it may.
    public void onDeliveryLimit(Consumer<Queue> listener) {
        onDeliveryLimit = listener;
    }

    void deliveryLimitReached(Queue queue) {
        onDeliveryLimit.accept(queue);
    }

    /// Recovery is over, and turns will be taken: what has expired meanwhile goes.
    public void start() {
        live = true;
        all().forEach(this::trimLater);
        alarm.set();
    }

    /// Who decides what happens to a queue that lost a consumer (auto-delete).
    public void onUnsubscribed(Consumer<Queue> listener) {
        onUnsubscribed = listener;
    }

    public Queue create(int id, boolean durable, boolean quorum, QueueTraits traits) {
        var queue = new Queue(id, durable, quorum, traits, this, shard, store);
        byId.put(id, queue);
        return queue;
    }

    /// In ascending order of ids.
    public void forEach(Consumer<Queue> visitor) {
        all().forEach(visitor);
    }

    /// @return null if there is none
    public Queue byId(int id) {
        return byId.get(id);
    }

    /// Shows ready messages of a queue, but for the first `skip`, and takes none.
    public void peek(Queue queue, int skip, int most, Peek.Viewer viewer) {
        new Peek(queue, this, skip, most, viewer).goOn();
    }

    /// Deletes the queue's messages and cancels its consumers.
    public void delete(Queue queue) {
        int at = shard.reserve(QueueOps.DROP_BYTES);
        QueueOps.drop(shard.durablePage(), at, queue.id());
        forget(queue);
    }

    /// Forgets a queue whose deletion is in the log already.
    public void forget(Queue queue) {
        byId.remove(queue.id());
        queue.discard();
    }

    /// A message on its way into queues: where it can be written to.
    public interface Source {
        /// Bytes of the stored message.
        int sizeBytes();

        int bodyBytes();

        /// 0 to 255, or -1 if it has none.
        int priority();

        /// How long it may stay, or -1 if it does not say.
        long expirationMillis();

        /// How long it asks a delayed exchange to wait; asked only where it waits.
        long delayMillis();

        /// Writes the stored message at `at`.
        void write(ByteBuffer page, int at);
    }

    /// The most that [#enqueue] encodes into the log.
    public static long enqueueBytes(int targets, int messageBytes) {
        return (long) QueueOps.enqueueBytes(targets, true, 0) + messageBytes;
    }

    /// Stores a message once for the queues that log it, and once for those that do not. Queues that are full and
    /// say so do not get it.
    ///
    /// @return [#LOGGED] if it goes into the log, [#REFUSED] if one of the queues has no room
    public int enqueue(Queue[] targets, boolean persistent, Source source) {
        boolean special = source.expirationMillis() >= 0;
        for (var target : targets) {
            special |= target.traits().special();
        }
        return special ? enqueueSpecial(targets, persistent, source) : store(targets, persistent, false, source);
    }

    private int enqueueSpecial(Queue[] targets, boolean persistent, Source source) {
        boolean expiring = source.expirationMillis() >= 0;
        var taking = targets;
        for (var target : targets) {
            expiring |= target.traits().expires();
            if (target.full(source.bodyBytes())) {
                taking = Arrays.stream(taking).filter(other -> other != target).toArray(Queue[]::new);
            }
        }
        int stored = taking.length == 0 ? 0 : store(taking, persistent, expiring, source);
        return taking == targets ? stored : stored | refuse(targets, taking, source);
    }

    // after the others have it, whose entry may have something else to hold with it
    private int refuse(Queue[] targets, Queue[] taking, Source source) {
        for (var target : targets) {
            if (target.traits().overflow() == QueueTraits.Overflow.REJECT_PUBLISH_DLX
                    && target.traits().deadLetter().isPresent()
                    && !Arrays.asList(taking).contains(target)) {
                deadLetters.refused(target, source);
            }
        }
        return REFUSED;
    }

    private int store(Queue[] targets, boolean persistent, boolean expiring, Source source) {
        int logged = 0;
        for (var target : targets) {
            if (target.logs(persistent)) {
                logged++;
            }
        }
        if (logged > 0) {
            store(targets, persistent, true, logged, expiring, source);
        }
        if (logged < targets.length) {
            store(targets, persistent, false, targets.length - logged, expiring, source);
        }
        return logged > 0 ? LOGGED : 0;
    }

    private void store(Queue[] targets, boolean persistent, boolean log, int count, boolean expiring, Source source) {
        int bytes = QueueOps.enqueueBytes(count, expiring, source.sizeBytes());
        int at = log ? shard.reserve(bytes) : shard.reserveTransient(bytes);
        boolean written = false;
        try {
            var page = log ? shard.durablePage() : shard.transientPage();
            QueueOps.enqueue(page, at, count, expiring);
            int index = 0;
            for (var target : targets) {
                if (target.logs(persistent) == log) {
                    target(page, QueueOps.target(at, index++, expiring), target, expiring, source);
                }
            }
            source.write(page, QueueOps.messageStart(at, count, expiring));
            written = true;
        } finally {
            if (!written) { // the source's bytes were not what it said; nothing of it may be applied
                shard.takeBack(at, log);
                takeBack(targets, persistent, log, source.bodyBytes());
            }
        }
    }

    private static void takeBack(Queue[] targets, boolean persistent, boolean log, int bodyBytes) {
        for (var target : targets) {
            if (target.logs(persistent) == log) {
                target.takeBack(bodyBytes);
            }
        }
    }

    private void target(ByteBuffer page, int at, Queue target, boolean expiring, Source source) {
        QueueOps.target(page, at, target.id(), target.assign(source.priority(), source.bodyBytes()));
        if (expiring) {
            QueueOps.expiry(page, at, expiry(target, source));
        }
    }

    private long expiry(Queue target, Source source) {
        if (target.traits().delays()) {
            return turnMillis() + source.delayMillis();
        }
        long expirationMillis = source.expirationMillis();
        long ttl = target.traits().messageTtlMillis();
        if (ttl == QueueTraits.NONE || expirationMillis >= 0 && expirationMillis < ttl) {
            ttl = expirationMillis;
        }
        if (ttl == 0 && target.quorum()) {
            return Deaths.ONCE_VISIBLE;
        }
        return ttl < 0 ? 0 : turnMillis() + ttl;
    }

    // ---- the turn ----

    /// Encodes what was decided since the last round and is not in a batch yet (settlements).
    public void encode() {
        for (int i = 0; i < toSettle.size(); i++) {
            var queue = toSettle.get(i);
            queue.queuedToSettle = false;
            queue.retries().encode(shard);
            queue.removals().encode();
        }
        toSettle.clear();
    }

    @Override
    public int apply(long entry, ByteBuffer page, int entryStart, int at, boolean durable) {
        return operations.apply(entry, page, entryStart, at, durable);
    }

    /// Hands ready messages to consumers; then drops what is too much, lets die what has expired, and moves the
    /// dead on: all within a bound.
    ///
    /// @return true if there is more to do in this turn
    public boolean deliver() {
        ending = true;
        deliverRound();
        boolean more = expire() | trim() | bury();
        turn++;
        turnMillis = 0;
        ending = false;
        return more || !toDeliver.isEmpty() || !toSettle.isEmpty();
    }

    private void deliverRound() {
        var round = toDeliver;
        toDeliver = delivering;
        delivering = round;
        int last = Math.min(round.size(), ROUND_MAX);
        for (int i = 0; i < last; i++) {
            var queue = round.get(i);
            queue.queuedToDeliver = false;
            if (!queue.gone() && queue.deliver(DELIVER_MAX)) {
                deliverLater(queue);
            }
        }
        for (int i = last; i < round.size(); i++) {
            toDeliver.add(round.get(i)); // still marked as queued
        }
        round.clear();
    }

    // consumers had their chance, so what is too much now stays too much
    private boolean trim() {
        var round = toTrim;
        toTrim = spare;
        for (int i = 0; i < round.size(); i++) {
            var queue = round.get(i);
            queue.queuedToTrim = false;
            if (!queue.gone() && (queue.queuedToDeliver || queue.trim(TRIM_MAX))) {
                trimLater(queue);
            }
        }
        round.clear();
        spare = round;
        return !toTrim.isEmpty();
    }

    private boolean bury() {
        var round = toBury;
        toBury = spare;
        for (int i = 0; i < round.size(); i++) {
            var queue = round.get(i);
            queue.queuedToBury = false;
            if (!queue.gone() && queue.deaths().bury(BURY_MAX)) {
                buryLater(queue);
            }
        }
        round.clear();
        spare = round;
        return !toBury.isEmpty();
    }

    private boolean expire() {
        if (alarm.isSet()) {
            return false;
        }
        alarm.lookAhead(turnMillis());
        var soon = store.soon();
        boolean crowded = false;
        boolean awaiting = alarm.awaitsFirst();
        for (int i = 0; i < EXPIRE_MAX && soon.nextMillis() <= turnMillis() && !crowded && !awaiting; i++) {
            var queue = byId.get(soon.nextQueue());
            crowded = queue != null && queue.deaths().crowded();
            if (!crowded) {
                long sequence = soon.nextSequence();
                soon.removeFirst();
                dueAgain(queue, sequence, queue == null ? 0 : queue.due(sequence, turnMillis()));
                awaiting = alarm.awaitsFirst();
            }
        }
        alarm.set();
        return !crowded && !awaiting && alarm.isDue(turnMillis()); // else it waits for the alarm
    }

    private void dueAgain(Queue queue, long sequence, long atMillis) {
        if (atMillis != 0) {
            store.soon().add(atMillis, queue.id(), sequence, DueSoon.ASIDE, 0);
        }
    }

    /// Something will expire, or be ready again, that nobody looked for in this turn.
    void expiresSooner() {
        if (alarm.late()) {
            shard.touch();
        }
    }

    /// The clock as of this turn: what is decided and what is delivered in it have the same time.
    long turnMillis() {
        if (turnMillis == 0) {
            turnMillis = shard.loop().clock().millis();
            if (!ending) {
                shard.touch(); // the turn comes to its end, and this time with it
            }
        }
        return turnMillis;
    }

    /// Counts turns.
    long turn() {
        return turn;
    }

    @Override
    public void committed(long offset) {
        for (int i = awaitingCommit.size() - 1; i >= 0; i--) {
            var queue = awaitingCommit.get(i);
            if (queue.committed(offset)) {
                deliverLater(queue);
                trimLater(queue);
            }
            if (!queue.awaitsCommit() || queue.gone()) {
                awaitingCommit.remove(i);
            }
        }
    }

    void deliverLater(Queue queue) {
        if (!queue.queuedToDeliver && queue.subscribers() > 0) {
            queue.queuedToDeliver = true;
            toDeliver.add(queue);
            shard.touch();
        }
    }

    /// If it can have too much at all.
    void trimLater(Queue queue) {
        if (queue.traits().drops() && !queue.queuedToTrim && live) {
            queue.queuedToTrim = true;
            toTrim.add(queue);
            shard.touch();
        }
    }

    void buryLater(Queue queue) {
        if (!queue.queuedToBury) {
            queue.queuedToBury = true;
            toBury.add(queue);
            shard.touch();
        }
    }

    void settleLater(Queue queue) {
        if (!queue.queuedToSettle) {
            queue.queuedToSettle = true;
            toSettle.add(queue);
            shard.touch();
        }
    }

    void awaitCommit(Queue queue) {
        if (awaitingCommit.isEmpty() || awaitingCommit.getLast() != queue && !awaitingCommit.contains(queue)) {
            awaitingCommit.add(queue);
        }
    }

    void unsubscribed(Queue queue) {
        onUnsubscribed.accept(queue);
    }

    // ---- recovery ----

    @Override
    public int replay(long entry, ByteBuffer page, int entryStart, int at) {
        return operations.replay(entry, page, entryStart, at);
    }

    /// The queues are those that the catalog has by now; what is in them is the snapshot's. The index
    /// blocks it names are kept until a later checkpoint is durable, so nothing older than the newest
    /// durable one can be restored.
    public void restore(ByteBuffer snapshot) {
        reset();
        QueueSnapshot.restore(snapshot, this);
    }

    /// Empties all queues, without a word to the log: whoever holds one finds it gone.
    public void reset() {
        for (var queue : all()) {
            queue.discard();
            byId.put(queue.id(), queue.fresh());
        }
    }

    /// Replay is over; `exact` when the last run ended in order.
    public void recovered(boolean exact) {
        byId.forEach(queue -> queue.recovered(exact));
    }

    /// In ascending order of ids.
    List<Queue> all() {
        var all = new ArrayList<Queue>(byId.size());
        byId.forEach(all::add);
        all.sort((a, b) -> Integer.compare(a.id(), b.id()));
        return all;
    }

    IndexStore store() {
        return store;
    }
}
