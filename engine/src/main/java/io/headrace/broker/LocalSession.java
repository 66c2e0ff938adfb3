package io.headrace.broker;

import io.headrace.bridge.OffsetSpec;
import io.headrace.bridge.Publication;
import io.headrace.bridge.StreamFilter;
import io.headrace.bridge.StreamQueue;
import io.headrace.catalog.Acl;
import io.headrace.catalog.QueueDefinition;
import io.headrace.catalog.QueueType;
import io.headrace.catalog.Refusal;
import io.headrace.catalog.Resource;
import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import io.headrace.message.StoredMessage;
import io.headrace.queue.Queue;
import io.headrace.queue.Taker;
import io.headrace.security.User;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/// A session on the shard that owns all queues.
///
/// Threads: the loop.
final class LocalSession implements Session, Guest {
    private final Engine engine;
    private final User user;
    private final String vhost;
    private final long connection;
    private final String connectionName;
    private final Declarations declarations;
    private final RouteCache routes;
    private final List<Subscription> subscriptions = new ArrayList<>();
    private final Firehose.Switch tracing;
    private Consumer<String> onEnd = _ -> {};
    private int channels;

    LocalSession(Engine engine, User user, String vhost, long connection, String connectionName) {
        this.engine = engine;
        this.user = user;
        this.vhost = vhost;
        this.connection = connection;
        this.connectionName = connectionName;
        this.tracing = engine.firehose().of(vhost);
        this.declarations = new Declarations(engine, user, vhost, connection);
        this.routes = new RouteCache(engine, user, vhost);
    }

    @Override
    public User user() {
        return user;
    }

    @Override
    public String vhost() {
        return vhost;
    }

    @Override
    public void perform(Command command, Consumer<Answer> answer) {
        declarations.perform(command, answer);
    }

    @Override
    public Publisher publisher(Confirms confirms) {
        return publisher(confirms, 0);
    }

    @Override
    public Publisher publisher(Confirms confirms, int channel) {
        return new ChannelPublisher(this, routes, engine, confirms, tracePoint(channel));
    }

    void remember(List<String> exchanges, Publication message) {
        engine.histories().remember(vhost, exchanges, message);
    }

    private TracePoint tracePoint(int channel) {
        return new TracePoint(engine, tracing, vhost, connectionName, channel, user.name());
    }

    String randomName() {
        return engine.randomName();
    }

    /// Starts a consumer that is alone at a queue of its own, and calls `ended` when it is cancelled.
    Subscription startReplies(Queue queue, ConsumerPort port, Runnable ended) {
        var subscription = queue.subscribe(
                new PortSubscriber(
                        port,
                        new QueueLease(queue),
                        false,
                        0,
                        () -> {},
                        DirectReplies.PSEUDO_QUEUE,
                        tracePoint(port.channel())),
                true);
        var started = new Subscription() {
            @Override
            public void resume() {
                subscription.resume();
            }

            @Override
            public void cancel() {
                if (subscriptions.remove(this)) {
                    subscription.cancel();
                    ended.run();
                }
            }
        };
        subscriptions.add(started);
        return started;
    }

    @Override
    public void consume(
            String queueName,
            ConsumerPort port,
            boolean manualAck,
            boolean exclusive,
            FieldTable arguments,
            Consumer<Consuming> answer) {
        engine.shard().close();
        var found = engine.catalog().queue(vhost, queueName);
        var refusal = refuseUse(queueName, found)
                .or(() -> found.flatMap(queue -> StreamReading.unsuitable(queue, arguments)));
        if (refusal.isPresent()) {
            answer.accept(new Consuming.Refused(refusal.get()));
            return;
        }
        var stream = engine.bridge().byId(found.orElseThrow().id());
        if (stream.isPresent()) {
            var resource = Resource.queue(queueName, vhost);
            if (ShareReading.asked(arguments)) {
                share(stream.get(), resource, port, manualAck, exclusive, arguments, answer);
            } else {
                consume(stream.get(), resource, port, manualAck, exclusive, arguments, answer);
            }
            return;
        }
        var queue = queue(found.get());
        boolean single = queue.traits().singleActiveConsumer();
        if (queue.consumedExclusively() || exclusive && (single || queue.subscribers() > 0)) {
            answer.accept(new Consuming.Refused(new Refusal.ExclusiveUse(Resource.queue(queueName, vhost))));
        } else {
            start(queue, queueName, port, manualAck, exclusive, priority(arguments), answer);
        }
    }

