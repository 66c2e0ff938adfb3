package io.headrace.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class SettingsTest {
    private static final long MIB = 1 << 20;

    enum Durability {
        FORCED,
        WRITTEN_ONLY
    }

    @Test
    void what_is_not_set_has_its_default() {
        var settings = given("");

        assertThat(settings.bytes("memory", 96 * MIB, MIB, 1024 * MIB, "Memory."))
                .isEqualTo(96 * MIB);
        assertThat(settings.millis("lazy", 10, 0, 1_000, "Lazy.")).isEqualTo(10);
        assertThat(settings.flag("tls", true, "Tls.")).isTrue();
        assertThat(settings.choice("durability", Durability.FORCED, "When.")).isEqualTo(Durability.FORCED);
        assertThat(settings.problems()).isEmpty();
    }

    @Test
    void sizes_and_times_are_written_with_their_unit() {
        var settings = given("""
                a = 1GiB
                b = 64 KiB
                c = 1000
                d = 2h
                e = 0
                """);

        assertThat(settings.bytes("a", 0, 0, Long.MAX_VALUE, "")).isEqualTo(1024 * MIB);
        assertThat(settings.bytes("b", 0, 0, Long.MAX_VALUE, "")).isEqualTo(65_536);
        assertThat(settings.bytes("c", 0, 0, Long.MAX_VALUE, "")).isEqualTo(1_000);
        assertThat(settings.millis("d", 0, 0, Long.MAX_VALUE, "")).isEqualTo(7_200_000);
        assertThat(settings.millis("e", 5, 0, Long.MAX_VALUE, "")).isZero();
        assertThat(settings.problems()).isEmpty();
    }

    @Test
    void all_mistakes_are_told_at_once_with_their_place() {
        var settings = given("""
                # how we run it
                log.memory = lots
                log.lazy = 10
                log.files = 7
                tls = maybe
                durability = never
                """);

        settings.section("log").bytes("memory", MIB, MIB, 2 * MIB, "");
        settings.section("log").millis("lazy", 1, 1, 60_000, "");
        settings.section("log").count("files", 1, 1, 5, "");
        settings.flag("tls", true, "");
        settings.choice("durability", Durability.FORCED, "");

        assertThat(settings.problems())
                .containsExactly(
                        "test.conf, line 2: log.memory is 'lots'; it takes a size such as 64KiB, 128MiB or 1GiB",
                        "test.conf, line 3: log.lazy is '10'; it takes a time such as 500ms, 10s, 5min, 2h or 7d",
                        "test.conf, line 4: log.files is 7; it takes 1 to 5",
                        "test.conf, line 5: tls is 'maybe'; it takes true or false",
                        "test.conf, line 6: durability is 'never'; it takes one of forced, written-only");
    }

    @Test
    void a_key_that_nobody_reads_is_refused_with_the_nearest_one() {
        var settings = given("amqp.prot = 5672\ncolour = blue");
        settings.section("amqp").count("port", 5672, 0, 65_535, "");

        assertThat(settings.problems())
                .containsExactly(
                        "test.conf, line 1: there is no key 'amqp.prot'; did you mean 'amqp.port'?",
                        "test.conf, line 2: there is no key 'colour'");
    }

    @Test
    void a_retired_key_says_what_to_use_now() {
        var settings = given("log.fsync = always");
        settings.section("log").retired("fsync", "use log.flush-interval");

        assertThat(settings.problems()).containsExactly("test.conf, line 1: log.fsync is gone: use log.flush-interval");
    }

    @Test
    void a_size_that_no_long_can_hold_is_refused() {
        var settings = given("a = 999999999999999999TiB");
        settings.bytes("a", 1, 0, Long.MAX_VALUE, "");

        assertThat(settings.problems()).hasSize(1);
    }

    @Test
    void reading_declares() {
        var settings = given("");
        settings.section("log").bytes("memory", 96 * MIB, 8 * MIB, Long.MAX_VALUE, "The memory tail.");

        assertThat(settings.declared())
                .containsExactly(new Declared("log.memory", "96MiB", "8MiB or more", "The memory tail."));
        assertThat(settings.declared().getFirst().option()).isEqualTo("--log-memory");
    }

    @Test
    void a_key_read_twice_is_our_own_mistake() {
        var settings = given("");
        settings.flag("tls", true, "");

        assertThatThrownBy(() -> settings.flag("tls", true, "")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void a_file_may_not_say_a_key_twice_nor_nothing() {
        var text = ConfigText.parse("test.conf", "a = 1\na = 2\nwhat\n");

        assertThat(text.given()).containsOnlyKeys("a");
        assertThat(text.problems())
                .containsExactly(
                        "test.conf, line 2: a was already set at test.conf, line 1",
                        "test.conf, line 3: expected 'key = value', found 'what'");
    }

    private static Settings given(String text) {
        return new Settings(ConfigText.parse("test.conf", text).given());
    }
}
