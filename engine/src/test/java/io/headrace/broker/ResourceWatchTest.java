package io.headrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.config.Share;
import io.headrace.log.LyingStorage;
import io.headrace.shard.SimLoop;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: publishers wait while memory or disk is short, for whichever reason, and no longer.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ResourceWatchTest {
    private static final long MIB = 1 << 20;
    private static final ResourceLimits LIMITS = new ResourceLimits(new Share.Part(0.5), new Share.Bytes(100 * MIB));

    private final SimLoop loop = new SimLoop();
    private final LyingStorage storage = new LyingStorage(1);
    private final Memory memory = new Memory();
    private final ResourceAlarms alarms = new ResourceAlarms();
    private final ResourceWatch watch = new ResourceWatch("sim@localhost", loop, loop, storage, memory, LIMITS, alarms);
    private final List<String> heard = new ArrayList<>();

    private static final class Memory implements MemoryGauge {
        long used;

        @Override
        public long usedBytes() {
            return used;
        }

        @Override
        public long totalBytes() {
            return 1_000;
        }
    }

    ResourceWatchTest() {
        storage.capacityBytes(1_000 * MIB);
        alarms.listen(loop, () -> heard.add(alarms.reason()));
        watch.start();
        settle();
    }

    @Test
    void nothing_is_said_while_there_is_enough() {
        later();

        assertThat(heard).isEmpty();
        assertThat(watch.levels())
                .isEqualTo(new Resources.Levels(0, 500, 1_000, false, 1_000 * MIB, 100 * MIB, false, 1_000 * MIB));
    }

    @Test
    void more_memory_in_use_than_allowed_is_heard_of_and_passes() {
        memory.used = 501;
        later();
        memory.used = 499;
        later();

        assertThat(heard).containsExactly("low on memory", "");
    }

    @Test
    void less_free_on_the_device_than_asked_for_is_heard_of_and_passes() {
        storage.capacityBytes(99 * MIB);
        later();
        assertThat(watch.levels().diskAlarm()).isTrue();
        storage.capacityBytes(101 * MIB);
        later();

        assertThat(heard).containsExactly("low on disk", "");
    }

    @Test
    void one_alarm_ends_and_the_other_holds() {
        memory.used = 501;
        storage.capacityBytes(99 * MIB);
        later();
        memory.used = 0;
        later();

        assertThat(heard).containsExactly("low on memory & disk", "low on disk");
    }

    @Test
    void a_log_without_room_is_a_short_disk_whatever_the_device_says() {
        alarms.logFull(true);
        later();

        assertThat(heard).containsExactly("low on disk");
        assertThat(watch.levels().diskAlarm()).isTrue();
        alarms.logFull(false);
        settle();
        assertThat(heard).containsExactly("low on disk", "");
    }

    @Test
    void a_new_limit_takes_effect_at_once() {
        memory.used = 10;
        var done = new ArrayList<String>();

        watch.limitMemory(new Share.Part(0.000000001), () -> done.add("memory"));
        settle();
        watch.limitDisk(new Share.Bytes(2_000 * MIB), () -> done.add("disk"));
        settle();
        watch.limitMemory(new Share.Bytes(11), () -> {});
        settle();
        watch.limitDisk(new Share.Part(1.0), () -> {});
        settle();

        assertThat(done).containsExactly("memory", "disk");
        assertThat(heard).containsExactly("low on memory", "low on memory & disk", "low on disk", "");
    }

    private void later() {
        loop.advance(3_000);
        settle();
    }

    private void settle() {
        while (loop.turn()) {}
    }
}
