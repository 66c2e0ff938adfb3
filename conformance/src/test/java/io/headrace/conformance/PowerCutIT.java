package io.headrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Goal: what was confirmed survives a power cut. Method: the broker's data lie on an ext4 file system of
/// their own, which is shut down under confirmed load; what was not forced is then gone for good. Then the
/// file system is mounted again, the broker started, drained, and the ledger compared. `-Dheadrace.seed=N`
/// and `-Dheadrace.rounds=N` as in [CrashIT].
@DisplayNameGeneration(ReplaceUnderscores.class)
class PowerCutIT {
    private static final List<String> QUEUES = List.of("power.a", "power.b");
    private static final int PUBLISHERS = 4;
    private static final int DISK_MEBIBYTES = 2_048;

    private final long seed = Long.getLong("headrace.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final Ledger ledger = new Ledger(seed, PUBLISHERS);

    @TempDir
    Path folder;

    @Test
    void nothing_confirmed_is_lost_made_up_reordered_or_silently_doubled() throws Exception {
        int rounds = Integer.getInteger("headrace.rounds", 10);
        System.out.println("PowerCutIT: " + rounds + " rounds, -Dheadrace.seed=" + seed);
        try (var disk = LoopDisk.create(folder, DISK_MEBIBYTES);
                var broker = BrokerProcess.start(disk.folder())) {
            for (int round = 0; round < rounds; round++) {
                loadAndCutPower(disk, broker);
                assertThat(ledger.wrong())
                        .as("round " + round + ", seed " + seed)
                        .isEmpty();
            }
            broker.terminate();
        }
        System.out.println(
                "PowerCutIT: " + ledger.confirmedCount() + " confirmed, " + ledger.deliveredCount() + " delivered");
    }

    /// The negative control: without the force this test must find fault, or it proves nothing.
    @Test
    void a_broker_that_forces_nothing_is_caught() throws Exception {
        System.out.println("PowerCutIT without force: -Dheadrace.seed=" + seed);
        try (var disk = LoopDisk.create(folder, DISK_MEBIBYTES);
                var broker = BrokerProcess.start(disk.folder(), Map.of("JAVA_OPTS", "-Dheadrace.test.force=off"))) {
            for (int round = 0; round < 3 && ledger.wrong().isEmpty(); round++) {
                loadAndCutPower(disk, broker);
            }
            broker.terminate();
        }

        assertThat(ledger.wrong()).anySatisfy(line -> assertThat(line).startsWith("lost: "));
    }

    private void loadAndCutPower(LoopDisk disk, BrokerProcess broker) throws IOException, InterruptedException {
        var load = Load.start(broker.endpoint(), ledger, PUBLISHERS, QUEUES);
        load.awaitConfirms(1 + random.nextInt(20_000));
        disk.cutPower();
        broker.kill();
        load.stop();
        disk.unmount();
        disk.mount();

        ledger.restarted();
        broker.start();
        Load.drain(broker.endpoint(), ledger, QUEUES);
        ledger.checkNothingIsLost();
    }
}
