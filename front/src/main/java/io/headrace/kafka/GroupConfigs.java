package io.headrace.kafka;

import io.headrace.kafka.ConfigValue.Origin;
import io.headrace.stream.group.GroupSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.apache.kafka.coordinator.group.GroupConfig;
import org.apache.kafka.coordinator.group.GroupCoordinatorConfig;
import org.apache.kafka.coordinator.group.modern.share.ShareGroupConfig;

/// What can be set for a single group: Kafka's names, defaults and words.
final class GroupConfigs {
    private GroupConfigs() {}

    /// Under which name the catalog keeps what was set.
    static String settings(String group) {
        return GroupSettings.OF_ONE_GROUP + group;
    }

    static Optional<ConfigDef.ConfigKey> key(String name) {
        return Optional.ofNullable(GroupConfig.CONFIG_DEF.configKeys().get(name));
    }

    /// Everything that can be set, with what it is now.
    ///
    /// @param own of the group
    static List<ConfigValue> all(Map<String, String> own, GroupSettings broker) {
        return GroupSettings.namesOfOneGroup().stream()
                .map(name -> value(name, own, broker))
                .toList();
    }

    private static ConfigValue value(String name, Map<String, String> own, GroupSettings broker) {
        var key = GroupConfig.CONFIG_DEF.configKeys().get(name);
        var from = new ArrayList<Origin>();
        if (own.containsKey(name)) {
            from.add(new Origin(name, own.get(name), ConfigSource.GROUP_CONFIG));
        }
        GroupConfig.brokerSynonym(name).ifPresent(synonym -> {
            var set = broker.values().get(synonym);
            if (set != null) {
                from.add(new Origin(synonym, set, ConfigSource.STATIC_BROKER_CONFIG));
            }
            var brokerKey = GroupCoordinatorConfig.CONFIG_DEF
                    .configKeys()
                    .getOrDefault(
                            synonym, ShareGroupConfig.CONFIG_DEF.configKeys().get(synonym));
            if (brokerKey != null) {
                from.add(new Origin(
                        synonym,
                        GroupSettings.ownDefault(synonym)
                                .orElseGet(() -> ConfigDef.convertToString(brokerKey.defaultValue, brokerKey.type)),
                        ConfigSource.DEFAULT_CONFIG));
            }
        });
        if (from.isEmpty()) {
            from.add(new Origin(
                    name, ConfigDef.convertToString(key.defaultValue, key.type), ConfigSource.DEFAULT_CONFIG));
        }
        return new ConfigValue(name, from.getFirst().value(), key.type, false, key.documentation, from);
    }
}
