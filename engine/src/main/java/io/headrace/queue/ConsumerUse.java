package io.headrace.queue;

/// The share of time in which a queue's consumers could take a message: a moving average with a half-life of a second,
/// as RabbitMQ has it.
///
/// They cannot from the moment when a message found none that was ready until one is. The clock is looked at when that
/// changes, not for each message.
///
/// Threads: the loop of the queue.
final class ConsumerUse {
    private static final double HALF_LIFE_NANOS = 1e9;

    private long sinceNanos; // of the last change
    private long readyNanos; // of the stretch before it, while none is ready
    private boolean ready = true;
    private double average = 1;

    ConsumerUse(long nowNanos) {
        sinceNanos = nowNanos;
    }

    boolean ready() {
        return ready;
    }

    /// A message waits, and no consumer is ready.
    void busy(long nowNanos) {
        ready = false;
        readyNanos = nowNanos - sinceNanos;
        sinceNanos = nowNanos;
    }

    void ready(long nowNanos) {
        average = average(readyNanos, nowNanos - sinceNanos);
        ready = true;
        sinceNanos = nowNanos;
    }

    /// From 0 to 1.
    double capacity(long nowNanos) {
        long since = nowNanos - sinceNanos;
        return ready ? average(since, 0) : average(readyNanos, since);
    }

    private double average(long readyFor, long busyFor) {
        double time = readyFor + busyFor;
        if (time <= 0) {
            return average;
        }
        double old = Math.pow(0.5, time / HALF_LIFE_NANOS);
        return readyFor / time * (1 - old) + average * old;
    }
}
