package io.headrace.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.log.HeadraceLog;
import io.headrace.log.LogConfig;
import io.headrace.log.LyingStorage;
import io.headrace.log.PageArena;
import io.headrace.shard.Shard;
import io.headrace.shard.SimLoop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: restoring takes the place of what was there, in memory and in the index file. Method: snapshots of
/// queues whose pages lie partly in blocks, restored into the same queues.
@DisplayNameGeneration(ReplaceUnderscores.class)
class QueueRestoreTest {
    private static final int RESIDENT_PAGES = 2;
    private static final long MIB = 1 << 20;

    private final MemoryPageFile file = new MemoryPageFile();
    private final PageArena arena = new PageArena(16 * MIB);
    private final HeadraceLog log;
    private final Queues queues;

    QueueRestoreTest() throws IOException {
        var storage = new LyingStorage(1);
        var loop = new SimLoop();
        var config = new LogConfig(MIB, 8 * MIB, 2 * MIB, 1_000, 10, MIB);
        log = HeadraceLog.open(storage, config, loop.clock(), arena);
        var shard = new Shard(loop, log.commits(), log.reader(), arena, storage, loop, MIB, broken -> {
            throw new AssertionError(broken);
        });
        queues = new Queues(shard, file, RESIDENT_PAGES);
        queues.create(1, true, false, QueueTraits.PLAIN);
        queues.create(2, true, true, QueueTraits.PLAIN);
    }

    @AfterEach
    void close() throws IOException {
        log.close();
        arena.close();
    }

    @Test
    void restoring_twice_gives_the_second_state() {
        put(1, 0, 20_000);
        put(2, 0, 10);
        var first = QueueSnapshot.take(queues);
        var firstContent = content(1);
        queues.byId(1).removals().applySettled(0, 15_000);
        put(1, 20_000, 30_000);
        put(2, 10, 20);
        var second = QueueSnapshot.take(queues);
        var secondContent = content(1);

        restore(first);
        assertThat(content(1)).isEqualTo(firstContent);
        assertThat(queues.byId(2).ready()).isEqualTo(10);
        restore(second);

        assertThat(content(1)).isEqualTo(secondContent);
        assertThat(queues.byId(1).ready()).isEqualTo(secondContent.size());
        assertThat(queues.byId(1).contents().lanes()[0].nextSequence()).isGreaterThanOrEqualTo(30_000);
        assertThat(queues.byId(2).ready()).isEqualTo(20);
    }

    @Test
    void blocks_that_a_restored_snapshot_names_outlive_the_next_checkpoint_and_others_do_not() {
        put(1, 0, 20_000);
        var checkpoint = QueueSnapshot.take(queues);
        QueueCheckpoint.durable(queues);
        var content = content(1);
        long blocks = file.usedBlocks();
        put(1, 20_000, 60_000);

        restore(checkpoint);
        QueueSnapshot.take(queues);
        QueueCheckpoint.durable(queues);

        assertThat(content(1)).isEqualTo(content);
        assertThat(file.usedBlocks()).isEqualTo(blocks);
    }

    @Test
    void a_page_that_messages_have_left_is_restored_without_them_and_was_not_written_again() {
        put(1, 0, 20_000);
        QueueSnapshot.take(queues);
        QueueCheckpoint.durable(queues);
        long written = file.written();
        for (long sequence = 0; sequence < 16_000; sequence += 3) {
            queues.byId(1).removals().applySettled(sequence, 1);
        }

        var second = QueueSnapshot.take(queues);
        var content = content(1);
        assertThat(file.written()).isEqualTo(written);
        for (long sequence = 1; sequence < 16_000; sequence += 3) {
            queues.byId(1).removals().applySettled(sequence, 1);
        }
        restore(second);

        assertThat(content(1)).isEqualTo(content);
        assertThat(queues.byId(1).ready()).isEqualTo(content.size());
        assertThat(content(1)).as("the snapshot of what was just restored").isEqualTo(content);
        restore(QueueSnapshot.take(queues));
        assertThat(content(1)).isEqualTo(content);
    }

