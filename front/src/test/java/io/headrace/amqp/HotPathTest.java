package io.headrace.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.broker.Admin;
import io.headrace.broker.Answer;
import io.headrace.broker.Broker;
import io.headrace.broker.Command;
import io.headrace.broker.Connections;
import io.headrace.broker.Resources;
import io.headrace.broker.Session;
import io.headrace.broker.SharedSettings;
import io.headrace.message.FieldTable;
import io.headrace.message.StoredMessage;
import io.headrace.net.InputMemory;
import io.headrace.security.User;
import io.headrace.shard.Loop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: a publish, a delivery and an ack make no garbage. Method: the real connection between a wire that
/// discards and an engine that only copies bodies, 100 bytes each; what a read or a flush allocates is
/// shared by its messages.
@DisplayNameGeneration(ReplaceUnderscores.class)
class HotPathTest {
    private static final int MESSAGES = 500;
    private static final int ROUNDS = Integer.getInteger("headrace.hotpath.rounds", 400);
    private static final double BYTES_PER_MESSAGE_MAX = 8;

    private final TestWire wire = new TestWire();
    private final CopyingBroker broker = new CopyingBroker();
    private final AmqpConnection connection = new AmqpConnection(
            wire, broker, AmqpConfig.defaults(), new InputMemory(1 << 20, 1 << 20), ConcurrentHashMap.newKeySet());

    HotPathTest() {
        wire.discarding = true;
        receive(Scripts.handshake(0));
    }

    @Test
    void publishing_makes_no_garbage() {
        receive(Scripts.method(1, new ConfirmMethod.Select(true)));
        var turn = new ByteArrayOutputStream();
        for (int i = 0; i < MESSAGES; i++) {
            turn.writeBytes(Scripts.publish(1, "", "a.queue", new byte[100]));
        }
        var bytes = turn.toByteArray();

        measure("publish", () -> {
            receive(bytes);
            broker.confirms.confirmed(broker.lastSequence, true);
            wire.loop.turn();
        });
    }

    @Test
    void delivering_and_acknowledging_make_no_garbage() {
        receive(Scripts.method(1, new BasicMethod.Consume("q", "ctag", false, false, false, false, FieldTable.EMPTY)));
        var acks = new ByteArrayOutputStream();
        long[] tag = {0};
        var stored = new StoredMessage().wrap(broker.message(), 0);
        for (int i = 0; i < MESSAGES; i++) {
            acks.writeBytes(Scripts.method(1, new BasicMethod.Ack(i, false)));
        }
        var ackBytes = acks.toByteArray();
        int ackSize = ackBytes.length / MESSAGES;
        var view = ByteBuffer.wrap(ackBytes);

        measure("deliver + ack", () -> {
            for (int i = 0; i < MESSAGES; i++) {
                if (!broker.port.ready()) {
                    wire.loop.turn();
                }
                broker.port.deliver(broker.lease, i, stored, false, 0);
                view.putLong(i * ackSize + 11, ++tag[0]);
            }
            wire.loop.turn();
            receive(ackBytes);
        });
        assertThat(broker.acked).isEqualTo(tag[0]);
    }

    private void measure(String what, Runnable turn) {
        for (int i = 0; i < ROUNDS; i++) {
            turn.run();
        }
        long allocated = Allocation.ofThisThread();
        long nanos = System.nanoTime();
        for (int i = 0; i < ROUNDS; i++) {
            turn.run();
        }
        nanos = System.nanoTime() - nanos;
        double bytesEach = (Allocation.ofThisThread() - allocated) / (double) (ROUNDS * MESSAGES);
        System.out.printf(
                "%s: %d ns, %.2f bytes of garbage per message%n", what, nanos / (ROUNDS * MESSAGES), bytesEach);
        assertThat(bytesEach).isLessThan(BYTES_PER_MESSAGE_MAX);
    }

    private void receive(byte[] bytes) {
        ByteBuf input = PooledByteBufAllocator.DEFAULT.directBuffer(bytes.length);
        connection.received(input.writeBytes(bytes));
        wire.loop.turn();
    }

