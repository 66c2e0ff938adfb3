package io.headrace.stream.group;

import io.headrace.config.Settings;
import io.headrace.stream.share.ShareSettings;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.coordinator.group.GroupConfig;
import org.apache.kafka.coordinator.group.GroupConfigManager;
import org.apache.kafka.coordinator.group.GroupCoordinatorConfig;
import org.apache.kafka.coordinator.group.ShareGroupAutoOffsetResetStrategy;
import org.apache.kafka.coordinator.group.modern.share.ShareGroupConfig;

/// The broker's settings for groups, by Kafka's names (`offsets.topic.num.partitions`,
/// `group.initial.rebalance.delay.ms`, ...); what is not set has Kafka's default, but for that delay, which is shorter,
/// and for the pause between two assignments of a share group, which is none.
///
/// @param values checked
public record GroupSettings(SortedMap<String, String> values) {
    /// Under this prefix and the group's name the catalog keeps what was set for one group.
    public static final String OF_ONE_GROUP = "kafka.group/";

    private static final String SHARE = "share.";
    private static final String BY_DURATION = "by_duration:";
    private static final long MINUTE_MILLIS = 60_000;
    private static final int OFFSETS_PARTITIONS = 50;
    private static final int OFFSETS_PARTITIONS_MAX = 10_000;
    private static final int OFFSETS_RETENTION_MINUTES = 7 * 24 * 60;
    // Kafka's is 3 s in the code and 0 in the file that it ships: members that start together still make one group
    private static final int REBALANCE_DELAY_MILLIS = 500;

    // The pause of share groups is 1 s in Kafka. Their first assignment is always empty (a group's state in a partition
    // is
    // begun after it), so each new group would pay that second before its first record.
    private static final Map<String, String> DEFAULTS = Map.of(
            GroupCoordinatorConfig.OFFSETS_TOPIC_REPLICATION_FACTOR_CONFIG, "1",
            GroupCoordinatorConfig.GROUP_INITIAL_REBALANCE_DELAY_MS_CONFIG, Integer.toString(REBALANCE_DELAY_MILLIS),
            GroupCoordinatorConfig.SHARE_GROUP_ASSIGNMENT_INTERVAL_MS_CONFIG, "0");

    private static final int SESSION_MILLIS_MIN = 6_000;
    private static final int SESSION_MILLIS_MAX = 1_800_000;
    private static final int SHARE_LOCK_MILLIS_MIN = 15_000;
    private static final int SHARE_LOCK_MILLIS_MAX = 60_000;

    // a thread of the coordinator mostly waits for the one loop that writes its records
    private static final int COORDINATOR_THREADS_MAX = 4;

