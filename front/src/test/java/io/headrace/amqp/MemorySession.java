package io.headrace.amqp;

import io.headrace.broker.Answer;
import io.headrace.broker.Command;
import io.headrace.broker.RefusedException;
import io.headrace.broker.Session;
import io.headrace.catalog.BindingKey;
import io.headrace.catalog.Refusal;
import io.headrace.catalog.Resource;
import io.headrace.message.FieldTable;
import io.headrace.message.StoredMessage;
import io.headrace.security.User;
import io.headrace.shard.Loop;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/// A session of [MemoryBroker].
final class MemorySession implements Session {
    private static final String VHOST = "/";

    private final MemoryBroker broker;
    private final User user;
    private final Loop loop;

    MemorySession(MemoryBroker broker, User user, Loop loop) {
        this.broker = broker;
        this.user = user;
        this.loop = loop;
    }

    @Override
    public User user() {
        return user;
    }

    @Override
    public String vhost() {
        return VHOST;
    }

    @Override
    public void onEnd(Consumer<String> listener) {
        broker.end = listener;
    }

    @Override
    public Optional<Refusal> openChannel() {
        return broker.channelRefusal;
    }

    @Override
    public void perform(Command command, Consumer<Answer> answer) {
        broker.later(loop, () -> answer.accept(answer(command)));
    }

    private Answer answer(Command command) {
        return switch (command) {
            case Command.DeclareExchange declare -> declare(declare);
            case Command.DeleteExchange(String name, boolean ifUnused) -> {
                if (ifUnused && !broker.bindingsOf(name).isEmpty()) {
                    yield new Answer.Refused(new Refusal.InUse(Resource.exchange(name, VHOST)));
                }
                broker.exchanges.remove(name);
                yield new Answer.Done();
            }
            case Command.Bind(BindingKey binding) -> bind(binding);
            case Command.Unbind(BindingKey binding) -> {
                broker.bindingsOf(binding.source()).remove(List.of(binding.destination(), binding.routingKey()));
                yield new Answer.Done();
            }
            case Command.DeclareQueue declare -> declare(declare);
            case Command.DeleteQueue(String name, boolean ifUnused, boolean ifEmpty) -> delete(name, ifUnused, ifEmpty);
            case Command.PurgeQueue(String name) -> {
                var queue = broker.queues.get(name);
                if (queue == null) {
                    yield missing(name);
                }
                int purged = queue.ready.size();
                queue.ready.clear();
                yield new Answer.Removed(purged);
            }
        };
    }

    private Answer declare(Command.DeclareExchange declare) {
        var resource = Resource.exchange(declare.name(), VHOST);
        var current = broker.exchanges.get(declare.name());
        if (declare.passive()) {
            return current == null ? new Answer.Refused(new Refusal.NotFound(resource)) : new Answer.Done();
        }
        if (declare.name().isEmpty()) {
            return new Answer.Refused(new Refusal.DefaultExchange());
        }
        if (current == null && declare.name().startsWith("amq.")) {
            return new Answer.Refused(new Refusal.ReservedName(resource));
        }
        if (current != null && !current.equals(declare.type())) {
            return new Answer.Refused(new Refusal.Inequivalent(
                    resource,
                    "type",
                    Optional.of(new Refusal.Value(declare.type(), "")),
                    Optional.of(new Refusal.Value(current, ""))));
        }
        broker.exchanges.put(declare.name(), declare.type());
        return new Answer.Done();
    }

    private Answer bind(BindingKey binding) {
        if (!binding.toExchange() && !broker.queues.containsKey(binding.destination())) {
            return missing(binding.destination());
        }
        broker.bindingsOf(binding.source()).add(List.of(binding.destination(), binding.routingKey()));
        return new Answer.Done();
    }

    private Answer declare(Command.DeclareQueue declare) {
        if (broker.failing) {
            throw new IllegalStateException("the fake was told to fail");
        }
        var name = declare.name().isEmpty() ? "amq.gen-" + ++broker.generated : declare.name();
        var resource = Resource.queue(name, VHOST);
        var queue = broker.queues.get(name);
        if (queue == null && declare.passive()) {
            return missing(name);
        }
        if (queue != null && queue.owner != null && queue.owner != this) {
            return new Answer.Refused(new Refusal.Locked(resource));
        }
        if (queue != null && !declare.passive() && queue.durable != declare.durable()) {
            return new Answer.Refused(new Refusal.Inequivalent(
                    resource,
                    "durable",
                    Optional.of(new Refusal.Value(String.valueOf(declare.durable()), "")),
                    Optional.of(new Refusal.Value(String.valueOf(queue.durable), ""))));
        }
        if (queue == null) {
            queue = new MemoryQueue(
                    name, declare.durable(), declare.exclusive() ? this : null, declare.autoDelete(), loop);
            broker.queues.put(name, queue);
        }
        return new Answer.QueueDeclared(name, queue.ready.size(), queue.consumers.size());
    }

