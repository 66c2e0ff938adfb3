package io.headrace.broker;

import io.headrace.catalog.BindingKey;
import io.headrace.catalog.Refusal;
import io.headrace.log.LyingStorage;
import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import io.headrace.message.MessageProperties;
import io.headrace.message.StoredMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A simulated broker with one client, for tests of what queues do: declare, publish, take, let time pass, crash.
///
/// Threads: the test's.
final class QueueWorld {
    private final LyingStorage storage;
    final SimulatedBroker broker;
    final List<Long> confirmed = new ArrayList<>();
    final List<Long> rejected = new ArrayList<>();
    private Session.Publisher publisher;
    private long sequence;
    private long confirmedUpTo;

    private QueueWorld(long seed) {
        storage = new LyingStorage(seed);
        broker = new SimulatedBroker(storage, seed);
    }

    static QueueWorld open() throws IOException {
        return open(1);
    }

    static QueueWorld open(long seed) throws IOException {
        var world = new QueueWorld(seed);
        world.boot();
        return world;
    }

    private void boot() throws IOException {
        broker.boot();
        connect();
    }

    private void connect() {
        sequence = 0;
        confirmedUpTo = 0;
        confirmed.clear();
        rejected.clear();
        publisher = broker.session.publisher(new Session.Confirms() {
            @Override
            public void confirmed(long number, boolean multiple) {
                for (long s = multiple ? confirmedUpTo + 1 : number; s <= number; s++) {
                    if (!rejected.contains(s) && !confirmed.contains(s)) {
                        confirmed.add(s);
                    }
                }
                confirmedUpTo = multiple ? Math.max(confirmedUpTo, number) : confirmedUpTo;
            }

            @Override
            public void rejected(long number) {
                rejected.add(number);
            }
        });
    }

    /// What was not forced is lost; starts again.
    void crash() throws IOException {
        storage.crash();
        broker.bootAgain();
        connect();
        broker.settle();
    }

    /// A durable queue.
    void declare(String queue, Object... arguments) {
        broker.declare(new Command.DeclareQueue(queue, false, true, false, false, table(arguments)));
    }

    void bind(String exchange, String queue, String key) {
        broker.declare(new Command.Bind(new BindingKey(exchange, false, queue, key, FieldTable.EMPTY)));
    }

