package io.headrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.catalog.Refusal;
import io.headrace.log.LyingStorage;
import io.headrace.message.FieldTable;
import io.headrace.message.StoredMessage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: a queue does what the plainest queue would do, over half a million random operations. Method:
/// publish, get, ack, requeue, consume with a window, cancel, purge against two sorted maps.
@DisplayNameGeneration(ReplaceUnderscores.class)
class QueueModelTest {
    private static final int OPERATIONS = 500_000;

    private final long seed = Long.getLong("headrace.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final SimulatedBroker broker = new SimulatedBroker(new LyingStorage(seed), seed);
    private final TreeMap<Long, Boolean> ready = new TreeMap<>(); // number → seen before
    private final List<Delivered> outstanding = new ArrayList<>();
    private final List<Long> consumed = new ArrayList<>();
    private Session.Subscription consumer;
    private int window;
    private long nextNumber;

    private record Delivered(Session.Lease lease, long sequence, long number) {}

    @Test
    void half_a_million_random_operations_match_the_model() throws IOException {
        broker.boot();
        broker.declareQueue("q", true);
        var publisher = broker.session.publisher(new Session.Confirms() {
            @Override
            public void confirmed(long sequence, boolean multiple) {}

            @Override
            public void rejected(long sequence) {
                throw new AssertionError();
            }
        });

        for (int i = 0; i < OPERATIONS; i++) {
            try {
                act(publisher);
            } catch (AssertionError | RuntimeException | RefusedException e) {
                throw new AssertionError("seed " + seed + " operation " + i, e);
            }
        }
    }

    private void act(Session.Publisher publisher) throws RefusedException {
        switch (random.nextInt(16)) {
            case 0, 1, 2, 3, 4, 5 -> {
                var content = TestContent.of(nextNumber + ":", random.nextInt(3) > 0);
                publisher.publish(new byte[] {'q'}, 0, 1, content, 0);
                ready.put(nextNumber++, false);
            }
            case 6, 7 -> get();
            case 8, 9, 10 -> settle(true);
            case 11 -> settle(false);
            case 12 -> resume();
            case 13 -> broker.settle();
            case 14 -> {
                if (random.nextInt(50) == 0) {
                    purge();
                }
            }
            case 15 -> {
                if (random.nextInt(20) == 0) {
                    broker.advance(500);
                }
            }
            default -> throw new IllegalStateException();
        }
        compareConsumed();
    }

    private void get() {
        broker.settle(); // what a consumer can take, it takes first
        compareConsumed();
        var expected = ready.isEmpty() ? null : ready.firstEntry();
        boolean[] answered = {false};
        broker.session.get("q", true, new Session.GetPort() {
            @Override
            public void message(
                    Session.Lease lease,
                    long sequence,
                    StoredMessage message,
                    boolean redelivered,
                    int attempts,
                    long remaining) {
                answered[0] = true;
                assertThat(expected).isNotNull();
                assertThat(number(message)).isEqualTo(expected.getKey());
                assertThat(redelivered).isEqualTo(expected.getValue());
                assertThat(remaining).isEqualTo(ready.size() - 1);
                ready.remove(expected.getKey());
                outstanding.add(new Delivered(lease, sequence, expected.getKey()));
            }

            @Override
            public void empty() {
                answered[0] = true;
                assertThat(expected).isNull();
            }

            @Override
            public void refused(Refusal refusal) {
                throw new AssertionError(refusal);
            }
        });
        broker.settle();
        assertThat(answered[0]).isTrue();
    }

    private void settle(boolean ack) {
        if (outstanding.isEmpty()) {
            return;
        }
        var one = outstanding.remove(random.nextInt(outstanding.size()));
        if (ack) {
            one.lease.ack(one.sequence);
        } else {
            broker.settle();
            compareConsumed();
            one.lease.requeue(one.sequence);
            ready.put(one.number, true);
            broker.settle();
        }
    }

    private void purge() {
        broker.settle();
        compareConsumed();
        broker.session.perform(
                new Command.PurgeQueue("q"), answer -> assertThat(answer).isEqualTo(new Answer.Removed(ready.size())));
        broker.settle();
        ready.clear();
    }

    private void resume() {
        if (consumer == null) {
            broker.session.consume(
                    "q",
                    port(),
                    true,
                    false,
                    FieldTable.EMPTY,
                    answer -> consumer = ((Session.Consuming.Started) answer).subscription());
        } else if (random.nextInt(10) == 0) {
            broker.settle();
            consumer.cancel();
            consumer = null;
            window = 0;
        } else {
            broker.settle();
            window = random.nextInt(5);
            consumer.resume();
        }
    }

    private Session.ConsumerPort port() {
        return new Session.ConsumerPort() {
            @Override
            public boolean ready() {
                return window > 0;
            }

            @Override
            public void deliver(
                    Session.Lease lease, long sequence, StoredMessage message, boolean redelivered, int attempts) {
                window--;
                consumed.add(number(message));
                outstanding.add(new Delivered(lease, sequence, number(message)));
            }

            @Override
            public void cancelled() {
                throw new AssertionError("the queue is still there");
            }
        };
    }

    // what the consumer took since the last look was the lowest at that time
    private void compareConsumed() {
        for (long number : consumed) {
            assertThat(ready.firstKey()).isEqualTo(number);
            ready.remove(number);
        }
        consumed.clear();
    }

    private static long number(StoredMessage stored) {
        long number = 0;
        for (int at = stored.bodyStart(); stored.page().get(at) != ':'; at++) {
            number = number * 10 + stored.page().get(at) - '0';
        }
        return number;
    }
}
