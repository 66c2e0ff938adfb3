package io.headrace.queue;

/// How often things happened to one queue since it was made or the broker started.
///
/// Threads: the loop of the queue.
public final class QueueCounts {
    long published;
    long delivered;
    long deliveredNoAck;
    long got;
    long gotNoAck;
    long getEmpty;
    long redelivered;
    long acked;

    /// Messages that came in.
    public long published() {
        return published;
    }

    /// Pushed to consumers that acknowledge.
    public long delivered() {
        return delivered;
    }

    /// Pushed to consumers that do not.
    public long deliveredNoAck() {
        return deliveredNoAck;
    }

    /// Fetched one by one, to be acknowledged.
    public long got() {
        return got;
    }

    public long gotNoAck() {
        return gotNoAck;
    }

    /// Asked for one when there was none.
    public long getEmpty() {
        return getEmpty;
    }

    /// Of all that went out, those that had been out before.
    public long redelivered() {
        return redelivered;
    }

    public long acked() {
        return acked;
    }
}