    /// The least that an engine does: copies bodies into one page, and knows its one consumer.
    private static final class CopyingBroker implements Broker, Session, Session.Publisher {
        private final Connections connections = new Connections();
        final Lease lease = new Lease() {
            @Override
            public void ack(long sequence) {
                acked++;
            }

            @Override
            public void requeue(long sequence) {}

            @Override
            public void release(long sequence) {}

            @Override
            public void discard(long sequence) {}
        };
        private final ByteBuffer page = ByteBuffer.allocateDirect(1 << 20);
        private int at;
        long acked;
        long lastSequence;
        Confirms confirms;
        ConsumerPort port;

        ByteBuffer message() {
            var message = ByteBuffer.allocateDirect(200);
            message.put((byte) 0).put((byte) 7).put("a.queue".getBytes());
            message.putInt(3).put(new byte[] {0x10, 0, 2});
            message.putInt(100).put(new byte[100]);
            return message;
        }

        @Override
        public int publish(byte[] names, int exchangeBytes, int keyBytes, Content content, long sequence) {
            at = at + 200 > page.capacity() ? 0 : at;
            page.put(at, names, 0, exchangeBytes + keyBytes);
            at += exchangeBytes + keyBytes;
            content.copyProperties(page, at);
            at += content.propertiesBytes();
            content.copyBody(page, at);
            at += content.bodyBytes();
            lastSequence = sequence;
            return 1;
        }

        @Override
        public boolean refusedSome() {
            return false;
        }

        @Override
        public Publisher publisher(Confirms confirms) {
            this.confirms = confirms;
            return this;
        }

        @Override
        public void consume(
                String queue,
                ConsumerPort port,
                boolean manualAck,
                boolean exclusive,
                FieldTable arguments,
                Consumer<Consuming> answer) {
            this.port = port;
            answer.accept(new Consuming.Started(new Subscription() {
                @Override
                public void resume() {}

                @Override
                public void cancel() {}
            }));
        }

        @Override
        public Identity identity() {
            return new Identity("rabbit@test", "test", "4.2.0");
        }

        @Override
        public void login(String user, byte[] password, SocketAddress remote, Loop loop, Consumer<Login> answer) {
            answer.accept(new Login.Accepted(user()));
        }

        @Override
        public Login loginTrusted(String user, SocketAddress remote) {
            return new Login.Accepted(user());
        }

        @Override
        public void beforeLogin(String user, SocketAddress remote, Loop loop, Runnable then) {
            throw new UnsupportedOperationException("of Kafka");
        }

        @Override
        public void loginFailed(String user, SocketAddress remote) {
            throw new UnsupportedOperationException("of Kafka");
        }

        @Override
        public boolean passwordIs(String user, byte[] password) {
            throw new UnsupportedOperationException("of Kafka");
        }

        @Override
        public SharedSettings settings() {
            throw new UnsupportedOperationException("of Kafka");
        }

        @Override
        public TopicsOpening openTopics(User user, String vhost, Loop loop) {
            throw new UnsupportedOperationException("of Kafka");
        }

        @Override
        public Opening open(User user, String vhost, Loop loop, String connectionName) {
            return new Opening.Opened(this);
        }

        @Override
        public Resources resources() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Connections connections() {
            return connections;
        }

        @Override
        public Admin admin() {
            throw new UnsupportedOperationException("no operators here");
        }

        @Override
        public Alarms alarms() {
            return new Alarms() {
                @Override
                public String reason() {
                    return "";
                }

                @Override
                public Listening listen(Loop loop, Runnable listener) {
                    return () -> {};
                }
            };
        }

        @Override
        public User user() {
            return new User("guest", Set.of());
        }

        @Override
        public String vhost() {
            return "/";
        }

        @Override
        public void perform(Command command, Consumer<Answer> answer) {
            answer.accept(new Answer.Done());
        }

        @Override
        public void check(byte[] names, int exchangeBytes, int keyBytes, Content content) {}

        @Override
        public Consuming consumeReplies(ConsumerPort port) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void whenCommitted(Runnable done) {
            done.run();
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
        public void get(String queue, boolean manualAck, GetPort port) {
            port.empty();
        }

        @Override
        public boolean underPressure() {
            return false;
        }

        @Override
        public void onRelief(Runnable relief) {}

        @Override
        public void close(Runnable done) {
            done.run();
        }
    }
}
