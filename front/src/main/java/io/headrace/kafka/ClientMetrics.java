package io.headrace.kafka;

import io.headrace.kafka.ConfigValue.Origin;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;

/// Subscriptions to metrics of clients (KIP-714), as they are kept, listed and described. As in a Kafka that has no
/// receiver for what clients would send, no client is ever asked for any.
final class ClientMetrics {
    /// Under which names the catalog keeps them.
    static final String SETTINGS = "kafka.client-metrics/";

    private static final String METRICS = "metrics";
    private static final String INTERVAL = "interval.ms";
    private static final String MATCH = "match";
    private static final int DEFAULT_INTERVAL_MILLIS = 300_000;
    private static final int INTERVAL_MILLIS_MIN = 100;
    private static final int INTERVAL_MILLIS_MAX = 3_600_000;

    private static final Set<String> MATCHED = Set.of(
            "client_instance_id",
            "client_id",
            "client_software_name",
            "client_software_version",
            "client_source_address",
            "client_source_port");

    private static final ConfigDef KEYS = new ConfigDef()
            .define(
                    METRICS,
                    ConfigDef.Type.LIST,
                    List.of(),
                    ConfigDef.Importance.MEDIUM,
                    "Prefixes of names of metrics")
            .define(
                    INTERVAL,
                    ConfigDef.Type.INT,
                    DEFAULT_INTERVAL_MILLIS,
                    ConfigDef.Importance.MEDIUM,
                    "How often clients send their metrics, in milliseconds")
            .define(MATCH, ConfigDef.Type.LIST, List.of(), ConfigDef.Importance.MEDIUM, "Which clients are asked");

    private ClientMetrics() {}

    /// Everything that can be set, with what it is now.
    static List<ConfigValue> all(Map<String, String> own) {
        return KEYS.configKeys().values().stream()
                .map(key -> own.containsKey(key.name)
                        ? value(key, own.get(key.name), ConfigSource.CLIENT_METRICS_CONFIG)
                        : value(
                                key,
                                ConfigDef.convertToString(key.defaultValue, key.type),
                                ConfigSource.DEFAULT_CONFIG))
                .toList();
    }

    private static ConfigValue value(ConfigDef.ConfigKey key, String value, ConfigSource source) {
        return new ConfigValue(
                key.name, value, key.type, false, key.documentation, List.of(new Origin(key.name, value, source)));
    }

    static void checkName(String name) {
        if (name.isEmpty()) {
            throw new InvalidRequestException("Client metrics subscription name must not be empty");
        }
    }

    static Optional<ConfigDef.ConfigKey> key(String name) {
        return Optional.ofNullable(KEYS.configKeys().get(name));
    }

    /// @throws InvalidRequestException an unknown key, or an interval that is too long or too short
    /// @throws InvalidConfigurationException a value that cannot be read
    static void check(Map<String, String> settings) {
        for (String key : settings.keySet()) {
            if (!KEYS.configKeys().containsKey(key)) {
                throw new InvalidRequestException("Unknown client metrics configuration: " + key);
            }
        }
        Map<String, Object> parsed;
        try {
            parsed = KEYS.parse(settings);
        } catch (ConfigException invalid) {
            throw new InvalidConfigurationException(invalid.getMessage());
        }
        int interval = (Integer) parsed.get(INTERVAL);
        if (interval < INTERVAL_MILLIS_MIN || interval > INTERVAL_MILLIS_MAX) {
            throw new InvalidRequestException("Invalid value " + interval
                    + " for interval.ms, interval must be between 100 and 3600000 (1 hour)");
        }
        for (Object pattern : (List<?>) parsed.get(MATCH)) {
            checkMatch((String) pattern);
        }
    }

    private static void checkMatch(String pattern) {
        var parts = pattern.split("=");
        try {
            if (parts.length == 2 && MATCHED.contains(parts[0].strip())) {
                Pattern.compile(parts[1].strip());
                return;
            }
        } catch (PatternSyntaxException e) {
            // said below
        }
        throw new InvalidConfigurationException("Illegal client matching pattern: " + pattern);
    }
}