    private Answer delete(String name, boolean ifUnused, boolean ifEmpty) {
        var queue = broker.queues.get(name);
        if (queue == null) {
            return new Answer.Removed(0);
        }
        if (ifUnused && !queue.consumers.isEmpty()) {
            return new Answer.Refused(new Refusal.InUse(Resource.queue(name, VHOST)));
        }
        if (ifEmpty && !queue.ready.isEmpty()) {
            return new Answer.Refused(new Refusal.NotEmpty(Resource.queue(name, VHOST)));
        }
        broker.queues.remove(name);
        queue.consumers.forEach(ConsumerPort::cancelled);
        return new Answer.Removed(queue.ready.size());
    }

    private static Answer missing(String queue) {
        return new Answer.Refused(new Refusal.NotFound(Resource.queue(queue, VHOST)));
    }

    @Override
    public Publisher publisher(Confirms confirms) {
        return new Publisher() {
            private boolean refused;

            @Override
            public int publish(byte[] names, int exchangeBytes, int keyBytes, Content content, long sequence)
                    throws RefusedException {
                var exchange = new String(names, 0, exchangeBytes, StandardCharsets.UTF_8);
                var key = new String(names, exchangeBytes, keyBytes, StandardCharsets.UTF_8);
                if (!broker.exchanges.containsKey(exchange)) {
                    throw new RefusedException(new Refusal.NotFound(Resource.exchange(exchange, VHOST)));
                }
                var targets = broker.route(exchange, key);
                if (broker.full) {
                    refused |= sequence == 0;
                    if (sequence > 0) {
                        confirms.rejected(sequence);
                    }
                    return targets.size();
                }
                targets.forEach(queue -> queue.add(store(names, exchangeBytes, keyBytes, content)));
                if (sequence > 0 && broker.holdConfirms) {
                    broker.heldConfirms.add(() -> confirms.confirmed(sequence, false));
                } else if (sequence > 0) {
                    loop.execute(() -> confirms.confirmed(sequence, false));
                }
                return targets.size();
            }

            @Override
            public void check(byte[] names, int exchangeBytes, int keyBytes, Content content) throws RefusedException {
                var exchange = new String(names, 0, exchangeBytes, StandardCharsets.UTF_8);
                if (!broker.exchanges.containsKey(exchange)) {
                    throw new RefusedException(new Refusal.NotFound(Resource.exchange(exchange, VHOST)));
                }
            }

            @Override
            public Consuming consumeReplies(ConsumerPort port) {
                return new Consuming.Refused(new Refusal.Malformed("reply consumer already set"));
            }

            @Override
            public boolean refusedSome() {
                boolean some = refused;
                refused = false;
                return some;
            }

            @Override
            public void whenCommitted(Runnable done) {
                loop.execute(done);
            }
        };
    }

    private static ByteBuffer store(byte[] names, int exchangeBytes, int keyBytes, Content content) {
        var stored = ByteBuffer.allocateDirect(
                (int) StoredMessage.sizeBytes(exchangeBytes, keyBytes, content.propertiesBytes(), content.bodyBytes()));
        stored.put((byte) exchangeBytes).put(names, 0, exchangeBytes);
        stored.put((byte) keyBytes).put(names, exchangeBytes, keyBytes);
        stored.putInt(content.propertiesBytes());
        content.copyProperties(stored, stored.position());
        int body = stored.position() + content.propertiesBytes();
        stored.putInt(body, content.bodyBytes());
        content.copyBody(stored, body + Integer.BYTES);
        return stored;
    }

    @Override
    public void consume(
            String name,
            ConsumerPort port,
            boolean manualAck,
            boolean exclusive,
            FieldTable arguments,
            Consumer<Consuming> answer) {
        var queue = broker.queues.get(name);
        if (queue == null) {
            answer.accept(new Consuming.Refused(new Refusal.NotFound(Resource.queue(name, VHOST))));
            return;
        }
        broker.later(loop, () -> {
            answer.accept(new Consuming.Started(new Subscription() {
                @Override
                public void resume() {
                    queue.touch();
                }

                @Override
                public void cancel() {
                    queue.consumers.remove(port);
                }
            }));
            queue.manual.put(port, manualAck);
            queue.consumers.add(port);
            queue.touch();
        });
    }

    @Override
    public void peek(String queue, int skip, int most, PeekPort port) {
        throw new UnsupportedOperationException();
    }

    @Override
    public OptionalLong consumerTimeoutMillis(String queue) {
        return OptionalLong.empty();
    }

    @Override
    public void get(String name, boolean manualAck, GetPort port) {
        var queue = broker.queues.get(name);
        if (queue == null) {
            port.refused(new Refusal.NotFound(Resource.queue(name, VHOST)));
        } else {
            broker.later(loop, () -> queue.get(manualAck, port));
        }
    }

    @Override
    public boolean underPressure() {
        return broker.pressure;
    }

    @Override
    public void onRelief(Runnable relief) {
        broker.onRelief(relief);
    }

    @Override
    public void close(Runnable done) {
        broker.queues.values().forEach(queue -> broker.endedWhileDelivering |= queue.delivering);
        broker.queues.values().removeIf(queue -> queue.owner == this);
        broker.sessions--;
        broker.later(loop, done);
    }
}
