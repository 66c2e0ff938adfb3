package io.headrace.queue;

/// Whether a queue has as many messages that are ready or delayed, or as many bytes in their bodies, as it may have.
/// Those that are delayed count, and are not dropped, as in RabbitMQ 4.3.
///
/// Threads: the loop of the queue.
final class LengthLimits {
    private final Queue queue;
    private long arriving; // decided and not applied yet; counted where publishes can be refused
    private long arrivingBytes;

    LengthLimits(Queue queue) {
        this.queue = queue;
    }

    /// Whether one more message is to be refused.
    boolean full(int bodyBytes) {
        var traits = queue.traits();
        return traits.refuses()
                && (waiting() + arriving + 1 > traits.maxLength()
                        || queue.readyBodyBytes() + arrivingBytes + bodyBytes > traits.maxLengthBytes());
    }

    /// Whether something is to be dropped. A queue that refuses instead keeps what comes back beyond its limits.
    boolean exceeded() {
        var traits = queue.traits();
        return traits.drops() && (waiting() > traits.maxLength() || queue.readyBodyBytes() > traits.maxLengthBytes());
    }

    private long waiting() {
        return queue.ready() + queue.delayed();
    }

    /// One more was decided on.
    void assigned(int bodyBytes) {
        if (queue.traits().refuses()) {
            arriving++;
            arrivingBytes += bodyBytes;
        }
    }

    /// One that was decided on has its place.
    void applied(int bodyBytes) {
        if (arriving > 0) {
            arriving--;
            arrivingBytes = arriving == 0 ? 0 : arrivingBytes - bodyBytes;
        }
    }

    /// One that was decided on will not come.
    void takenBack(int bodyBytes) {
        applied(bodyBytes);
    }
}
