package io.headrace.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.broker.Answer;
import io.headrace.broker.Broker;
import io.headrace.broker.Command;
import io.headrace.broker.RefusedException;
import io.headrace.broker.Session;
import io.headrace.broker.SimulatedBroker;
import io.headrace.broker.TopicSession;
import io.headrace.catalog.BindingKey;
import io.headrace.catalog.Catalog;
import io.headrace.catalog.Refusal;
import io.headrace.log.LyingStorage;
import io.headrace.message.FieldTable;
import io.headrace.message.FieldTableEncoder;
import io.headrace.message.FieldValue;
import io.headrace.message.MessageProperties;
import io.headrace.message.StoredMessage;
import io.headrace.security.User;
import io.headrace.stream.Append;
import io.headrace.stream.Partition;
import io.headrace.stream.ReadResult;
import io.headrace.stream.TransactionEnd;
import io.headrace.stream.TransactionGate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.SimpleRecord;

/// A broker with an AMQP session and a session for topics, for tests that use both.
final class World {
    private final LyingStorage storage;
    final SimulatedBroker broker;
    final List<Long> confirmed = new ArrayList<>();
    Session session;
    TopicSession topics;
    private Session.Publisher publisher;
    private long sequence;

    World(long seed) {
        storage = new LyingStorage(seed);
        broker = new SimulatedBroker(storage, seed);
        boot();
    }

    World() {
        this(1);
    }

    void boot() {
        try {
            broker.boot();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        session = open();
        topics = broker.topics();
        confirmed.clear();
        sequence = 0;
        publisher = session.publisher(new Session.Confirms() {
            @Override
            public void confirmed(long number, boolean multiple) {
                for (long n = multiple ? confirmed.size() + 1 : number; n <= number; n++) {
                    confirmed.add(n);
                }
            }

            @Override
            public void rejected(long number) {
                throw new AssertionError("rejected " + number);
            }
        });
    }

    void crash() {
        storage.crash();
        boot();
    }

    Session open() {
        var opening = broker.engine().open(new User("guest", Set.of()), "/", broker.loop(), "world");
        return ((Broker.Opening.Opened) opening).session();
    }

    // ---- declaring ----

    Answer perform(Command command) {
        var answers = new ArrayList<Answer>();
        session.perform(command, answers::add);
        broker.settle();
        return answers.getFirst();
    }

    Refusal refused(Command command) {
        return ((Answer.Refused) perform(command)).refusal();
    }

    void stream(String name) {
        done(queue(name, "stream"));
    }

    static Command queue(String name, String type) {
        return new Command.DeclareQueue(name, false, true, false, false, table("x-queue-type", type));
    }

    void done(Command command) {
        assertThat(perform(command)).isNotInstanceOf(Answer.Refused.class);
    }

    void bind(String exchange, String queue, String key) {
        done(new Command.Bind(new BindingKey(exchange, false, queue, key, FieldTable.EMPTY)));
    }

    void topic(String name, int partitions) {
        topics.create(name, partitions, Map.of(), _ -> {});
        broker.settle();
    }

    Partition partition(String topic, int index) {
        return topics.partition(topics.topic(topic).orElseThrow(), index).orElseThrow();
    }

    static FieldTable table(Object... namesAndValues) {
        var fields = new LinkedHashMap<String, FieldValue>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            var value = namesAndValues[i + 1];
            fields.put(
                    (String) namesAndValues[i],
                    value instanceof String text ? FieldValue.LongString.of(text) : (FieldValue) value);
        }
        return new FieldTable(fields);
    }

    // ---- publishing ----

    /// Properties as a client encodes them: a content type, headers, and persistent.
    static ByteBuffer properties(FieldTable headers) {
        var block = ByteBuffer.allocate(64 + FieldTableEncoder.sizeBytes(headers));
        block.putShort((short) (1 << 15 | 1 << 13 | 1 << 12)).put((byte) 4).put(ascii("text"));
        block.position(FieldTableEncoder.encode(headers, block, block.position()));
        return block.put((byte) 2).flip();
    }

    int publish(String exchange, String key, String body) {
        return publish(exchange, key, ByteBuffer.allocate(2), body);
    }

    int publish(String exchange, String key, ByteBuffer properties, String body) {
        try {
            var names = ascii(exchange + key);
            return publisher.publish(
                    names, exchange.length(), key.length(), new Content(properties, ascii(body)), ++sequence);
        } catch (RefusedException e) {
            throw new AssertionError(e.refusal().toString(), e);
        }
    }

    private record Content(ByteBuffer properties, byte[] body) implements Session.Content {
        @Override
        public int propertiesBytes() {
            return properties.limit();
        }

        @Override
        public int bodyBytes() {
            return body.length;
        }

        @Override
        public void copyProperties(ByteBuffer target, int at) {
            target.put(at, properties, 0, properties.limit());
        }

        @Override
        public void copyBody(ByteBuffer target, int at) {
            target.put(at, body);
        }
    }

