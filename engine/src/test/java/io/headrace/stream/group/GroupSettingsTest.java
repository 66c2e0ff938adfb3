package io.headrace.stream.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.config.ConfigText;
import io.headrace.config.Settings;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.coordinator.group.GroupCoordinatorConfig;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: what is not set is as in Kafka or stands in the compatibility page, and what is set is checked at the start.
@DisplayNameGeneration(ReplaceUnderscores.class)
class GroupSettingsTest {
    @Test
    void the_defaults_of_the_file_are_kafkas_but_for_a_shorter_wait_for_members() {
        assertThat(read("").values()).isEmpty();

        var kafka = GroupSettings.defaults().coordinator();
        assertThat(kafka.offsetsTopicPartitions()).isEqualTo(50);
        assertThat(kafka.offsetsRetentionMs()).isEqualTo(7L * 24 * 60 * 60_000);
        assertThat(kafka.classicGroupInitialRebalanceDelayMs()).isEqualTo(500);
        assertThat(kafka.classicGroupMinSessionTimeoutMs()).isEqualTo(6000);
        assertThat(kafka.classicGroupMaxSize()).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void what_the_file_says_reaches_the_coordinator() {
        GroupCoordinatorConfig kafka =
                read("offsets-partitions = 3\noffsets-retention = 2h\ninitial-rebalance-delay = 0ms")
                        .coordinator();

        assertThat(kafka.offsetsTopicPartitions()).isEqualTo(3);
        assertThat(kafka.offsetsRetentionMs()).isEqualTo(2L * 60 * 60_000);
        assertThat(kafka.classicGroupInitialRebalanceDelayMs()).isZero();
    }

    @Test
    void a_setting_that_nobody_knows_is_refused_by_name() {
        assertThatThrownBy(() -> new GroupSettings(new TreeMap<>(Map.of("group.max.sise", "7"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("group.max.sise");
    }

    @Test
    void a_value_that_is_not_valid_is_refused() {
        assertThatThrownBy(() -> new GroupSettings(new TreeMap<>(Map.of("group.max.size", "0"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("group.max.size");
    }

    private static GroupSettings read(String text) {
        var settings = new Settings(ConfigText.parse("test", text).given());
        var read = GroupSettings.read(settings);
        assertThat(settings.problems()).isEmpty();
        return read;
    }
}
