package io.headrace.amqp;

import io.headrace.shard.Loop;

/// Ends a channel that keeps a delivery for too long without settling it (RabbitMQ's `consumer_timeout`), so that
/// what a client that hangs has taken goes to others.
///
/// No clock is read for a delivery: it is stamped with the time of the last look, and each look allows for that. A
/// delivery is found between one and one and a quarter of its time.
///
/// Threads: the loop of its connection.
final class AckDeadlines {
    private static final long LOOK_MILLIS_MIN = 50;
    private static final long LOOK_MILLIS_MAX = 60_000;
    private static final int LOOKS_PER_TIMEOUT = 8;
    private static final int STAMP_MILLIS = 50;

    private final AmqpConnection connection;
    private final Loop loop;
    private final long startMillis;
    private final Runnable look = this::look;
    private long shortestMillis = Long.MAX_VALUE; // of the timeouts to look after
    private int now; // in stamps since the connection began, at the last look
    private Loop.Timer timer; // null while there is nothing to look after

    AckDeadlines(AmqpConnection connection, Loop loop) {
        this.connection = connection;
        this.loop = loop;
        this.startMillis = loop.clock().millis();
    }

    /// Deliveries that have this long will be made; 0 is no limit.
    void watch(long timeoutMillis) {
        if (timeoutMillis > 0 && timeoutMillis < shortestMillis) {
            shortestMillis = timeoutMillis;
            stop();
            look();
        }
    }

    /// What a delivery made now is stamped with.
    int stamp() {
        return now;
    }

    private void look() {
        now = (int) ((loop.clock().millis() - startMillis) / STAMP_MILLIS);
        connection.channels().endOverdue(this);
        timer = loop.schedule(lookMillis(), look);
    }

    private long lookMillis() {
        return Math.clamp(shortestMillis / LOOKS_PER_TIMEOUT, LOOK_MILLIS_MIN, LOOK_MILLIS_MAX);
    }

    /// Deliveries stamped later than this have time left, whatever their timeout.
    int lastStampToLookAt() {
        return (int) (now - shortestMillis / STAMP_MILLIS);
    }

    boolean passed(int stamp, long timeoutMillis) {
        return timeoutMillis > 0 && (long) (now - stamp) * STAMP_MILLIS >= timeoutMillis + lookMillis();
    }

    void stop() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }
}
