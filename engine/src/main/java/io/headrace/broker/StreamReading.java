package io.headrace.broker;

import io.headrace.bridge.OffsetSpec;
import io.headrace.bridge.StreamConsumer;
import io.headrace.bridge.StreamFilter;
import io.headrace.bridge.StreamPort;
import io.headrace.bridge.StreamQueue;
import io.headrace.catalog.QueueDefinition;
import io.headrace.catalog.QueueType;
import io.headrace.catalog.Refusal;
import io.headrace.catalog.Resource;
import io.headrace.message.FieldTable;
import io.headrace.message.StoredMessage;
import java.util.List;
import java.util.Optional;

/// A session's consumers of streams: what they must ask for, and how they get it.
///
/// Threads: the loop.
final class StreamReading {
    /// Nothing is taken out of a stream, so nothing goes back.
    private static final Session.Lease LEASE = new Session.Lease() {
        @Override
        public void ack(long sequence) {}

        @Override
        public void requeue(long sequence) {}

        @Override
        public void release(long sequence) {}

        @Override
        public void discard(long sequence) {}
    };

    private static final List<String> OF_OTHERS = List.of("x-priority");
    private static final List<String> OF_STREAMS =
            List.of("x-stream-offset", "x-stream-filter", "x-stream-match-unfiltered", ShareReading.ARGUMENT);

    private StreamReading() {}

    /// Why a queue of this type is not consumed with such arguments: they are another type's.
    static Optional<Refusal> unsuitable(QueueDefinition queue, FieldTable arguments) {
        var unsuitable = queue.type() == QueueType.STREAM ? OF_OTHERS : OF_STREAMS;
        return unsuitable.stream()
                .filter(name -> arguments.get(name).isPresent())
                .findFirst()
                .map(name -> new Refusal.Malformed("invalid arg '%s' for queue '%s' in vhost '%s' of queue type %s"
                        .formatted(
                                name, queue.name(), queue.vhost(), queue.type().rabbitModule())));
    }

    /// Why the stream cannot be consumed like this, in the order in which RabbitMQ looks.
    static Optional<Refusal> refuse(StreamQueue stream, Resource queue, Session.ConsumerPort port, boolean manualAck) {
        if (port.prefetch() == 0) {
            return notForStreams(queue, Refusal.Use.CONSUME_WITHOUT_PREFETCH);
        }
        if (!manualAck) {
            return notForStreams(queue, Refusal.Use.CONSUME_WITHOUT_ACK);
        }
        if (port.sharesPrefetch()) {
            return notForStreams(queue, Refusal.Use.CONSUME_WITH_SHARED_PREFETCH);
        }
        return stream.partitionCount() == 1
                ? Optional.empty()
                : Optional.of(new Refusal.Unsupported(
                        queue,
                        "consumer of " + stream.partitionCount()
                                + " partitions (an AMQP consumer has one offset; Kafka's clients read them all)"));
    }

    private static Optional<Refusal> notForStreams(Resource queue, Refusal.Use use) {
        return Optional.of(new Refusal.NotForStreams(queue, use));
    }

    /// @param onCancelled runs when the stream is gone
    static StreamConsumer start(
            StreamQueue stream,
            Session.ConsumerPort port,
            OffsetSpec from,
            StreamFilter filter,
            boolean exclusive,
            Runnable onCancelled,
            TracePoint trace) {
        return stream.subscribe(
                new StreamPort() {
                    @Override
                    public boolean ready() {
                        return port.ready();
                    }

                    @Override
                    public void deliver(long offset, StoredMessage message) {
                        if (trace.on()) {
                            trace.delivered(stream.topic().name(), message, false);
                        }
                        port.deliver(LEASE, offset, message, false, 0);
                    }

                    @Override
                    public void cancelled() {
                        onCancelled.run();
                        port.cancelled();
                    }
                },
                from,
                filter,
                exclusive);
    }
}
