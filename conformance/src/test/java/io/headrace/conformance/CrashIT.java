package io.headrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Goal: what was confirmed survives kill -9 at any moment. Method: the real broker under confirmed load is
/// killed at random, started again, every other time with its sockets on loops of their own, drained, and the
/// ledger compared. `-Dheadrace.seed=N` repeats the moments and the messages of a run, `-Dheadrace.rounds=N` says
/// how often.
@DisplayNameGeneration(ReplaceUnderscores.class)
class CrashIT {
    private static final List<String> QUEUES = List.of("crash.a", "crash.b");
    private static final int PUBLISHERS = 4;

    @Test
    void nothing_confirmed_is_lost_made_up_reordered_or_silently_doubled(@TempDir Path data) throws Exception {
        long seed = Long.getLong("headrace.seed", System.nanoTime());
        int rounds = Integer.getInteger("headrace.rounds", 20);
        System.out.println("CrashIT: " + rounds + " rounds, -Dheadrace.seed=" + seed);
        var random = new Random(seed);
        var ledger = new Ledger(seed, PUBLISHERS);

        try (var broker = BrokerProcess.start(data)) {
            for (int round = 0; round < rounds; round++) {
                var load = Load.start(broker.endpoint(), ledger, PUBLISHERS, QUEUES);
                load.awaitConfirms(1 + random.nextInt(20_000));
                broker.kill();
                load.stop();

                ledger.restarted();
                broker.startWithLoops(round % 2 == 0 ? 3 : 1);
                Load.drain(broker.endpoint(), ledger, QUEUES);
                ledger.checkNothingIsLost();
                assertThat(ledger.wrong())
                        .as("round " + round + ", seed " + seed)
                        .isEmpty();
            }
        }
        System.out.println(
                "CrashIT: " + ledger.confirmedCount() + " confirmed, " + ledger.deliveredCount() + " delivered");
        assertThat(ledger.confirmedCount()).as("there was load").isGreaterThan(rounds * 100);
    }
}
