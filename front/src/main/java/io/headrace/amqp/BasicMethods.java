package io.headrace.amqp;

import io.headrace.broker.Session;
import io.headrace.catalog.Refusal;
import io.headrace.catalog.Resource;
import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import io.headrace.message.StoredMessage;

/// Class basic, but for what comes with every message: qos, consume, cancel, get, recover.
///
/// Threads: the loop of its connection.
final class BasicMethods {
    /// Not a queue: whoever consumes from it hears the answers to what it asks.
    private static final String REPLIES = "amq.rabbitmq.reply-to";

    private static final String ACK_TIMEOUT = "x-consumer-timeout";

    private final AmqpChannel channel;
    private final AmqpConnection connection;
    private int prefetch; // for consumers started from now on; 0 for no limit

    BasicMethods(AmqpChannel channel) {
        this.channel = channel;
        this.connection = channel.connection();
    }

    /// Of consumers started from now on.
    int prefetch() {
        return prefetch;
    }

    void handle(BasicMethod.Request method) throws AmqpException {
        switch (method) {
            case BasicMethod.Qos qos -> qos(qos);
            case BasicMethod.Consume consume -> consume(consume);
            case BasicMethod.Cancel(String tag, boolean noWait) -> cancel(tag, noWait);
            case BasicMethod.Get get -> get(get);
            case BasicMethod.Recover(boolean requeue) -> {
                recover(requeue);
                channel.send(new BasicMethod.RecoverOk());
            }
            case BasicMethod.RecoverAsync(boolean requeue) -> recover(requeue);
            case BasicMethod.CancelOk _ -> {}
            case BasicMethod.Publish _, BasicMethod.Ack _, BasicMethod.Nack _, BasicMethod.Reject _ ->
                throw new IllegalStateException("the channel handles " + method);
        }
    }

    private void qos(BasicMethod.Qos method) throws AmqpException {
        if (method.prefetchSize() != 0) {
            throw ReplyCode.NOT_IMPLEMENTED.because("prefetch_size!=0 (" + method.prefetchSize() + ")");
        }
        if (method.global()) {
            channel.window().limit(method.prefetchCount());
        } else {
            prefetch = method.prefetchCount();
        }
        channel.send(new BasicMethod.QosOk());
        channel.resumeConsumers();
    }

    private void consume(BasicMethod.Consume method) throws AmqpException {
        var queue = QueueMethods.named(channel, method.queue());
        checkInteger(queue, method.arguments(), "x-priority");
        checkInteger(queue, method.arguments(), ACK_TIMEOUT);
        var tag = method.consumerTag().isEmpty() ? Names.consumerTag() : method.consumerTag();
        if (channel.consumer(tag) != null) {
            throw ReplyCode.NOT_ALLOWED.because("attempt to reuse consumer tag '" + tag + "'");
        }
        int most = connection.config().maxConsumersPerChannel();
        if (most > 0 && channel.consumerCount() >= most) {
            throw ReplyCode.NOT_ALLOWED.because("reached maximum (" + most + ") of consumers per channel");
        }
        if (queue.equals(REPLIES)) {
            consumeReplies(method, new AmqpConsumer(channel, tag, queue, method, 0, 0));
            return;
        }
        long ackTimeoutMillis = method.noAck() ? 0 : ackTimeoutMillis(queue, method.arguments());
        channel.deadlines().watch(ackTimeoutMillis);
        var consumer = new AmqpConsumer(channel, tag, queue, method, prefetch, ackTimeoutMillis);
        connection.hold();
        channel.session()
                .consume(
                        queue,
                        consumer,
                        !method.noAck(),
                        method.exclusive(),
                        method.arguments(),
                        answer -> connection.answered(
                                channel.number(), failing(method), () -> started(method, consumer, answer)));
    }

    private void consumeReplies(BasicMethod.Consume method, AmqpConsumer consumer) throws AmqpException {
        if (!method.noAck()) {
            throw ReplyCode.PRECONDITION_FAILED.because("reply consumer cannot acknowledge");
        }
        started(method, consumer, channel.publishing().publisher().consumeReplies(consumer));
    }

