package io.headrace.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class SizesTest {
    @Test
    void sizes_are_read_with_every_unit_that_rabbitmq_takes() {
        assertThat(Sizes.bytes("50MB")).contains("50000000");
        assertThat(Sizes.bytes("2GiB")).contains("2147483648");
        assertThat(Sizes.bytes("1k")).contains("1024");
        assertThat(Sizes.bytes("7")).contains("7");
    }

    @Test
    void what_is_no_size_is_refused() {
        assertThat(Sizes.bytes("nonsense")).isEmpty();
        assertThat(Sizes.bytes("-1")).isEmpty();
        assertThat(Sizes.bytes("999999999999999TB")).isEmpty();
    }

    @Test
    void a_fraction_gets_a_point_so_that_the_broker_knows_it_for_one() {
        assertThat(Sizes.fraction("1")).contains("1.0");
        assertThat(Sizes.fraction("0.000000001")).contains("0.000000001");
        assertThat(Sizes.fraction("nonsense")).isEmpty();
    }

    @Test
    void amounts_are_shown_to_four_places_with_one_at_least() {
        assertThat(Sizes.in(140_400_000, "GB")).isEqualTo("0.1404");
        assertThat(Sizes.in(77_895_000_000L, "GB")).isEqualTo("77.895");
        assertThat(Sizes.in(0, "MB")).isEqualTo("0.0");
        assertThat(Sizes.in(10_000_000, "MB")).isEqualTo("10.0");
    }
}
