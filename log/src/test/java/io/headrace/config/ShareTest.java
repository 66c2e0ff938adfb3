package io.headrace.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: a limit is given as a part of the whole or as a size, and nothing else passes for one.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ShareTest {
    @Test
    void a_number_with_a_point_is_a_part() {
        assertThat(Share.parse("0.4").orElseThrow().of(1_000)).isEqualTo(400);
        assertThat(Share.parse("1.5").orElseThrow().of(1_000)).isEqualTo(1_500);
    }

    @Test
    void anything_else_is_a_size() {
        assertThat(Share.parse("2GB").orElseThrow().of(7)).isEqualTo(2_000_000_000L);
        assertThat(Share.parse("512MiB").orElseThrow().of(7)).isEqualTo(512L << 20);
        assertThat(Share.parse("0").orElseThrow().of(7)).isZero();
    }

    @Test
    void it_is_written_as_it_is_read() {
        for (String text : new String[] {"0.4", "64MiB", "50MB"}) {
            var share = Share.parse(text).orElseThrow();
            assertThat(Share.parse(share.toString())).contains(share);
        }
    }

    @Test
    void what_is_neither_is_refused() {
        for (String text : new String[] {"", "-0.4", "-1", "0.4x", "lots", ".5", "1e3", "NaN"}) {
            assertThat(Share.parse(text)).as(text).isEmpty();
        }
    }
}
