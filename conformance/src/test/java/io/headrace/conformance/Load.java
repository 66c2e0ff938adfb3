package io.headrace.conformance;

import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ConfirmCallback;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.MessageProperties;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntConsumer;

/// Publishers and consumers that keep a [Ledger] until their broker goes away under them.
///
/// Publisher `p` writes to queue `p % queues`; each queue has a consumer that acknowledges nine of ten
/// deliveries, so that there is always something confirmed, delivered and unsettled.
///
/// Threads: one each for publishers; the client's own for consumers and confirms.
final class Load {
    private static final int OUTSTANDING_AT_MOST = 2_000;

    private final Ledger ledger;
    private final List<String> queues;
    private final List<Connection> connections = new ArrayList<>();
    private final List<Thread> publishers = new ArrayList<>();
    private final List<CountDownLatch> consumers = new ArrayList<>();
    private volatile boolean stopping;

    private Load(Ledger ledger, List<String> queues) {
        this.ledger = ledger;
        this.queues = queues;
    }

    static Load start(Endpoint endpoint, Ledger ledger, int publishers, List<String> queues) throws IOException {
        var load = new Load(ledger, queues);
        declare(endpoint, queues);
        for (int i = 0; i < queues.size(); i++) {
            load.consume(endpoint, queues.get(i), new Random(i));
        }
        for (int publisher = 0; publisher < publishers; publisher++) {
            load.publish(endpoint, publisher);
        }
        return load;
    }

    static void declare(Endpoint endpoint, List<String> queues) throws IOException {
        try (var connection = endpoint.connect()) {
            var channel = connection.createChannel();
            for (String queue : queues) {
                channel.queueDeclare(queue, true, false, false, Map.of());
            }
        }
    }

    private void consume(Endpoint endpoint, String queue, Random random) throws IOException {
        var connection = endpoint.connect();
        connections.add(connection);
        var channel = connection.createChannel();
        channel.basicQos(500);
        var ended = new CountDownLatch(1);
        consumers.add(ended);
        channel.basicConsume(queue, false, new DefaultConsumer(channel) {
            @Override
            public void handleDelivery(String tag, Envelope envelope, BasicProperties properties, byte[] body) {
                ledger.delivered(body, envelope.isRedeliver());
                if (random.nextInt(10) > 0) {
                    acknowledge(channel, envelope.getDeliveryTag(), body);
                }
            }

            @Override
            public void handleShutdownSignal(String tag, ShutdownSignalException cause) {
                ended.countDown(); // after every delivery, in the client's order
            }
        });
    }

    private void acknowledge(Channel channel, long deliveryTag, byte[] body) {
        ledger.acknowledged(body);
        try {
            channel.basicAck(deliveryTag, false);
        } catch (IOException | AlreadyClosedException e) {
            // The broker is gone, as it should be.
        }
    }

    private void publish(Endpoint endpoint, int publisher) throws IOException {
        var connection = endpoint.connect();
        connections.add(connection);
        var channel = connection.createChannel();
        channel.confirmSelect();
        var window = new Semaphore(OUTSTANDING_AT_MOST);
        int base = ledger.sent(publisher) - 1; // sequence numbers begin at 1
        channel.addConfirmListener(
                confirmListener(sequence -> {
                    ledger.confirmed(publisher, base + sequence);
                    window.release();
                }),
                (sequence, multiple) -> window.release());
        var queue = queues.get(publisher % queues.size());
        publishers.add(Thread.ofPlatform().name("publisher-" + publisher).start(() -> {
            try {
                while (!stopping) {
                    if (window.tryAcquire(20, TimeUnit.MILLISECONDS)) {
                        channel.basicPublish(
                                "", queue, MessageProperties.MINIMAL_PERSISTENT_BASIC, ledger.next(publisher));
                    }
                }
            } catch (IOException | AlreadyClosedException e) {
                // The broker is gone.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
    }

    /// Takes `multiple` apart: each sequence number is heard once, in order or not.
    private static ConfirmCallback confirmListener(IntConsumer confirmed) {
        var early = new BitSet(); // confirmed alone, above `low`
        var low = new int[] {0};
        return (sequence, multiple) -> {
            if (!multiple) {
                early.set((int) sequence);
                confirmed.accept((int) sequence);
                return;
            }
            for (int s = low[0] + 1; s <= sequence; s++) {
                if (!early.get(s)) {
                    confirmed.accept(s);
                }
                early.clear(s);
            }
            low[0] = Math.max(low[0], (int) sequence);
        };
    }

    /// Waits until so many messages more were confirmed: a moment that no clock chooses.
    void awaitConfirms(int more) {
        int moment = ledger.confirmedCount() + more;
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .atMost(Duration.ofMinutes(2))
                .until(() -> ledger.confirmedCount() >= moment);
    }

    /// After the broker went away, or to end it while it is there. Nothing is written into the ledger any more
    /// once this returns: deliveries that the client still had in hand count for the broker's former life.
    void stop() throws InterruptedException {
        stopping = true;
        for (Thread publisher : publishers) {
            publisher.join();
        }
        connections.forEach(Connection::abort);
        for (CountDownLatch consumer : consumers) {
            if (!consumer.await(60, TimeUnit.SECONDS)) {
                throw new IllegalStateException("a consumer does not end");
            }
        }
    }

    /// Takes and acknowledges everything that is left in `queues`, until they are empty.
    static void drain(Endpoint endpoint, Ledger ledger, List<String> queues) throws IOException, InterruptedException {
        try (var connection = endpoint.connect()) {
            for (String queue : queues) {
                if (!exists(connection, queue)) {
                    ledger.queueMissing(queue);
                    continue;
                }
                var channel = connection.createChannel();
                channel.basicQos(2_000);
                var ended = new CountDownLatch(1);
                var consumer = new DefaultConsumer(channel) {
                    @Override
                    public void handleDelivery(String tag, Envelope envelope, BasicProperties properties, byte[] body)
                            throws IOException {
                        ledger.delivered(body, envelope.isRedeliver());
                        ledger.acknowledged(body);
                        channel.basicAck(envelope.getDeliveryTag(), false);
                    }

                    @Override
                    public void handleCancelOk(String tag) {
                        ended.countDown(); // after every delivery, in the client's order
                    }
                };
                var tag = channel.basicConsume(queue, false, consumer);
                await().atMost(Duration.ofMinutes(2)).until(() -> channel.messageCount(queue) == 0);
                channel.basicCancel(tag);
                if (!ended.await(60, TimeUnit.SECONDS)) {
                    throw new IOException("the drained queue does not end");
                }
                channel.close();
            }
        } catch (TimeoutException e) {
            throw new IOException(e);
        }
    }

    private static boolean exists(Connection connection, String queue) throws IOException {
        var channel = connection.createChannel();
        try {
            channel.queueDeclarePassive(queue);
            channel.abort();
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