    /// As a Kafka producer does.
    void produce(String topic, int index, CompressionType compression, SimpleRecord... records) {
        var batch = MemoryRecords.withRecords(Compression.of(compression).build(), records);
        var answers = new ArrayList<Append>();
        partition(topic, index).append(batch.buffer(), answers::add);
        broker.settle();
        assertThat(answers.getFirst()).isInstanceOf(Append.Appended.class);
    }

    /// As a Kafka producer does, within a transaction that somebody else ends.
    Append transact(String topic, int index, long producer, int sequence, String... values) {
        var records = Stream.of(values)
                .map(value -> new SimpleRecord(0, null, value.getBytes(StandardCharsets.UTF_8)))
                .toArray(SimpleRecord[]::new);
        var batch = MemoryRecords.withTransactionalRecords(Compression.NONE, producer, (short) 0, sequence, records);
        var answers = new ArrayList<Append>();
        partition(topic, index).append(batch.buffer(), OPEN, answers::add);
        broker.settle();
        return answers.getFirst();
    }

    void end(String topic, int index, long producer, boolean commit) {
        var answer = partition(topic, index).end(new TransactionEnd(producer, (short) 0, commit, 0, false));
        assertThat(answer).isInstanceOf(Append.Appended.class);
        broker.settle();
    }

    static final TransactionGate OPEN = new TransactionGate() {
        @Override
        public Errors admit(long producerId, short producerEpoch) {
            return Errors.NONE;
        }

        @Override
        public boolean addsPartition() {
            return false;
        }
    };

    List<Record> records(String topic, int index) {
        var partition = partition(topic, index);
        var records = new ArrayList<Record>();
        for (long offset = partition.startOffset(); offset < partition.highWatermark(); ) {
            var into = new ByteBuffer[1];
            var results = new ArrayList<ReadResult>();
            partition.read(
                    offset,
                    partition.highWatermark(),
                    1 << 20,
                    true,
                    bytes -> into[0] = ByteBuffer.allocate(bytes),
                    results::add);
            broker.settle();
            for (var batch : MemoryRecords.readableRecords(into[0].rewind()).batches()) {
                batch.ensureValid();
                batch.forEach(records::add);
                offset = batch.nextOffset();
            }
        }
        return records;
    }

    // ---- consuming ----

    /// A consumer that keeps what it gets, up to its credit.
    final class Reader implements Session.ConsumerPort {
        final List<Message> got = new ArrayList<>();
        final List<Session.Lease> leases = new ArrayList<>();
        final List<Long> numbers = new ArrayList<>();
        int prefetch = 1000;
        int credit = 1000;
        boolean shared;
        boolean cancelled;
        Session.Subscription subscription;

        @Override
        public boolean ready() {
            return credit > 0;
        }

        @Override
        public int prefetch() {
            return prefetch;
        }

        @Override
        public boolean sharesPrefetch() {
            return shared;
        }

        @Override
        public void deliver(
                Session.Lease lease, long number, StoredMessage message, boolean redelivered, int attempts) {
            credit--;
            leases.add(lease);
            numbers.add(number);
            got.add(Message.of(message));
        }

        @Override
        public void cancelled() {
            cancelled = true;
        }

        List<String> bodies() {
            return got.stream().map(Message::body).toList();
        }
    }

    record Message(String exchange, String key, ByteBuffer properties, String body) {
        static Message of(StoredMessage message) {
            return new Message(
                    text(message, message.exchangeStart(), message.exchangeBytes()),
                    text(message, message.keyStart(), message.keyBytes()),
                    ByteBuffer.wrap(bytes(message, message.propertiesStart(), message.propertiesBytes())),
                    text(message, message.bodyStart(), message.bodyBytes()));
        }

        private static String text(StoredMessage message, int start, int length) {
            return new String(bytes(message, start, length), StandardCharsets.UTF_8);
        }

        private static byte[] bytes(StoredMessage message, int start, int length) {
            var bytes = new byte[length];
            message.page().get(start, bytes);
            return bytes;
        }

        MessageProperties read() {
            return new MessageProperties().wrap(properties, 0, properties.limit());
        }

        Map<String, FieldValue> headers() {
            return read().headers().fields();
        }
    }

    Session.Consuming consume(String queue, Reader reader, boolean manualAck, FieldTable arguments) {
        var answers = new ArrayList<Session.Consuming>();
        session.consume(queue, reader, manualAck, false, arguments, answers::add);
        broker.settle();
        return answers.getFirst();
    }

    Reader reader(String queue, FieldTable arguments) {
        var reader = new Reader();
        reader.subscription = ((Session.Consuming.Started) consume(queue, reader, true, arguments)).subscription();
        return reader;
    }

    Reader reader(String queue, String from) {
        return reader(queue, table("x-stream-offset", from));
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    static String defaultVhost() {
        return Catalog.DEFAULT_VHOST;
    }
}
