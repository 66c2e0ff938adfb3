package io.headrace.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: an index gives back what was put, in order, whether its pages are in memory or not.
@DisplayNameGeneration(ReplaceUnderscores.class)
class QueueIndexTest {
    private final MemoryPageFile file = new MemoryPageFile();

    @Test
    void ten_million_messages_keep_a_handful_of_pages_in_memory() {
        var store = new IndexStore(file, 2);
        var index = new QueueIndex(store);

        for (long sequence = 0; sequence < 10_000_000; sequence++) {
            index.put(sequence, sequence * 100, 90, false);
        }

        int[] resident = {0};
        index.forEachPage((first, slot) -> resident[0] += slot.resident() ? 1 : 0);
        assertThat(resident[0]).isLessThanOrEqualTo(4);
        assertThat(index.live()).isEqualTo(10_000_000);
        assertThat(index.location(5_000_000)).isEqualTo(500_000_000);
    }

    @Test
    void messages_leave_in_the_order_they_came_through_pages_on_disk() {
        var index = new QueueIndex(new IndexStore(file, 1));
        for (long sequence = 0; sequence < 50_000; sequence++) {
            index.put(sequence, sequence + 7, 10, false);
        }

        long cursor = 0;
        for (long expected = 0; expected < 50_000; expected++) {
            cursor = index.nextLive(cursor);
            assertThat(cursor).isEqualTo(expected);
            assertThat(index.location(cursor)).isEqualTo(expected + 7);
            index.delivered(cursor);
            index.clear(cursor);
            cursor++;
        }

        assertThat(index.live()).isZero();
        assertThat(index.nextLive(0)).isEqualTo(-1);
    }

    @Test
    void removing_what_was_not_delivered_moves_each_page_once_however_full_memory_is() {
        var store = new IndexStore(file, 2);
        var index = new QueueIndex(store);
        for (long sequence = 0; sequence < 20 * IndexPage.SLOTS; sequence++) {
            index.put(sequence, sequence, 10, false);
        }
        long blocks = file.usedBlocks();

        for (long sequence = 0; sequence < 20 * IndexPage.SLOTS; sequence += 2) {
            assertThat(index.erase(sequence)).isTrue();
        }

        assertThat(file.usedBlocks() - blocks).isLessThanOrEqualTo(20);
        int[] resident = {0};
        index.forEachPage((first, slot) -> resident[0] += slot.resident() ? 1 : 0);
        assertThat(resident[0]).isLessThanOrEqualTo(4);
        assertThat(index.live()).isEqualTo(10 * IndexPage.SLOTS);
    }

    @Test
    void a_queue_that_is_kept_empty_goes_on_over_page_borders() {
        var index = new QueueIndex(new IndexStore(file, 1));

        for (long sequence = 0; sequence < 20_000; sequence++) {
            index.put(sequence, sequence, 10, false);
            index.delivered(sequence);
            assertThat(index.clear(sequence)).isTrue();
        }

        assertThat(index.live()).isZero();
    }

    @Test
    void it_holds_what_a_sorted_map_holds_over_random_changes() {
        long seed = Long.getLong("headrace.seed", System.nanoTime());
        var random = new Random(seed);
        var store = new IndexStore(file, 1);
        var index = new QueueIndex(store);
        var model = new TreeMap<Long, Long>();
        long next = 0;

        for (int step = 0; step < 100_000; step++) {
            switch (random.nextInt(8)) {
                case 0, 1, 2, 3 -> {
                    next += random.nextInt(100) == 0 ? 1 + random.nextInt(3000) : 1;
                    long location = random.nextLong(1L << 50);
                    index.put(next, location, 5, random.nextInt(4) == 0);
                    model.put(next, location);
                }
                case 4, 5 -> {
                    var lowest = model.ceilingEntry(model.isEmpty() ? 0 : model.firstKey() + random.nextInt(200));
                    if (lowest != null) {
                        index.delivered(lowest.getKey());
                        assertThat(index.clear(lowest.getKey())).isTrue();
                        model.remove(lowest.getKey());
                    }
                }
                case 6 -> {
                    long from = next == 0 ? 0 : random.nextLong(next + 1);
                    var expected = model.ceilingKey(from);
                    assertThat(index.nextLive(from))
                            .as("seed %d step %d from %d", seed, step, from)
                            .isEqualTo(expected == null ? -1 : expected);
                }
                case 7 -> {
                    long from = next == 0 ? 0 : random.nextLong(next + 1);
                    var entry = model.ceilingEntry(from);
                    if (entry != null) {
                        assertThat(index.location(entry.getKey()))
                                .as("seed %d step %d at %d", seed, step, entry.getKey())
                                .isEqualTo(entry.getValue());
                    }
                }
                default -> throw new IllegalStateException();
            }
            assertThat(index.live()).isEqualTo(model.size());
            if (step % 200 == 0) {
                store.captured();
                store.checkpointed();
            }
        }
    }
}
