package io.headrace.queue;

import io.headrace.queue.DeadLetters.Reason;
import io.headrace.shard.Shard;

/// How messages of one queue come to their end without a consumer's doing: what expires, what is too much, what is
/// refused; and the way of the dead to their exchange.
///
/// Without such an exchange a message is gone at once. With one it is dying until its turn comes: not ready any more,
/// and still in the queue, so that a crash finds it here or there.
///
/// Threads: the loop of the queue.
final class Deaths {
    /// More than this do not die before some were buried: their index pages have to stay in memory.
    private static final int DYING_MAX = 2 * IndexPage.SLOTS;
    /// The expiry of a message without any time in a quorum queue: it can be given out in the turn in which consumers
    /// see it for the first time, whenever that is.
    static final long ONCE_VISIBLE = 1;

    /// After which a page is looked at again in which something could not die yet.
    private static final int AGAIN_MILLIS = 10;
    /// After which a message is tried again that nobody took.
    private static final int RETRY_MILLIS = 1_000;

    private final Queue queue;
    private final Queues queues;
    private final Shard shard;
    private final Dying dying = new Dying();
    private final ReadAhead ahead;
    private boolean perishable; // something that expires was ever here
    private boolean resting;
    // in the turn of this number, consumers see for the first time what lies from here on, in each lane
    private final long[] freshFrom = new long[2];
    private long freshTurn = -1;

    Deaths(Queue queue, Queues queues, Shard shard) {
        this.queue = queue;
        this.queues = queues;
        this.shard = shard;
        this.ahead = new ReadAhead(queue, queues, dying);
    }

    void perishable() {
        perishable = true;
    }

    int dying() {
        return dying.size();
    }

    void clear() {
        dying.clear();
        ahead.clear();
    }

    // ---- dying ----

    /// A ready message that was passed over by then, or will be: it is not given out any more.
    void die(long sequence, Reason reason) {
        queues.deathCounts().died(queue, reason);
        if (queue.traits().deadLetter().isPresent()) {
            queue.index(sequence).die(sequence);
            toBeBuried(sequence, reason);
        } else {
            queue.removals().erase(sequence);
        }
    }

    /// One that a consumer had.
    void dieOutstanding(long sequence, Reason reason) {
        queues.deathCounts().died(queue, reason);
        if (queue.traits().deadLetter().isPresent()) {
            toBeBuried(sequence, reason);
        } else {
            queue.removals().settle(sequence);
        }
    }

    private void toBeBuried(long sequence, Reason reason) {
        dying.add(sequence, reason);
        queues.buryLater(queue);
    }

    // ---- expiry ----

    /// More becomes visible to consumers in this turn.
    void becomesVisible() {
        if (perishable && freshTurn != queues.turn()) {
            freshTurn = queues.turn();
            for (int lane = 0; lane < freshFrom.length; lane++) {
                freshFrom[lane] = queue.contents().visibleEnd(lane);
            }
        }
    }

    /// Whether the message must not be given out any more.
    boolean expired(long sequence) {
        if (!perishable) {
            return false;
        }
        long expiry = queue.index(sequence).expiry(sequence);
        return expiry == ONCE_VISIBLE
                ? freshTurn != queues.turn() || sequence < freshFrom[Lane.of(sequence)]
                : expiry < queues.turnMillis();
    }

    /// A message that comes back dies if its time came while it was away; else it will.
    boolean expiredMeanwhile(long sequence) {
        if (!perishable) {
            return false;
        }
        var index = queue.index(sequence);
        if (index.expiry(sequence) <= queues.turnMillis()) {
            die(sequence, Reason.EXPIRED);
            return true;
        }
        index.expiresAgain(sequence);
        queues.expiresSooner();
        return false;
    }

    /// Takes out what died while it lay among those that came back.
    void prune(Returned returned) {
        while (perishable && !returned.isEmpty() && !queue.contents().alive(returned.lowest())) {
            returned.removeLowest();
        }
    }

    /// The time of a message has come: it dies, unless it is with a consumer or gone.
    ///
    /// @return when to try again; 0 if there is no need
    long due(long sequence, long nowMillis) {
        var index = queue.index(sequence);
        if (!index.isWaiting(sequence) || index.expiry(sequence) > nowMillis) {
            return 0;
        }
        if (!queue.visible(sequence)) {
            return nowMillis + AGAIN_MILLIS;
        }
        if (dying.size() >= DYING_MAX) {
            return nowMillis + (resting ? RETRY_MILLIS : AGAIN_MILLIS);
        }
        die(sequence, Reason.EXPIRED);
        return 0;
    }

    /// More must not die now; some will be buried in this turn.
    boolean crowded() {
        return dying.size() >= DYING_MAX && !resting;
    }

    // ---- the way to the exchange ----

    /// Moves the dead on, at most `max`.
    ///
    /// @return whether there is more to do in this turn
    boolean bury(int max) {
        for (int i = 0; i < max && ripe(); i++) {
            if (!ahead.found()) {
                return false;
            }
            long sequence = dying.first();
            switch (fate(sequence)) {
                case MOVED -> dying.removeFirst();
                case DROPPED -> {
                    dying.removeFirst();
                    queue.removals().settle(sequence);
                }
                case STAYS -> rest();
            }
        }
        return ripe();
    }

    private DeadLetters.Fate fate(long sequence) {
        if (queue.traits().deadLetter().isEmpty()) { // since it died
            return DeadLetters.Fate.DROPPED;
        }
        return queues.deadLetters().bury(queue, sequence, queues.message, dying.firstReason());
    }

    private boolean ripe() {
        return !dying.isEmpty() && !resting && !queue.gone();
    }

    private void rest() {
        resting = true;
        shard.loop().schedule(RETRY_MILLIS, () -> {
            resting = false;
            queues.buryLater(queue);
        });
    }
}
