package io.headrace.stream.group;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.coordinator.group.GroupConfigManager;
import org.apache.kafka.coordinator.group.GroupCoordinatorConfig;
import org.apache.kafka.coordinator.group.modern.share.ShareGroupConfig;

/// The broker's settings for groups, by Kafka's names (`offsets.topic.num.partitions`,
/// `group.initial.rebalance.delay.ms`, ...); what is not set has Kafka's default.
///
/// @param values checked
public record GroupSettings(SortedMap<String, String> values) {
    /// Under this prefix and the group's name the catalog keeps what was set for one group.
    public static final String OF_ONE_GROUP = "kafka.group/";

    // a thread of the coordinator mostly waits for the one loop that writes its records
    private static final int COORDINATOR_THREADS_MAX = 4;

    /// @throws IllegalArgumentException a name that is not known, or a value that is not valid
    public GroupSettings {
        values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
        for (String name : values.keySet()) {
            if (!GroupCoordinatorConfig.CONFIG_DEF.names().contains(name)) {
                throw new IllegalArgumentException("Unknown setting of groups: " + name);
            }
        }
        try {
            if (!values.isEmpty()) { // else Kafka's classes are loaded with the first question
                coordinator(values);
            }
        } catch (ConfigException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    public static GroupSettings defaults() {
        return new GroupSettings(Collections.emptySortedMap());
    }

    GroupCoordinatorConfig coordinator() {
        return coordinator(values);
    }

    private static GroupCoordinatorConfig coordinator(Map<String, String> values) {
        return new GroupCoordinatorConfig(new AbstractConfig(GroupCoordinatorConfig.CONFIG_DEF, all(values), false));
    }

    GroupConfigManager groups(GroupCoordinatorConfig coordinator) {
        return new GroupConfigManager(
                coordinator.extractGroupConfigMap(ShareGroupConfig.fromProps(all(values))),
                coordinator,
                ShareGroupConfig.fromProps(all(values)));
    }

    static Properties properties(Map<String, String> values) {
        var properties = new Properties();
        properties.putAll(values);
        return properties;
    }

    private static Map<String, String> all(Map<String, String> values) {
        int threads = Math.min(COORDINATOR_THREADS_MAX, Runtime.getRuntime().availableProcessors());
        Map<String, String> all = new HashMap<>();
        all.put(GroupCoordinatorConfig.GROUP_COORDINATOR_NUM_THREADS_CONFIG, Integer.toString(threads));
        all.put(GroupCoordinatorConfig.OFFSETS_TOPIC_REPLICATION_FACTOR_CONFIG, "1");
        all.putAll(values);
        return all;
    }
}
