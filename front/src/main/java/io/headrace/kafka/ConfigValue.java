package io.headrace.kafka;

import java.util.List;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicConfigs;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsSynonym;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigType;

/// One key of a configuration, as clients see it.
///
/// @param value null if it has none
/// @param from where the value comes from, and then where it would come from without that
record ConfigValue(String name, String value, ConfigDef.Type type, boolean readOnly, String text, List<Origin> from) {
    record Origin(String name, String value, ConfigSource source) {}

    ConfigSource source() {
        return from.isEmpty() ? ConfigSource.DEFAULT_CONFIG : from.getFirst().source();
    }

    DescribeConfigsResourceResult described(boolean synonyms, boolean documentation) {
        return new DescribeConfigsResourceResult()
                .setName(name)
                .setValue(value)
                .setReadOnly(readOnly)
                .setConfigSource(source().id())
                .setConfigType(kind().id())
                .setDocumentation(documentation ? text : null)
                .setSynonyms(
                        synonyms
                                ? from.stream()
                                        .map(origin -> new DescribeConfigsSynonym()
                                                .setName(origin.name())
                                                .setValue(origin.value())
                                                .setSource(origin.source().id()))
                                        .toList()
                                : List.of());
    }

    CreatableTopicConfigs created() {
        return new CreatableTopicConfigs()
                .setName(name)
                .setValue(value)
                .setReadOnly(readOnly)
                .setConfigSource(source().id());
    }

    private ConfigType kind() {
        return switch (type) {
            case BOOLEAN -> ConfigType.BOOLEAN;
            case STRING -> ConfigType.STRING;
            case INT -> ConfigType.INT;
            case SHORT -> ConfigType.SHORT;
            case LONG -> ConfigType.LONG;
            case DOUBLE -> ConfigType.DOUBLE;
            case LIST -> ConfigType.LIST;
            case CLASS -> ConfigType.CLASS;
            case PASSWORD -> ConfigType.PASSWORD;
        };
    }
}
