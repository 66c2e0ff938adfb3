package io.headrace.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.log.HeadraceLog;
import io.headrace.log.LogConfig;
import io.headrace.log.LyingStorage;
import io.headrace.log.PageArena;
import io.headrace.shard.IdleWork;
import io.headrace.shard.Shard;
import io.headrace.shard.SimLoop;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: what is due at once, or soon, takes bounded memory however much it is. Method: a queue as a restart finds it;
/// rounds are taken one by one.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ExpiryAlarmTest {
    private static final int RESIDENT_PAGES = 4;
    private static final int SOON_MAX = 262_144;
    private static final int MESSAGES = 600_000;
    private static final int LARGE = 10_000; // is not read ahead: there is nothing in this log
    private static final long MIB = 1 << 20;

    private final PageArena arena = new PageArena(16 * MIB);
    private final SimLoop loop = new SimLoop();
    private final HeadraceLog log;
    private final Queues queues;

    ExpiryAlarmTest() throws IOException {
        var storage = new LyingStorage(1);
        var config = new LogConfig(MIB, 8 * MIB, 2 * MIB, 1_000, 10, MIB);
        log = HeadraceLog.open(storage, config, loop.clock(), arena);
        var shard = new Shard(loop, log.commits(), log.reader(), arena, storage, loop, MIB, broken -> {
            throw new AssertionError(broken);
        });
        queues = new Queues(shard, new MemoryPageFile(), RESIDENT_PAGES);
        shard.attach(new IdleWork() {
            @Override
            public boolean deliver() {
                return queues.deliver();
            }
        });
        queues.create(1, true, false, QueueTraits.PLAIN);
    }

    @AfterEach
    void close() throws IOException {
        log.close();
        arena.close();
    }

    @Test
    void after_a_long_stop_all_that_is_due_goes_in_pieces() {
        long now = loop.clock().millis();
        var queue = queues.byId(1);
        for (long sequence = 0; sequence < MESSAGES; sequence++) {
            queue.replayed(sequence, 1000 + sequence, LARGE, LARGE);
            queue.expires(sequence, now - 1 - sequence % 3_600_000);
        }
        queues.recovered(true);
        queues.start();

        int most = 0;
        for (int round = 0; round < MESSAGES && queue.ready() > 0; round++) {
            loop.advance(1);
            loop.turn();
            most = Math.max(most, queues.store().soon().size());
        }

        assertThat(queue.ready()).isZero();
        assertThat(most).isLessThanOrEqualTo(SOON_MAX);
    }
}
