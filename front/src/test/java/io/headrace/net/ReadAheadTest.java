package io.headrace.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: what sockets read ahead has a bound however many there are.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ReadAheadTest {
    @Test
    void loops_share_what_there_may_be() {
        var ahead = new ReadAhead(1_000, 4);

        ahead.read(249);
        assertThat(ahead.much()).isFalse();
        ahead.read(1);
        assertThat(ahead.much()).isTrue();
    }

    @Test
    void what_was_consumed_does_not_count() {
        var ahead = new ReadAhead(1_000, 1);
        ahead.read(1_000);

        ahead.consumed(1);

        assertThat(ahead.much()).isFalse();
        ahead.read(1);
        assertThat(ahead.much()).isTrue();
    }
}
