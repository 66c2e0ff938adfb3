package io.headrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Goal: any number of messages wait for their time in little memory, through a kill -9, and come when it is there.
/// Method: delayed messages, and others with a time to live each of its own, published and confirmed; the broker is
/// killed and started again; then they come. `-Dheadrace.timers=1000000` says how many of each,
/// `-Dheadrace.timers.rate=4000` how many of each come in a second.
///
/// A message comes in time if it is here within 100 ms. The time counts from when the broker has it, which may be as
/// late as its confirm. Half of them must be in time, and of a hundred 99 within a second more: the broker and this
/// client, both started not long ago, share the machine with each other and with whatever else runs on it. Who is not
/// given the processor for some hundred milliseconds, or compiles its code for as long, is
/// late with all that is due in this time, and of a run of ten seconds that is several of a hundred. A broker that
/// does not keep up is far from both bounds: it falls behind further and further.
@DisplayNameGeneration(ReplaceUnderscores.class)
class TimersIT {
    private static final int COUNT = Integer.getInteger("headrace.timers", 10_000);
    /// Each kind comes at this rate.
    private static final int PER_SECOND = Integer.getInteger("headrace.timers.rate", 1_000);

    /// Few, so that a message is with the broker soon after it was given its time.
    private static final int OUTSTANDING_AT_MOST = 64;
    private static final int WARM_UP = 10_000;
    /// Time for the publishing of a few, and of it what a start and the warm-up may take on a busy machine.
    private static final int LEAD_MILLIS = 25_000;

    private static final int START_MILLIS = 20_000;
    private static final int IN_TIME_MILLIS = 100;
    private static final int BUSY_MILLIS = 1_000;
    private static final int PUBLISHED_PER_SECOND_AT_LEAST = 8_000;

    private final BitSet seen = new BitSet(2 * COUNT);
    private final BitSet twice = new BitSet();
    /// How many came so many milliseconds late, the last also for those that were later.
    private final int[] lateness = new int[60_000];
    private long early;
    private final List<Late> late = new ArrayList<>();
    /// When each was published, in milliseconds since the epoch; and from its confirm on, how many milliseconds that
    /// took.
    private final long[] underWay = new long[2 * COUNT];
    /// How many were confirmed.
    private int accepted;

    @Test
    void what_waits_survives_a_kill_and_comes_in_time(@TempDir Path data) throws Exception {
        try (var broker = BrokerProcess.start(data);
                var machine = new SleepMeter()) {
            declare(broker.endpoint());
            long start = publish(broker.endpoint());
            broker.kill();
            broker.start();
            warmUp(broker.endpoint());

            try (var connection = broker.endpoint().connect()) {
                consume(connection, "timers.delayed");
                consume(connection, "timers.dead");
                assertThat(System.currentTimeMillis())
                        .as("consumed before the first time")
                        .isLessThan(start);
                await().atMost(Duration.ofSeconds(120 + 3L * COUNT / PER_SECOND))
                        .pollInterval(Duration.ofMillis(200))
                        .until(() -> seenCount() == 2 * COUNT);
            }
            System.out.println("TimersIT: " + late(start, machine));
            System.out.printf(
                    "TimersIT: 2 × %d at 2 × %d/s: late by %d ms (median), %d ms (99 %%), %d ms (worst); the broker has %d MiB%n",
                    COUNT, PER_SECOND, lateness(0.5), lateness(0.99), lateness(1), broker.residentBytes() >> 20);
        }

        synchronized (seen) {
            assertThat(twice.cardinality()).as("came twice").isZero();
            assertThat(early).as("came before their time").isZero();
            assertThat(lateness(0.5)).as("half came within").isLessThanOrEqualTo(IN_TIME_MILLIS);
            assertThat(lateness(0.99)).as("99 of 100 came within").isLessThanOrEqualTo(IN_TIME_MILLIS + BUSY_MILLIS);
        }
    }

    /// @return the milliseconds within which `share` of all came
    private int lateness(double share) {
        synchronized (seen) {
            long more = Math.round(share * 2 * COUNT);
            for (int millis = 0; millis < lateness.length; millis++) {
                more -= lateness[millis];
                if (more <= 0) {
                    return millis;
                }
            }
            return Integer.MAX_VALUE;
        }
    }

    private String late(long start, SleepMeter machine) {
        synchronized (seen) {
            if (late.isEmpty()) {
                return "all within %d ms".formatted(IN_TIME_MILLIS);
            }
            long ours = late.stream()
                    .filter(message ->
                            message.millis() - machine.overslept(message.due(), message.due() + message.millis())
                                    > IN_TIME_MILLIS)
                    .count();
            var due = late.stream().mapToLong(message -> message.due() - start).summaryStatistics();
            return "%d later than %d ms, due between %d and %d ms after the first; %d of them while a thread that only sleeps was in time"
                    .formatted(late.size(), IN_TIME_MILLIS, due.getMin(), due.getMax(), ours);
        }
    }