    @Test
    void after_a_reset_the_queues_are_there_and_empty_and_who_holds_an_old_one_finds_it_gone() {
        put(1, 0, 10_000);
        QueueSnapshot.take(queues);
        QueueCheckpoint.durable(queues);
        var old = queues.byId(1);

        queues.reset();
        QueueSnapshot.take(queues);
        QueueCheckpoint.durable(queues);

        assertThat(old.gone()).isTrue();
        assertThat(queues.byId(1).ready()).isZero();
        assertThat(queues.byId(1).contents().lanes()[0].nextSequence()).isZero();
        assertThat(queues.byId(2).logs(false)).as("still a quorum queue").isTrue();
        assertThat(file.usedBlocks()).isZero();
    }

    @Test
    void what_is_delayed_leaves_memory_and_is_restored_and_comes_due() {
        var queue = queues.byId(2);
        put(2, 0, 40_000);
        queues.recovered(false);
        for (long sequence = 0; sequence < 40_000; sequence++) {
            queue.retries().applied(sequence, RetryWord.of((int) sequence % 7, sequence % 2 == 0 ? 0 : 1_000_000));
        }
        assertThat(queue.ready()).isEqualTo(20_000);
        assertThat(queue.delayed()).isEqualTo(20_000);
        assertThat(queue.memoryBytes()).isLessThan(4 * 4096 * (16 + 8 + 8));

        restore(QueueSnapshot.take(queues));

        var restored = queues.byId(2);
        assertThat(restored.ready()).isEqualTo(20_000);
        assertThat(restored.delayed()).isEqualTo(20_000);
        assertThat(restored.peekAlive()).isZero();
        assertThat(restored.retries().attempts(12_345)).isEqualTo(12_345 % 7);
        for (long sequence = 0; sequence < 40_000; sequence++) {
            restored.due(sequence, 999_999);
        }
        assertThat(restored.delayed()).as("before the time").isEqualTo(20_000);
        for (long sequence = 0; sequence < 40_000; sequence++) {
            restored.due(sequence, 1_000_000);
        }
        assertThat(restored.delayed()).isZero();
        assertThat(restored.ready()).isEqualTo(40_000);
        assertThat(restored.memoryBytes()).isLessThan(4 * 4096 * (16 + 8 + 8));
    }

    @Test
    void attempts_of_a_checkpoint_from_before_delays_are_read() {
        var before = ByteBuffer.allocate(256).put((byte) 3).putInt(1);
        before.putInt(2).putInt(1).putLong(0).putInt(3); // queue 2, once: message 0 had three attempts
        before.putShort((short) 2);
        before.putLong(1).putLong(1).putInt(0).putInt(1); // next, delivered end, no blocks, one message
        before.putLong(0).putLong(1_000).putInt(100).putInt(50).putLong(Long.MAX_VALUE);
        before.putLong(1L << Lane.NUMBER_BITS)
                .putLong(1L << Lane.NUMBER_BITS)
                .putInt(0)
                .putInt(0);

        restore(before.flip());

        assertThat(queues.byId(2).ready()).isEqualTo(1);
        assertThat(queues.byId(2).delayed()).isZero();
        assertThat(queues.byId(2).retries().attempts(0)).isEqualTo(3);
    }

    private void put(int queue, long from, long end) {
        for (long sequence = from; sequence < end; sequence++) {
            queues.byId(queue).replayed(sequence, 1000 + sequence, 100, 50);
        }
    }

    private void restore(ByteBuffer snapshot) {
        queues.restore(snapshot.duplicate());
        queues.recovered(true);
    }

    /// Location by sequence number.
    private Map<Long, Long> content(int queue) {
        var index = queues.byId(queue).contents().lanes()[0].index;
        var content = new TreeMap<Long, Long>();
        for (long s = index.nextLive(index.first()); s >= 0; s = index.nextLive(s + 1)) {
            content.put(s, index.location(s));
        }
        return content;
    }
}
