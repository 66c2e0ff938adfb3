package io.headrace.kafka;

import io.headrace.kafka.ConfigValue.Origin;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.LogLevelConfig;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;

/// How much each part of the broker writes to its log, in Kafka's words. A change holds until the broker stops.
///
/// Threads: any.
final class BrokerLoggers {
    private static final String ROOT = "root";

    /// The JDK forgets loggers that nobody holds, and what was set on them.
    private final Map<String, Logger> held = Collections.synchronizedMap(new HashMap<>());

    /// All there are, by name.
    List<ConfigValue> all() {
        var all = new ArrayList<ConfigValue>();
        for (String name : names()) {
            var value = word(effective(Logger.getLogger(jdkName(name))));
            all.add(new ConfigValue(
                    name,
                    value,
                    ConfigDef.Type.STRING,
                    false,
                    "How much is written.",
                    List.of(new Origin(name, value, ConfigSource.DYNAMIC_BROKER_LOGGER_CONFIG))));
        }
        return all;
    }

    private static Set<String> names() {
        var names = new TreeSet<String>();
        names.add(ROOT);
        var present = LogManager.getLogManager().getLoggerNames();
        while (present.hasMoreElements()) {
            var name = present.nextElement();
            if (!name.isEmpty()) {
                names.add(name);
            }
        }
        return names;
    }

    private static String jdkName(String name) {
        return name.equals(ROOT) ? "" : name;
    }

    private static Level effective(Logger logger) {
        for (var at = logger; at != null; at = at.getParent()) {
            if (at.getLevel() != null) {
                return at.getLevel();
            }
        }
        return Level.INFO;
    }

    private static String word(Level level) {
        if (level.intValue() > Level.SEVERE.intValue()) {
            return LogLevelConfig.FATAL_LOG_LEVEL;
        }
        if (level.intValue() > Level.WARNING.intValue()) {
            return LogLevelConfig.ERROR_LOG_LEVEL;
        }
        if (level.intValue() > Level.INFO.intValue()) {
            return LogLevelConfig.WARN_LOG_LEVEL;
        }
        if (level.intValue() >= Level.INFO.intValue()) {
            return LogLevelConfig.INFO_LOG_LEVEL;
        }
        return level.intValue() >= Level.FINE.intValue()
                ? LogLevelConfig.DEBUG_LOG_LEVEL
                : LogLevelConfig.TRACE_LOG_LEVEL;
    }

    private static Level level(String word) {
        return switch (word) {
            case LogLevelConfig.FATAL_LOG_LEVEL -> Level.OFF; // there is no more than an error
            case LogLevelConfig.ERROR_LOG_LEVEL -> Level.SEVERE;
            case LogLevelConfig.WARN_LOG_LEVEL -> Level.WARNING;
            case LogLevelConfig.INFO_LOG_LEVEL -> Level.INFO;
            case LogLevelConfig.DEBUG_LOG_LEVEL -> Level.FINE;
            case LogLevelConfig.TRACE_LOG_LEVEL -> Level.FINEST;
            default -> throw new IllegalArgumentException(word);
        };
    }

    /// In Kafka's words.
    ///
    /// @throws InvalidRequestException not this broker, or what cannot be done to a logger
    /// @throws InvalidConfigurationException no such logger or level
    static void check(String broker, Iterable<AlterableConfig> operations) {
        checkBroker(broker);
        var names = names();
        for (var operation : operations) {
            var name = operation.name();
            var kind = OpType.forId(operation.configOperation());
            switch (kind) {
                case SET -> {
                    checkExists(names, name);
                    if (operation.value() == null || !LogLevelConfig.VALID_LOG_LEVELS.contains(operation.value())) {
                        throw new InvalidConfigurationException("Cannot set the log level of " + name + " to "
                                + operation.value() + " as it is not a supported log level. Valid log levels are "
                                + String.join(", ", new TreeSet<>(LogLevelConfig.VALID_LOG_LEVELS)));
                    }
                }
                case DELETE -> {
                    checkExists(names, name);
                    if (name.equals(ROOT)) {
                        throw new InvalidRequestException("Removing the log level of the root logger is not allowed");
                    }
                }
                case APPEND, SUBTRACT ->
                    throw new InvalidRequestException(
                            kind + " operation is not allowed for the BROKER_LOGGER resource");
                case null ->
                    throw new InvalidRequestException("Unknown operation type " + operation.configOperation()
                            + " is not allowed for the BROKER_LOGGER resource");
            }
        }
    }

    private static void checkBroker(String name) {
        int id;
        try {
            id = Integer.parseInt(name);
        } catch (NumberFormatException e) {
            throw new InvalidRequestException("Node id must be an integer, but it is: " + name);
        }
        if (id != KafkaConfig.NODE_ID) {
            throw new InvalidRequestException(
                    "Unexpected node id. Expected " + KafkaConfig.NODE_ID + ", but received " + id);
        }
    }

    private static void checkExists(Set<String> names, String name) {
        if (!names.contains(name)) {
            throw new InvalidConfigurationException("Logger " + name + " does not exist!");
        }
    }

    /// What [#check] has found to be right.
    void set(Iterable<AlterableConfig> operations) {
        for (var operation : operations) {
            var logger = Logger.getLogger(jdkName(operation.name()));
            if (OpType.forId(operation.configOperation()) == OpType.SET) {
                held.put(operation.name(), logger);
                logger.setLevel(level(operation.value()));
            } else {
                logger.setLevel(null);
                held.remove(operation.name());
            }
        }
    }
}