    private void share(
            StreamQueue stream,
            Resource queue,
            ConsumerPort port,
            boolean manualAck,
            boolean exclusive,
            FieldTable arguments,
            Consumer<Consuming> answer) {
        var reading = new ShareReading(engine, stream, queue, user, connectionName);
        reading.refuse(arguments, exclusive)
                .ifPresentOrElse(
                        refusal -> answer.accept(new Consuming.Refused(refusal)),
                        () -> reading.start(
                                arguments, port, manualAck, subscriptions, tracePoint(port.channel()), answer));
    }

    private void consume(
            StreamQueue stream,
            Resource queue,
            ConsumerPort port,
            boolean manualAck,
            boolean exclusive,
            FieldTable arguments,
            Consumer<Consuming> answer) {
        var refusal = StreamReading.refuse(stream, queue, port, manualAck);
        if (refusal.isEmpty() && (stream.consumedExclusively() || exclusive && stream.consumers() > 0)) {
            refusal = Optional.of(new Refusal.ExclusiveUse(queue));
        }
        if (refusal.isPresent()) {
            answer.accept(new Consuming.Refused(refusal.get()));
            return;
        }
        switch (OffsetSpec.of(arguments, queue, engine.shard().loop().clock().millis())) {
            case OffsetSpec.Reading.Refused(Refusal wrong) -> answer.accept(new Consuming.Refused(wrong));
            case OffsetSpec.Reading.Read(OffsetSpec from) -> {
                switch (StreamFilter.of(arguments, queue)) {
                    case StreamFilter.Reading.Refused(Refusal wrong) -> answer.accept(new Consuming.Refused(wrong));
                    case StreamFilter.Reading.Read(StreamFilter filter) ->
                        start(stream, port, from, filter, exclusive, answer);
                }
            }
        }
    }

    private void start(
            StreamQueue stream,
            ConsumerPort port,
            OffsetSpec from,
            StreamFilter filter,
            boolean exclusive,
            Consumer<Consuming> answer) {
        var started = new Subscription[1];
        var consumer = StreamReading.start(
                stream,
                port,
                from,
                filter,
                exclusive,
                () -> subscriptions.remove(started[0]),
                tracePoint(port.channel()));
        started[0] = new Subscription() {
            @Override
            public void resume() {
                consumer.resume();
            }

            @Override
            public void cancel() {
                subscriptions.remove(this);
                consumer.cancel();
            }
        };
        subscriptions.add(started[0]);
        answer.accept(new Consuming.Started(started[0]));
    }

    private void start(
            Queue queue,
            String queueName,
            ConsumerPort port,
            boolean manualAck,
            boolean exclusive,
            int priority,
            Consumer<Consuming> answer) {
        var started = new Subscription[1];
        var lease = new ConsumerLease(queue);
        boolean counted = queue.traits().singleActiveConsumer() && queue.quorum();
        var subscriber = new PortSubscriber(
                port,
                counted ? lease : new QueueLease(queue),
                manualAck,
                priority,
                () -> subscriptions.remove(started[0]),
                queueName,
                tracePoint(port.channel()));
        var subscription = queue.subscribe(subscriber, exclusive);
        lease.started(subscription);
        started[0] = new Subscription() {
            @Override
            public void resume() {
                subscription.resume();
            }

            @Override
            public boolean active() {
                return subscription.active();
            }

            @Override
            public void cancel() {
                subscriptions.remove(this);
                subscription.cancel();
            }
        };
        subscriptions.add(started[0]);
        answer.accept(new Consuming.Started(started[0]));
    }

    @Override
    public OptionalLong consumerTimeoutMillis(String queue) {
        return engine.catalog()
                .queue(vhost, queue)
                .flatMap(found -> engine.catalog().effective(found).get("consumer-timeout"))
                .map(FieldValue::integer)
                .orElse(OptionalLong.empty());
    }

