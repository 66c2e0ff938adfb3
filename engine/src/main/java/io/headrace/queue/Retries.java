package io.headrace.queue;

import io.headrace.queue.DeadLetters.Reason;
import io.headrace.shard.Shard;
import java.util.Arrays;

/// What becomes of messages that come back to a quorum queue: how often each was tried in vain, and until when it
/// waits before it is ready again. Both are kept in the index as a [RetryWord], and logged.
///
/// ```text
///  requeue ─► count, due ─► QueueIndex.retry ─► RETRIES ─► the log
///                               │
///    ready ◄─ came ◄─ DueSoon ◄─┘
/// ```
/// The time is decided with the return, so neither a crash nor a policy changes it.
///
/// Threads: the loop of the queue.
final class Retries {
    private static final int FIRST_ROOM = 16;
    /// Of one operation, so that it fits a page.
    private static final int MESSAGES_MAX = 4096;
    private static final long[] NONE = {};

    private final Queue queue;
    private final Queues queues;
    private boolean some; // a message came back, ever
    private long[] changed = NONE; // on their way into the log
    private int changedCount;

    Retries(Queue queue, Queues queues) {
        this.queue = queue;
        this.queues = queues;
    }

    /// How often a message was tried in vain.
    int attempts(long sequence) {
        return some ? RetryWord.failures(queue.index(sequence).retry(sequence)) : 0;
    }

    /// An outstanding message comes back: it dies, or it is delayed, or ready.
    ///
    /// @param failed it was tried in vain
    void comesBack(long sequence, boolean failed) {
        if (queue.quorum() && exceeded(sequence, failed)) {
            queue.deaths().dieOutstanding(sequence, Reason.DELIVERY_LIMIT);
            return;
        }
        var index = queue.index(sequence);
        index.returned(sequence);
        if (queue.deaths().expiredMeanwhile(sequence)) {
            return;
        }
        if (!index.isDelayed(sequence)) {
            queue.contents().returned().add(sequence);
            queues.deliverLater(queue);
        }
        queue.trimIfExceeded();
    }

    // counts it, and delays it if it has to wait
    private boolean exceeded(long sequence, boolean failed) {
        var traits = queue.traits();
        var index = queue.index(sequence);
        long before = index.retry(sequence);
        int failures = RetryWord.failures(before) + (traits.delayedRetry().counts(failed) ? 1 : 0);
        if (traits.deliveryLimit() != QueueTraits.NONE && failures > traits.deliveryLimit()) {
            queues.deliveryLimitReached(queue);
            return true;
        }
        long delay = Math.min(traits.delayedRetry().delayMillis(failed, failures), RetryWord.DUE_MAX);
        long word = RetryWord.of(failures, delay == 0 ? 0 : queues.turnMillis() + delay);
        if (word != before) {
            some = true;
            index.retry(sequence, word);
            changed(sequence);
            if (delay > 0) {
                queues.expiresSooner();
            }
        }
        return false;
    }

    private void changed(long sequence) {
        if (changedCount == changed.length) {
            changed = Arrays.copyOf(changed, Math.max(FIRST_ROOM, changedCount * 2));
        }
        changed[changedCount++] = sequence;
        queues.settleLater(queue);
    }

    /// The time may have come for a message that waits: it is ready then.
    void due(long sequence, long nowMillis) {
        var index = queue.index(sequence);
        if (!some || !index.isDelayed(sequence)) {
            return;
        }
        long word = index.retry(sequence);
        if (RetryWord.due(word) <= nowMillis) {
            index.retry(sequence, RetryWord.ready(word)); // the log need not know: this time will not come again
            if (sequence < queue.contents().lane(sequence).cursor()) { // else the cursor will come to it
                queue.contents().returned().add(sequence);
            }
            queues.deliverLater(queue);
            queue.trimIfExceeded();
        }
    }

    /// At restore: pages have some.
    void restored() {
        some = true;
    }

    void clear() {
        changed = NONE;
        changedCount = 0;
    }

    /// Logs what changed since the last call.
    void encode(Shard shard) {
        for (int from = 0; from < changedCount; from += MESSAGES_MAX) {
            int count = Math.min(changedCount - from, MESSAGES_MAX);
            int at = shard.reserve(QueueOps.retriesBytes(count));
            var page = shard.durablePage();
            QueueOps.retries(page, at, queue.id(), count);
            for (int i = 0; i < count; i++) {
                long sequence = changed[from + i];
                QueueOps.retry(page, at, i, sequence, queue.index(sequence).retry(sequence));
            }
        }
        changedCount = 0;
        if (changed.length > MESSAGES_MAX) {
            changed = NONE;
        }
    }

    /// What the log or a checkpoint says of a message, if it is still there.
    void applied(long sequence, long word) {
        some |= word != 0;
        queue.index(sequence).retry(sequence, word);
    }
}
