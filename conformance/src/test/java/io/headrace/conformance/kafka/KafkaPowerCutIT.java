package io.headrace.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.conformance.BrokerProcess;
import io.headrace.conformance.LoopDisk;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Goal: what was acknowledged to a producer or committed by a group survives a power cut. Method: as [KafkaCrashIT],
/// but the broker's data lie on an ext4 file system of their own, which is shut down under load; what was not forced is
/// then gone for good.
@DisplayNameGeneration(ReplaceUnderscores.class)
class KafkaPowerCutIT {
    private static final int DISK_MEBIBYTES = 2_048;

    private final long seed = Long.getLong("headrace.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final RecordLedger ledger = RecordLoad.ledger(seed);

    @TempDir
    Path folder;

    @Test
    void nothing_is_lost_doubled_or_reordered_and_no_committed_offset_goes_back() throws Exception {
        int rounds = Integer.getInteger("headrace.rounds", 10);
        System.out.println("KafkaPowerCutIT: " + rounds + " rounds, -Dheadrace.seed=" + seed);
        try (var disk = LoopDisk.create(folder, DISK_MEBIBYTES);
                var broker = BrokerProcess.start(disk.folder())) {
            var load = start(broker);
            for (int round = 0; round < rounds; round++) {
                cutPower(disk, broker, load);
                assertThat(ledger.wrong())
                        .as("round " + round + ", seed " + seed)
                        .isEmpty();
            }
            load.awaitAcknowledged(1);
            load.finish();
            broker.terminate();
        }

        System.out.println("KafkaPowerCutIT: " + ledger.acknowledgedCount() + " acknowledged");
        assertThat(ledger.wrong()).as("seed " + seed).isEmpty();
    }

    /// The negative control: without the force this test must find fault, or it proves nothing.
    @Test
    void a_broker_that_forces_nothing_is_caught() throws Exception {
        System.out.println("KafkaPowerCutIT without force: -Dheadrace.seed=" + seed);
        try (var disk = LoopDisk.create(folder, DISK_MEBIBYTES);
                var broker = BrokerProcess.start(disk.folder(), Map.of("JAVA_OPTS", "-Dheadrace.test.force=off"))) {
            var load = start(broker);
            cutPower(disk, broker, load);
            load.finish();
            broker.terminate();
        }

        assertThat(ledger.wrong()).anySatisfy(line -> assertThat(line).startsWith("lost: "));
    }

    private RecordLoad start(BrokerProcess broker) throws Exception {
        return RecordLoad.start(new KafkaEndpoint("127.0.0.1", broker.port("kafka")), ledger, seed);
    }

    private void cutPower(LoopDisk disk, BrokerProcess broker, RecordLoad load) throws Exception {
        load.awaitAcknowledged(1 + random.nextInt(10_000));
        disk.cutPower();
        broker.kill();
        var committed = ledger.committed();
        disk.unmount();
        disk.mount();

        broker.start();
        ledger.checkCommitted(committed, load.committed());
    }
}