    @Override
    public void get(String queueName, boolean manualAck, GetPort port) {
        var found = engine.catalog().queue(vhost, queueName);
        if (found.filter(queue -> queue.type() == QueueType.QUORUM).isPresent()) {
            engine.shard().urgent(); // what was published is waited for
        }
        engine.shard().close();
        var refusal = refuseUse(queueName, found).or(() -> refuseGet(queueName, found));
        if (refusal.isPresent()) {
            port.refused(refusal.get());
            return;
        }
        var from = queue(found.orElseThrow());
        if (from.quorum() && from.traits().singleActiveConsumer()) {
            port.refused(new Refusal.SingleActiveConsumer(Resource.queue(queueName, vhost)));
            return;
        }
        engine.queueLives().used(from);
        from.take(manualAck, new Taker() {
            @Override
            public void message(
                    Queue queue,
                    long sequence,
                    StoredMessage message,
                    boolean redelivered,
                    int attempts,
                    long remaining) {
                if (tracing.on) {
                    tracePoint(port.channel()).delivered(queueName, message, redelivered);
                }
                port.message(new QueueLease(queue), sequence, message, redelivered, attempts, remaining);
            }

            @Override
            public void empty() {
                port.empty();
            }
        });
    }

    @Override
    public void peek(String queueName, int skip, int most, PeekPort port) {
        engine.shard().close();
        var found = engine.catalog().queue(vhost, queueName);
        var refusal = refuseUse(queueName, found).or(() -> refuseGet(queueName, found));
        if (refusal.isPresent()) {
            port.refused(refusal.get());
        } else {
            engine.queues().peek(queue(found.orElseThrow()), skip, most, port);
        }
    }

    @Override
    public boolean underPressure() {
        return engine.shard().underPressure();
    }

    @Override
    public void onRelief(Runnable relief) {
        engine.shard().onRelief(relief);
    }

    @Override
    public Optional<Refusal> openChannel() {
        var refusal = engine.sessions().openChannel(user);
        if (refusal.isEmpty()) {
            channels++;
        }
        return refusal;
    }

    @Override
    public void closeChannel() {
        channels--;
        engine.sessions().closeChannel(user);
    }

    @Override
    public void ofConnection(String name) {
        declarations.ofConnection(name);
    }

    @Override
    public void onEnd(Consumer<String> listener) {
        onEnd = listener;
    }

    @Override
    public void end(String reason) {
        onEnd.accept(reason);
    }

    @Override
    public void close(Runnable done) {
        engine.sessions().closed(this, channels);
        for (var subscription : List.copyOf(subscriptions)) {
            subscription.cancel();
        }
        subscriptions.clear();
        declarations.deleteExclusiveQueues();
        done.run();
    }

    private Optional<Refusal> refuseGet(String queueName, Optional<QueueDefinition> found) {
        return found.filter(queue -> queue.type() == QueueType.STREAM)
                .map(_ -> new Refusal.NotForStreams(Resource.queue(queueName, vhost), Refusal.Use.GET));
    }

    // why this session may not read from a queue
    private Optional<Refusal> refuseUse(String queueName, Optional<QueueDefinition> found) {
        var resource = Resource.queue(queueName, vhost);
        var denied = engine.permissions().check(user, Refusal.Access.READ, resource);
        if (denied.isPresent()) {
            return denied;
        }
        if (found.isEmpty()) {
            return Optional.of(new Refusal.NotFound(resource));
        }
        if (found.get().type() == QueueType.STREAM) {
            var ruledOut = engine.authorizer().refuseTopic(user, Refusal.Access.READ, Acl.Operation.READ, resource);
            if (ruledOut.isPresent()) {
                return ruledOut;
            }
        }
        return found.get().openTo(connection) ? Optional.empty() : Optional.of(new Refusal.Locked(resource));
    }

    private Queue queue(QueueDefinition definition) {
        return engine.queues().byId(definition.id());
    }

    // the front has checked that it is an integer; of any width
    private static int priority(FieldTable arguments) {
        return switch (arguments.get("x-priority").orElse(new FieldValue.Nothing())) {
            case FieldValue.Int8(byte value) -> value;
            case FieldValue.UInt8(short value) -> value;
            case FieldValue.Int16(short value) -> value;
            case FieldValue.UInt16(int value) -> value;
            case FieldValue.Int32(int value) -> value;
            case FieldValue.UInt32(long value) -> (int) Math.min(value, Integer.MAX_VALUE);
            case FieldValue.Int64(long value) -> Math.clamp(value, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case FieldValue.Bool _,
                    FieldValue.Float32 _,
                    FieldValue.Float64 _,
                    FieldValue.Decimal _,
                    FieldValue.Timestamp _,
                    FieldValue.Array _,
                    FieldValue.Table _,
                    FieldValue.Nothing _,
                    FieldValue.LongString _,
                    FieldValue.Binary _ -> 0;
        };
    }
}
