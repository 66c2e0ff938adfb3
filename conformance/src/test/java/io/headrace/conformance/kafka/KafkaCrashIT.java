package io.headrace.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.conformance.BrokerProcess;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Goal: kill -9 at any moment loses, doubles and reorders nothing, however it is compressed, and takes no committed
/// offset back (acceptance C5). Method: idempotent producers and one group live through all kills of the real broker;
/// every other start puts its sockets on loops of their own; then the whole log is read and the ledger compared.
/// `-Dheadrace.seed=N` repeats the moments and the records of a run, `-Dheadrace.rounds=N` says how often.
@DisplayNameGeneration(ReplaceUnderscores.class)
class KafkaCrashIT {
    private final long seed = Long.getLong("headrace.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final RecordLedger ledger = RecordLoad.ledger(seed);

    @Test
    void nothing_is_lost_doubled_or_reordered_and_no_committed_offset_goes_back(@TempDir Path data) throws Exception {
        int rounds = Integer.getInteger("headrace.rounds", 20);
        System.out.println("KafkaCrashIT: " + rounds + " rounds, -Dheadrace.seed=" + seed);
        try (var broker = BrokerProcess.start(data)) {
            var load = RecordLoad.start(new KafkaEndpoint("127.0.0.1", broker.port("kafka")), ledger, seed);
            for (int round = 0; round < rounds; round++) {
                load.awaitAcknowledged(1 + random.nextInt(10_000));
                broker.kill();
                var committed = ledger.committed();

                broker.startWithLoops(round % 2 == 0 ? 3 : 1);
                ledger.checkCommitted(committed, load.committed());
                assertThat(ledger.wrong())
                        .as("round " + round + ", seed " + seed)
                        .isEmpty();
            }
            load.awaitAcknowledged(1);
            load.finish();
        }

        System.out.println("KafkaCrashIT: " + ledger.acknowledgedCount() + " acknowledged");
        assertThat(ledger.wrong()).as("seed " + seed).isEmpty();
        assertThat(ledger.acknowledgedCount()).as("there was load").isGreaterThan(rounds * 100);
    }
}
