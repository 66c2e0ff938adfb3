package io.headrace.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.log.HeadraceLog;
import io.headrace.log.LogConfig;
import io.headrace.log.LyingStorage;
import io.headrace.log.PageArena;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: the loop may rest after a turn with many messages that are waited for, and after no other.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ShardRestTest {
    private static final long MIB = 1 << 20;

    private final PageArena arena = new PageArena(16 * MIB);
    private final SimLoop loop = new SimLoop();
    private final HeadraceLog log;
    private final Shard shard;
    private boolean moreToDeliver;

    ShardRestTest() throws IOException {
        var storage = new LyingStorage(1);
        var config = new LogConfig(MIB, 8 * MIB, 2 * MIB, 1_000, 10, MIB);
        log = HeadraceLog.open(storage, config, loop.clock(), arena);
        shard = new Shard(loop, log.commits(), log.reader(), arena, storage, loop, MIB, broken -> {
            throw new AssertionError(broken);
        });
        shard.attach(new IdleWork() {
            @Override
            public boolean deliver() {
                return moreToDeliver;
            }
        });
    }

    @AfterEach
    void close() throws IOException {
        log.close();
        arena.close();
    }

    @Test
    void many_messages_in_one_turn_let_it_rest_after_that_turn() {
        turnWith(8);
        assertThat(loop.rests).isEqualTo(1);

        turnWith(0);
        assertThat(loop.rests).isEqualTo(1);
    }

    @Test
    void a_few_in_each_of_many_turns_do_not() {
        for (int i = 0; i < 10; i++) {
            turnWith(7);
        }

        assertThat(loop.rests).isZero();
    }

    @Test
    void it_does_not_rest_while_there_is_more_to_deliver() {
        moreToDeliver = true;

        turnWith(8);

        assertThat(loop.rests).isZero();
    }

    @Test
    void what_is_waited_for_otherwise_does_not_count() {
        for (int i = 0; i < 100; i++) {
            shard.urgent();
        }
        turnWith(0);

        assertThat(loop.rests).isZero();
    }

    @Test
    void it_does_not_rest_while_consumers_have_no_room() {
        shard.promptly();
        turnWith(8);
        assertThat(loop.rests).isZero();

        turnWith(8);
        assertThat(loop.rests).isEqualTo(1);
    }

    private void turnWith(int messages) {
        for (int i = 0; i < messages; i++) {
            shard.urgentMessage();
        }
        shard.touch();
        loop.turn();
    }
}