    /// Names and values by turns; a value is a text, a number or a truth.
    static FieldTable table(Object... namesAndValues) {
        Map<String, FieldValue> fields = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            fields.put(
                    (String) namesAndValues[i],
                    switch (namesAndValues[i + 1]) {
                        case String text -> FieldValue.LongString.of(text);
                        case Integer number -> new FieldValue.Int32(number);
                        case Long number -> new FieldValue.Int64(number);
                        case Boolean flag -> new FieldValue.Bool(flag);
                        case FieldValue value -> value;
                        default -> throw new IllegalArgumentException(namesAndValues[i].toString());
                    });
        }
        return new FieldTable(fields);
    }

    /// To the queue, through the default exchange.
    long send(String queue, TestMessage message) {
        return publish("", queue, message);
    }

    long send(String queue, String body) {
        return send(queue, TestMessage.of(body));
    }

    /// Publishes with a confirm number, which is the answer.
    long publish(String exchange, String key, TestMessage message) {
        return publish(exchange, key, message, ++sequence);
    }

    long publish(String exchange, String key, TestMessage message, long number) {
        var names = (exchange + key).getBytes(StandardCharsets.UTF_8);
        int exchangeBytes = exchange.getBytes(StandardCharsets.UTF_8).length;
        try {
            publisher.publish(names, exchangeBytes, names.length - exchangeBytes, message, number);
        } catch (RefusedException e) {
            throw new AssertionError(e.refusal().toString(), e);
        }
        return number;
    }

    Session.Publisher publisher() {
        return publisher;
    }

    void settle() {
        broker.settle();
    }

    /// Lets time pass in small steps, as it does.
    void pass(long millis) {
        for (long left = millis; left > 0; left -= 5) {
            broker.advance(Math.min(left, 5));
            broker.settle();
        }
    }

    /// A message as a client gets it.
    record Received(
            Session.Lease lease,
            long sequence,
            String body,
            String exchange,
            String key,
            FieldTable headers,
            Optional<String> expiration,
            boolean persistent,
            boolean redelivered,
            int attempts) {
        static Received of(
                Session.Lease lease, long sequence, StoredMessage message, boolean redelivered, int attempts) {
            var properties =
                    new MessageProperties().wrap(message.page(), message.propertiesStart(), message.propertiesBytes());
            return new Received(
                    lease,
                    sequence,
                    text(message, message.bodyStart(), message.bodyBytes()),
                    text(message, message.exchangeStart(), message.exchangeBytes()),
                    text(message, message.keyStart(), message.keyBytes()),
                    properties.headers(),
                    properties.text(MessageProperties.Property.EXPIRATION),
                    properties.persistent(),
                    redelivered,
                    attempts);
        }

        private static String text(StoredMessage message, int start, int length) {
            var bytes = new byte[length];
            message.page().get(start, bytes);
            return new String(bytes, StandardCharsets.UTF_8);
        }

        void ack() {
            lease.ack(sequence);
        }

        void requeue() {
            lease.requeue(sequence);
        }

        /// Back to the queue, untried.
        void release() {
            lease.release(sequence);
        }

        void reject() {
            lease.discard(sequence);
        }
    }

    Optional<Received> get(String queue) {
        broker.settle();
        return getNow(queue);
    }

    /// Without waiting for what is under way.
    Optional<Received> getNow(String queue) {
        var got = new ArrayList<Received>();
        broker.session.get(queue, true, new Session.GetPort() {
            @Override
            public void message(
                    Session.Lease lease,
                    long sequence,
                    StoredMessage message,
                    boolean redelivered,
                    int attempts,
                    long remaining) {
                got.add(Received.of(lease, sequence, message, redelivered, attempts));
            }

            @Override
            public void empty() {}

            @Override
            public void refused(Refusal refusal) {
                throw new AssertionError(refusal);
            }
        });
        broker.settle();
        return got.stream().findFirst();
    }

    /// Asks so many times and hears, sooner or later, as many answers: a body or `nothing`.
    List<String> ask(String queue, int times) {
        var answers = new ArrayList<String>();
        for (int i = 0; i < times; i++) {
            broker.session.get(queue, true, new Session.GetPort() {
                @Override
                public void message(
                        Session.Lease lease,
                        long sequence,
                        StoredMessage message,
                        boolean redelivered,
                        int attempts,
                        long remaining) {
                    answers.add(Received.of(lease, sequence, message, redelivered, attempts)
                            .body());
                }

                @Override
                public void empty() {
                    answers.add("nothing");
                }

                @Override
                public void refused(Refusal refusal) {
                    throw new AssertionError(refusal);
                }
            });
        }
        return answers;
    }

    /// Takes and acknowledges everything.
    List<String> drain(String queue) {
        var bodies = new ArrayList<String>();
        for (var next = get(queue); next.isPresent(); next = get(queue)) {
            bodies.add(next.get().body());
            next.get().ack();
        }
        broker.settle();
        return bodies;
    }

    long ready(String queue) {
        return report(queue).ready();
    }

    QueueReport report(String queue) {
        broker.settle();
        var definition = broker.engine.catalog().queue("/", queue).orElseThrow();
        return broker.engine.observation().queue(definition);
    }

    void perform(AdminCommand command) {
        broker.engine.admin().perform(command, _ -> {});
        broker.settle();
    }

    /// A consumer that takes at most `window` unsettled messages.
    Consumer consume(String queue, int window, Object... arguments) {
        var consumer = new Consumer(window);
        broker.session.consume(
                queue,
                consumer,
                true,
                false,
                table(arguments),
                answer -> consumer.subscription = ((Session.Consuming.Started) answer).subscription());
        return consumer;
    }

    final class Consumer implements Session.ConsumerPort {
        final List<Received> received = new ArrayList<>();
        private int window;
        private Session.Subscription subscription;
        boolean cancelled;

        Consumer(int window) {
            this.window = window;
        }

        List<String> bodies() {
            broker.settle();
            return received.stream().map(Received::body).toList();
        }

        void take(int more) {
            window += more;
            subscription.resume();
            broker.settle();
        }

        void cancel() {
            subscription.cancel();
            broker.settle();
        }

        @Override
        public boolean ready() {
            return window > 0;
        }

        @Override
        public void deliver(
                Session.Lease lease, long sequence, StoredMessage message, boolean redelivered, int attempts) {
            window--;
            received.add(Received.of(lease, sequence, message, redelivered, attempts));
        }

        @Override
        public void cancelled() {
            cancelled = true;
        }
    }
}
