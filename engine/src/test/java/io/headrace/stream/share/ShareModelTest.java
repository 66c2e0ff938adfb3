package io.headrace.stream.share;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.broker.SimulatedBroker;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: whatever members do, in whatever order, each record is where the rules put it. Method: thousands of random
/// calls, compared after each with [NaiveShare]; orderly crashes in between. One seed alone: `-Dheadrace.seed=N`.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ShareModelTest {
    private static final int SEEDS = 60;
    private static final int STEPS = 400;
    private static final String[] MEMBERS = {"a", "b", "c"};

    @Test
    void no_seed_finds_a_record_where_it_should_not_be() {
        Long only = Long.getLong("headrace.seed");
        for (long seed = only == null ? 0 : only; seed <= (only == null ? SEEDS : only); seed++) {
            try {
                new Run(seed).go();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed + " (repeat with -Dheadrace.seed=" + seed + ")", e);
            } finally {
                SimulatedBroker.closeAll();
            }
        }
    }

    private static final class Run {
        private final Random random;
        private final ShareTopic topic;
        private final ShareSettings settings;
        private final NaiveShare naive;

        Run(long seed) {
            random = new Random(seed);
            int limit = 2 + random.nextInt(8);
            settings = new ShareSettings(15_000, limit, 100, new ShareSettings.Reset.Latest(), false, true);
            topic = new ShareTopic(
                    seed,
                    "share.record.lock.duration.ms=15000",
                    "share.delivery.count.limit=" + limit,
                    "share.partition.max.record.locks=100");
            naive = new NaiveShare(settings);
        }

        void go() {
            for (int step = 0; step < STEPS; step++) {
                var member = MEMBERS[random.nextInt(MEMBERS.length)];
                switch (random.nextInt(12)) {
                    case 0, 1 -> topic.produce(1 + random.nextInt(20));
                    case 2, 3, 4 -> fetch(member);
                    case 5, 6, 7, 8 -> acknowledge(member);
                    case 9 -> {
                        topic.share().release(member);
                        naive.release(member);
                    }
                    case 10 -> {
                        topic.advance(random.nextInt(8_000));
                        naive.timeIs(now());
                    }
                    case 11 -> {
                        if (random.nextInt(5) == 0) {
                            topic.commit();
                            naive.timeIs(now());
                            topic.crash();
                            naive.crashed();
                        }
                    }
                    default -> throw new IllegalStateException();
                }
                naive.check(topic.share().window());
            }
        }

        private long now() {
            return topic.broker.loop().clock().millis();
        }

        private void fetch(String member) {
            int most = 1 + random.nextInt(30);
            boolean exactly = random.nextBoolean();
            boolean room = naive.hasAvailable(topic.partition().highWatermark());

            var acquired = topic.acquire(member, most, exactly);

            assertThat(acquired.records() > 0)
                    .as("there is something, and there is room")
                    .isEqualTo(room);
            naive.acquired(member, acquired, most, exactly, now());
        }

        private void acknowledge(String member) {
            var window = topic.share().window();
            long span = window.end() - window.start();
            long first = Math.max(0, window.start() - 3) + random.nextLong(span + 6);
            long last = first + random.nextInt(random.nextInt(8) + 1);
            if (random.nextInt(3) > 0 && !window.isEmpty()) { // most hit what somebody has
                int run = random.nextInt(window.runs());
                first = window.first(run);
                last = window.end(run) - 1;
                member = window.state(run) == RecordState.ACQUIRED ? window.owner(run) : member;
            }
            List<Byte> types = new ArrayList<>();
            long count = random.nextBoolean() ? 1 : last - first + 1;
            for (long i = 0; i < count; i++) {
                types.add((byte) random.nextInt(5));
            }
            boolean may = naive.mayAcknowledge(member, first, last);

            var error = topic.share().acknowledge(member, List.of(new Acknowledgement(first, last, types)));

            assertThat(error == Errors.NONE)
                    .as("%d to %d of %s: %s", first, last, member, error)
                    .isEqualTo(may);
            if (may) {
                naive.acknowledge(first, types, last, now());
            }
        }
    }
}
