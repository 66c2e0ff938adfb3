package io.headrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Goal: whatever the disk does to what was not forced, the log keeps what it committed, invents nothing,
/// and replays in order; what is alive stays readable while files are recycled and cleaned. Method: seeded
/// runs of [LogSimulation]. `-Dheadrace.seed=N` runs one, `-Dheadrace.seeds=N` so many.
@ExtendWith(Quiet.class)
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class LogSimulationTest {
    private static final int TURNS = 400;

    @Test
    void nothing_committed_is_lost_over_crashes_power_cuts_and_failing_devices() {
        var one = Long.getLong("headrace.seed");
        long first = one != null ? one : 1;
        long count = one != null ? 1 : Long.getLong("headrace.seeds", 300);
        long crashes = 0;
        long company = 0;
        long reads = 0;
        long cold = 0;
        try (var arena = new PageArena(64 << 20)) {
            for (long seed = first; seed < first + count; seed++) {
                var simulation = new LogSimulation(seed, arena);
                run(simulation, seed);
                crashes += simulation.crashes;
                company += simulation.company;
                reads += simulation.reads;
                cold += simulation.coldReads;
            }
        }
        System.out.printf(
                "%d seeds, %d crashes, %d blocks beside another, %d reads, %d of them cold%n",
                count, crashes, company, reads, cold);
        assertThat(company).as("blocks beside others").isGreaterThanOrEqualTo(one != null ? 0 : count / 4);
    }

    @Test
    void a_device_that_only_pretends_to_force_is_found_out() {
        long found = 0;
        try (var arena = new PageArena(64 << 20)) {
            for (long seed = 1; seed <= 50; seed++) {
                var simulation = new LogSimulation(seed, arena);
                simulation.storage().pretendToForce(true);
                try {
                    simulation.run(TURNS);
                } catch (AssertionError | IOException e) {
                    found++;
                }
            }
        }
        assertThat(found).isGreaterThan(25);
    }

    private static void run(LogSimulation simulation, long seed) {
        try {
            simulation.run(TURNS);
        } catch (AssertionError | IOException | RuntimeException e) {
            throw new AssertionError("seed " + seed + ": replay with -Dheadrace.seed=" + seed, e);
        }
    }
}