    /// @throws IllegalArgumentException a name that is not known, or a value that is not valid
    public GroupSettings {
        values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
        for (String name : values.keySet()) {
            if (!GroupCoordinatorConfig.CONFIG_DEF.names().contains(name)
                    && !ShareGroupConfig.CONFIG_DEF.names().contains(name)) {
                throw new IllegalArgumentException("Unknown setting of groups: " + name);
            }
        }
        try {
            if (!values.isEmpty()) { // else Kafka's classes are loaded with the first question
                coordinator(values);
                ShareGroupConfig.fromProps(all(values));
            }
        } catch (ConfigException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    public static GroupSettings defaults() {
        return new GroupSettings(Collections.emptySortedMap());
    }

    /// What the configuration file can say of them. Defaults are not put: a start loads none of Kafka's classes for
    /// them.
    public static GroupSettings read(Settings settings) {
        var values = new TreeMap<String, String>();
        put(
                values,
                "offsets.topic.num.partitions",
                OFFSETS_PARTITIONS,
                settings.count(
                        "offsets-partitions",
                        OFFSETS_PARTITIONS,
                        1,
                        OFFSETS_PARTITIONS_MAX,
                        "Partitions of __consumer_offsets when it is made; later changes do nothing."));
        put(
                values,
                "offsets.retention.minutes",
                OFFSETS_RETENTION_MINUTES,
                settings.millis(
                                "offsets-retention",
                                OFFSETS_RETENTION_MINUTES * MINUTE_MILLIS,
                                MINUTE_MILLIS,
                                Integer.MAX_VALUE * MINUTE_MILLIS,
                                "Offsets of a group go when nobody was in it for so long; in whole minutes.")
                        / MINUTE_MILLIS);
        put(
                values,
                "group.initial.rebalance.delay.ms",
                REBALANCE_DELAY_MILLIS,
                settings.millis(
                        "initial-rebalance-delay",
                        REBALANCE_DELAY_MILLIS,
                        0,
                        10 * MINUTE_MILLIS,
                        "An empty classic group waits so long for further members before it forms."));
        put(
                values,
                "group.min.session.timeout.ms",
                SESSION_MILLIS_MIN,
                settings.millis(
                        "session-timeout-min",
                        SESSION_MILLIS_MIN,
                        1,
                        SESSION_MILLIS_MAX,
                        "Shortest session timeout that a member of a classic group may ask for."));
        put(
                values,
                "group.max.size",
                Integer.MAX_VALUE,
                settings.count(
                        "size-max", Integer.MAX_VALUE, 1, Integer.MAX_VALUE, "Most members of a classic group."));
        put(
                values,
                ShareGroupConfig.SHARE_GROUP_RECORD_LOCK_DURATION_MS_CONFIG,
                ShareGroupConfig.SHARE_GROUP_RECORD_LOCK_DURATION_MS_DEFAULT,
                settings.millis(
                        "share-record-lock-duration",
                        ShareGroupConfig.SHARE_GROUP_RECORD_LOCK_DURATION_MS_DEFAULT,
                        SHARE_LOCK_MILLIS_MIN,
                        SHARE_LOCK_MILLIS_MAX,
                        "A member of a share group keeps a record so long; then another may get it."));
        put(
                values,
                ShareGroupConfig.SHARE_GROUP_DELIVERY_COUNT_LIMIT_CONFIG,
                ShareGroupConfig.SHARE_GROUP_DELIVERY_COUNT_LIMIT_DEFAULT,
                settings.count(
                        "share-delivery-count-limit",
                        ShareGroupConfig.SHARE_GROUP_DELIVERY_COUNT_LIMIT_DEFAULT,
                        2,
                        10,
                        "A record that came back to a share group so often is not given out again."));
        return new GroupSettings(values);
    }

    /// What is set, and what differs from Kafka's default unless it is set.
    public Map<String, String> effective() {
        return all(values);
    }

    /// Whether any of these is of share groups.
    static boolean ofShareGroups(Map<String, String> own) {
        return own.keySet().stream().anyMatch(name -> name.startsWith(SHARE));
    }

    /// @param own what is set for the group, checked
    ShareSettings ofShareGroup(Map<String, String> own) {
        var broker = ShareGroupConfig.fromProps(all(values));
        var levels = own.getOrDefault(GroupConfig.SHARE_ISOLATION_LEVEL_CONFIG, "");
        var renewing = own.get(GroupConfig.SHARE_RENEW_ACKNOWLEDGE_ENABLE_CONFIG);
        return new ShareSettings(
                number(own, GroupConfig.SHARE_RECORD_LOCK_DURATION_MS_CONFIG, broker.shareGroupRecordLockDurationMs()),
                number(own, GroupConfig.SHARE_DELIVERY_COUNT_LIMIT_CONFIG, broker.shareGroupDeliveryCountLimit()),
                number(
                        own,
                        GroupConfig.SHARE_PARTITION_MAX_RECORD_LOCKS_CONFIG,
                        broker.shareGroupPartitionMaxRecordLocks()),
                reset(own.getOrDefault(
                        GroupConfig.SHARE_AUTO_OFFSET_RESET_CONFIG, GroupConfig.SHARE_AUTO_OFFSET_RESET_DEFAULT)),
                levels.equalsIgnoreCase(IsolationLevel.READ_COMMITTED.toString()),
                renewing == null ? GroupConfig.SHARE_RENEW_ACKNOWLEDGE_ENABLE_DEFAULT : Boolean.parseBoolean(renewing));
    }

    private static int number(Map<String, String> own, String name, int byDefault) {
        var value = own.get(name);
        return value == null ? byDefault : Integer.parseInt(value.strip());
    }

    private static ShareSettings.Reset reset(String value) {
        var strategy = ShareGroupAutoOffsetResetStrategy.fromString(value);
        return switch (strategy.type()) {
            case EARLIEST -> new ShareSettings.Reset.Earliest();
            case LATEST -> new ShareSettings.Reset.Latest();
            case BY_DURATION ->
                new ShareSettings.Reset.ByDuration(Duration.parse(value.substring(BY_DURATION.length())));
        };
    }

    /// What can be set for a single group, and has an effect: what groups of other types have is not here.
    public static List<String> namesOfOneGroup() {
        return GroupConfig.configNames().stream()
                .filter(name -> name.startsWith("consumer.") || name.startsWith(SHARE) || name.startsWith("streams."))
                .sorted()
                .toList();
    }

    /// @param name a setting of the broker, by Kafka's name
    /// @return what it is when nobody set it; empty if that is as in Kafka
    public static Optional<String> ownDefault(String name) {
        return Optional.ofNullable(DEFAULTS.get(name));
    }

    /// Checks all that is to be set for one group.
    ///
    /// @throws InvalidConfigurationException a name that is not known, or a value that is not valid
    public void checkOneGroup(Map<String, String> own) {
        var known = Set.copyOf(namesOfOneGroup());
        own.keySet().stream().filter(name -> !known.contains(name)).findFirst().ifPresent(name -> {
            throw new InvalidConfigurationException("Unknown group config name: " + name);
        });
        try {
            GroupConfig.validate(own, coordinator(), ShareGroupConfig.fromProps(all(values)));
        } catch (ConfigException e) {
            throw new InvalidConfigurationException(e.getMessage(), e);
        }
    }

    private static void put(Map<String, String> values, String name, long byDefault, long value) {
        if (value != byDefault) {
            values.put(name, Long.toString(value));
        }
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
        all.putAll(DEFAULTS);
        all.putAll(values);
        return all;
    }
}