    private int seenCount() {
        synchronized (seen) {
            return seen.cardinality();
        }
    }

    private static void declare(Endpoint endpoint) throws Exception {
        try (var connection = endpoint.connect()) {
            var channel = connection.createChannel();
            channel.exchangeDeclare("timers", "x-delayed-message", true, false, Map.of("x-delayed-type", "fanout"));
            channel.queueDeclare("timers.delayed", true, false, false, Map.of());
            channel.queueBind("timers.delayed", "timers", "");
            channel.queueDeclare("timers.dead", true, false, false, Map.of());
            channel.queueDeclare(
                    "timers.living",
                    true,
                    false,
                    false,
                    Map.of("x-dead-letter-exchange", "", "x-dead-letter-routing-key", "timers.dead"));
        }
    }

    /// The order of times is not the order of publishing.
    ///
    /// @return the first of them
    private long publish(Endpoint endpoint) throws Exception {
        try (var connection = endpoint.connect()) {
            var channel = connection.createChannel();
            channel.confirmSelect();
            var window = new Semaphore(OUTSTANDING_AT_MOST);
            channel.addConfirmListener(
                    (sequence, multiple) -> window.release(accepted((int) sequence)), (sequence, multiple) -> {
                        throw new IllegalStateException("nacked " + sequence);
                    });
            long start = System.currentTimeMillis() + LEAD_MILLIS + 2_000L * COUNT / PUBLISHED_PER_SECOND_AT_LEAST;
            for (int i = 0; i < COUNT; i++) {
                long due = start + Math.floorMod(i * 7_919L, COUNT) * 1000L / PER_SECOND;
                window.acquire(2);
                long now = System.currentTimeMillis();
                published(i, now);
                var delayed = new HashMap<String, Object>(Map.of("x-delay", (int) (due - now)));
                channel.basicPublish(
                        "timers",
                        "",
                        new BasicProperties.Builder()
                                .deliveryMode(2)
                                .headers(delayed)
                                .build(),
                        body(2 * i, due));
                channel.basicPublish(
                        "",
                        "timers.living",
                        new BasicProperties.Builder()
                                .deliveryMode(2)
                                .expiration(Long.toString(due - now))
                                .build(),
                        body(2 * i + 1, due));
            }
            channel.waitForConfirmsOrDie(60_000);
            assertThat(System.currentTimeMillis())
                    .as("published before the first time")
                    .isLessThan(start - START_MILLIS);
            return start;
        }
    }

    private void published(int pair, long now) {
        synchronized (seen) {
            Arrays.fill(underWay, 2 * pair, 2 * pair + 2, now);
        }
    }

    /// Confirms come in the order of publishing.
    ///
    /// @param count of messages confirmed
    /// @return of those the ones that were not before
    private int accepted(int count) {
        synchronized (seen) {
            long now = System.currentTimeMillis();
            int before = accepted;
            for (; accepted < count; accepted++) {
                underWay[accepted] = now - underWay[accepted];
            }
            return accepted - before;
        }
    }

    /// A broker that has some traffic, and this client: code that was not compiled yet is late with the first that
    /// come.
    private static void warmUp(Endpoint endpoint) throws Exception {
        var all = new CountDownLatch(WARM_UP);
        try (var connection = endpoint.connect()) {
            var channel = connection.createChannel();
            var queue = channel.queueDeclare().getQueue();
            channel.basicConsume(queue, true, (_, _) -> all.countDown(), _ -> {});
            for (int i = 0; i < WARM_UP; i++) {
                channel.basicPublish("", queue, new BasicProperties(), body(0, 0));
            }
            assertThat(all.await(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static byte[] body(int number, long due) {
        return ByteBuffer.allocate(12).putInt(number).putLong(due).array();
    }

    private void consume(Connection connection, String queue) throws IOException {
        var channel = connection.createChannel();
        channel.basicConsume(queue, true, new DefaultConsumer(channel) {
            @Override
            public void handleDelivery(String tag, Envelope envelope, BasicProperties properties, byte[] body) {
                came(ByteBuffer.wrap(body).getInt(), ByteBuffer.wrap(body).getLong(4));
            }
        });
    }

    private void came(int number, long due) {
        long millis = System.currentTimeMillis() - due;
        synchronized (seen) {
            if (seen.get(number)) {
                twice.set(number);
            }
            seen.set(number);
            lateness[Math.clamp(millis, 0, lateness.length - 1)]++;
            early += millis < -1 ? 1 : 0;
            if (millis - underWay[number] > IN_TIME_MILLIS) {
                late.add(new Late(due, millis));
            }
        }
    }

    /// A message that was not in time.
    private record Late(long due, long millis) {}
}
