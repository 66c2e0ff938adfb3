package io.headrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: pages keep to the budget; ordinary ones are used again, the memory of large ones goes back at once.
@DisplayNameGeneration(ReplaceUnderscores.class)
class PageArenaTest {
    private static final int LARGE = 3 * PageArena.PAGE_BYTES;

    private final PageArena arena = new PageArena(8L * PageArena.PAGE_BYTES);

    @Test
    void a_page_that_was_released_is_used_again() {
        var page = arena.acquire(100).orElseThrow();
        arena.release(page);

        assertThat(arena.acquire(PageArena.PAGE_BYTES)).containsSame(page);
    }

    @Test
    void the_memory_of_a_large_page_is_gone_when_it_is_released() {
        var page = arena.acquire(LARGE).orElseThrow();
        page.bytes().put(LARGE - 1, (byte) 1);

        arena.release(page);

        assertThat(arena.usedBytes()).isZero();
        assertThatThrownBy(() -> page.bytes().get(0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void what_goes_over_the_budget_is_told_and_takes_nothing() {
        arena.acquire(LARGE).orElseThrow();
        arena.acquire(LARGE).orElseThrow();

        assertThat(arena.acquire(LARGE)).isEmpty();
        assertThat(arena.usedBytes()).isEqualTo(2L * LARGE);
        assertThat(arena.acquire(LARGE, PageArena.PAGE_BYTES)).isPresent();
    }

    @Test
    void the_memory_of_all_goes_with_the_arena() {
        var page = arena.acquire(1).orElseThrow();
        var large = arena.acquire(LARGE).orElseThrow();

        arena.close();

        assertThat(page.segment().scope().isAlive()).isFalse();
        assertThat(large.segment().scope().isAlive()).isFalse();
    }

    @Test
    void a_page_that_somebody_needs_is_not_released() {
        var page = arena.acquire(LARGE).orElseThrow();
        page.pin();

        assertThatThrownBy(() -> arena.release(page)).isInstanceOf(IllegalStateException.class);
        page.unpin();
        arena.release(page);
    }
}