    /// An integer of any width and sign.
    private void checkInteger(String queue, FieldTable arguments, String name) throws AmqpException {
        var value = arguments.get(name);
        if (value.isPresent() && value.get().integer().isEmpty()) {
            var resource = Resource.queue(queue, channel.session().vhost());
            throw RefusalTexts.of(new Refusal.InvalidArgument(
                    resource, name, "\"expected integer, got " + value.get().typeName() + "\""));
        }
    }

    /// The consumer's own word goes before the queue's, and that before the configured one.
    private long ackTimeoutMillis(String queue, FieldTable arguments) {
        return arguments
                .get(ACK_TIMEOUT)
                .map(FieldValue::integer)
                .orElseGet(() -> channel.session().consumerTimeoutMillis(queue))
                .orElse(connection.config().consumerTimeoutMillis());
    }

    private void started(BasicMethod.Consume method, AmqpConsumer consumer, Session.Consuming answer)
            throws AmqpException {
        switch (answer) {
            case Session.Consuming.Started(Session.Subscription subscription) -> {
                consumer.started(subscription);
                channel.add(consumer);
                if (!method.noWait()) {
                    channel.send(new BasicMethod.ConsumeOk(consumer.tag()));
                }
            }
            case Session.Consuming.Refused(Refusal refusal) -> throw RefusalTexts.of(refusal);
        }
    }

    /// An unknown tag is fine. What was delivered stays outstanding.
    private void cancel(String tag, boolean noWait) {
        var consumer = channel.consumer(tag);
        if (consumer != null) {
            channel.remove(consumer, true);
            consumer.cancel();
        }
        if (!noWait) {
            channel.send(new BasicMethod.CancelOk(tag));
        }
    }

    private void get(BasicMethod.Get method) throws AmqpException {
        var queue = QueueMethods.named(channel, method.queue());
        if (!method.noAck() && !channel.roomForUnacked()) {
            throw ReplyCode.RESOURCE_ERROR.because("reached maximum ("
                    + connection.config().maxUnackedPerChannel() + ") of unacknowledged messages per channel");
        }
        if (!method.noAck()) {
            channel.deadlines().watch(connection.config().consumerTimeoutMillis());
        }
        connection.hold();
        channel.session().get(queue, !method.noAck(), new Fetch(queue, !method.noAck(), failing(method)));
    }

    /// Takes the answer to one `basic.get`.
    private final class Fetch implements Session.GetPort {
        private final ChannelCounts.OfQueue counts;
        private final boolean manualAck;
        private final int method;

        Fetch(String queue, boolean manualAck, int method) {
            this.counts = channel.counts().of(queue);
            this.manualAck = manualAck;
            this.method = method;
        }

        @Override
        public int channel() {
            return channel.number();
        }

        @Override
        public void message(
                Session.Lease lease,
                long sequence,
                StoredMessage message,
                boolean redelivered,
                int attempts,
                long remaining) {
            if (!connection.running() || connection.channels().find(channel.number()) != channel) {
                if (manualAck) {
                    lease.requeue(sequence);
                }
                return;
            }
            connection.answered(channel.number(), method, () -> {
                long tag = channel.nextDeliveryTag();
                if (manualAck) {
                    channel.handed(tag, sequence, lease, null);
                    channel.counts().fetched(counts, lease);
                } else {
                    counts.gotNoAck++;
                }
                if (redelivered) {
                    counts.redelivered++;
                }
                channel.content().getOk(channel.number(), tag, redelivered, remaining, message, attempts);
            });
        }

        @Override
        public void empty() {
            counts.getEmpty++;
            connection.answered(channel.number(), method, () -> channel.send(new BasicMethod.GetEmpty()));
        }

        @Override
        public void refused(Refusal refusal) {
            connection.answered(channel.number(), method, () -> {
                throw RefusalTexts.of(refusal);
            });
        }
    }

    private void recover(boolean requeue) throws AmqpException {
        if (!requeue) {
            throw ReplyCode.NOT_IMPLEMENTED.because("requeue=false");
        }
        channel.settlements().backAll(Settlements.Kind.RELEASE);
        channel.resumeConsumers();
    }

    private static int failing(Method method) {
        return method.classId() << 16 | method.methodId();
    }
}
