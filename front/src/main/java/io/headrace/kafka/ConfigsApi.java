package io.headrace.kafka;

import io.headrace.broker.TopicSession;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResult;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AlterConfigsRequest;
import org.apache.kafka.common.requests.AlterConfigsResponse;
import org.apache.kafka.common.requests.ApiError;
import org.apache.kafka.common.requests.DescribeConfigsRequest;
import org.apache.kafka.common.requests.DescribeConfigsResponse;
import org.apache.kafka.common.requests.IncrementalAlterConfigsRequest;
import org.apache.kafka.common.requests.IncrementalAlterConfigsResponse;

/// DescribeConfigs 1-4, AlterConfigs 0-2, IncrementalAlterConfigs 0-1, for topics, groups, the broker, its loggers and
/// subscriptions to clients' metrics.
///
/// Threads: the loop of the connection.
final class ConfigsApi implements ApiFamily {
    private final KafkaConfig config;
    private final BrokerLoggers loggers = new BrokerLoggers();

    ConfigsApi(KafkaConfig config) {
        this.config = config;
    }

    @Override
    public List<Served> served() {
        return List.of(
                new Served(ApiKeys.DESCRIBE_CONFIGS, 1, 4, this::describe),
                new Served(ApiKeys.ALTER_CONFIGS, 0, 2, this::alter),
                new Served(ApiKeys.INCREMENTAL_ALTER_CONFIGS, 0, 1, this::alterSome));
    }

    // ---------------------------------------------------------------------------------------------- describing

    private void describe(Exchange exchange) {
        var request = exchange.request(DescribeConfigsRequest.class).data();
        var answer = new DescribeConfigsResponseData();
        for (DescribeConfigsResource resource : request.resources()) {
            var result = new DescribeConfigsResult()
                    .setResourceType(resource.resourceType())
                    .setResourceName(resource.resourceName());
            answer.results().add(result);
            try {
                var wanted = resource.configurationKeys();
                result.setConfigs(values(exchange, resource).stream()
                        .filter(value -> wanted == null || wanted.isEmpty() || wanted.contains(value.name()))
                        .map(value -> value.described(request.includeSynonyms(), request.includeDocumentation()))
                        .toList());
            } catch (ApiException refused) {
                var error = ApiError.fromThrowable(refused);
                result.setErrorCode(error.error().code()).setErrorMessage(error.message());
            }
        }
        exchange.answer(new DescribeConfigsResponse(answer));
    }

    private List<ConfigValue> values(Exchange exchange, DescribeConfigsResource resource) {
        var session = exchange.session();
        var name = resource.resourceName();
        var broker = session.settings(BrokerConfigs.SETTINGS);
        return switch (ConfigResource.Type.forId(resource.resourceType())) {
            case TOPIC -> {
                if (!Rights.topic(session, AclOperation.DESCRIBE_CONFIGS, name)) {
                    throw Errors.TOPIC_AUTHORIZATION_FAILED.exception();
                }
                var topic = session.topic(name)
                        .orElseThrow(() -> Names.unknown(name).exception());
                yield TopicConfigs.all(topic.settings(), broker);
            }
            case BROKER -> {
                Rights.needCluster(session, AclOperation.DESCRIBE_CONFIGS);
                checkBroker(name);
                yield name.isEmpty()
                        ? BrokerConfigs.defaults(broker)
                        : BrokerConfigs.all(
                                broker,
                                new FixedConfigs.Sources(
                                        config,
                                        Advertised.to(exchange.connection().wire(), config),
                                        session.streamConfig(),
                                        session.transactions().settings(),
                                        session.groups().settings()));
            }
            case GROUP -> {
                if (!Rights.group(session, AclOperation.DESCRIBE_CONFIGS, name)) {
                    throw Errors.GROUP_AUTHORIZATION_FAILED.exception();
                }
                checkGroup(name);
                yield GroupConfigs.all(
                        session.settings(GroupConfigs.settings(name)),
                        session.groups().settings());
            }
            case CLIENT_METRICS -> {
                Rights.needCluster(session, AclOperation.DESCRIBE_CONFIGS);
                ClientMetrics.checkName(name);
                yield ClientMetrics.all(session.settings(ClientMetrics.SETTINGS + name));
            }
            case BROKER_LOGGER -> {
                Rights.needCluster(session, AclOperation.DESCRIBE_CONFIGS);
                checkLoggersOf(name);
                yield loggers.all();
            }
            case UNKNOWN -> throw unsupported(resource.resourceType());
        };
    }

    private static void checkBroker(String name) {
        if (!name.isEmpty() && !name.equals(Integer.toString(KafkaConfig.NODE_ID))) {
            throw new InvalidRequestException(
                    "Unexpected broker id, expected " + KafkaConfig.NODE_ID + " or empty string, but received " + name);
        }
    }

    private static void checkLoggersOf(String name) {
        if (name.isEmpty()) {
            throw new InvalidRequestException("Broker id must not be empty");
        }
        if (!name.equals(Integer.toString(KafkaConfig.NODE_ID))) {
            throw new InvalidRequestException(
                    "Unexpected broker id, expected " + KafkaConfig.NODE_ID + " but received " + name);
        }
    }

    private static InvalidRequestException unsupported(byte type) {
        return new InvalidRequestException(
                "Unsupported resource type: " + ConfigResource.Type.forId(type) + " (" + type + ")");
    }

    // ------------------------------------------------------------------------------------------------ altering

    /// What can be set on a resource of some type.
    private interface Keys {
        Optional<ConfigDef.ConfigKey> named(String name);
    }

    /// Makes the whole settings of a resource out of what it has.
    private interface Edit {
        Map<String, String> apply(Map<String, String> present, Keys keys);
    }

    private void alter(Exchange exchange) {
        var request = exchange.request(AlterConfigsRequest.class).data();
        var answer = new AlterConfigsResponseData();
        var all = new Outstanding(() -> exchange.answer(new AlterConfigsResponse(answer)));
        request.resources().forEach(resource -> {
            var result = new AlterConfigsResponseData.AlterConfigsResourceResponse()
                    .setResourceType(resource.resourceType())
                    .setResourceName(resource.resourceName());
            answer.responses().add(result);
            boolean once = request.resources()
                            .findAll(resource.resourceType(), resource.resourceName())
                            .size()
                    == 1;
            Edit edit = (_, _) -> {
                if (!once) {
                    return twice();
                }
                var settings = new LinkedHashMap<String, String>();
                resource.configs().forEach(entry -> {
                    if (entry.value() == null) {
                        throw new InvalidRequestException("Null value not supported for : " + entry.name());
                    }
                    settings.put(entry.name(), entry.value());
                });
                return settings;
            };
            all.expect();
            change(exchange, resource.resourceType(), resource.resourceName(), edit, request.validateOnly(), error -> {
                result.setErrorCode(error.error().code()).setErrorMessage(error.message());
                all.done();
            });
        });
        all.done();
    }

    private void alterSome(Exchange exchange) {
        var request = exchange.request(IncrementalAlterConfigsRequest.class).data();
        var answer = new IncrementalAlterConfigsResponseData();
        var all = new Outstanding(() -> exchange.answer(new IncrementalAlterConfigsResponse(answer)));
        request.resources().forEach(resource -> {
            var result = new IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse()
                    .setResourceType(resource.resourceType())
                    .setResourceName(resource.resourceName());
            answer.responses().add(result);
            if (ConfigResource.Type.forId(resource.resourceType()) == ConfigResource.Type.BROKER_LOGGER) {
                var error = changeLoggers(exchange.session(), resource, request.validateOnly());
                result.setErrorCode(error.error().code()).setErrorMessage(error.message());
                return;
            }
            boolean once = request.resources()
                            .findAll(resource.resourceType(), resource.resourceName())
                            .size()
                    == 1;
            Edit edit = (present, keys) -> once ? edited(present, resource.configs(), keys) : twice();
            all.expect();
            change(exchange, resource.resourceType(), resource.resourceName(), edit, request.validateOnly(), error -> {
                result.setErrorCode(error.error().code()).setErrorMessage(error.message());
                all.done();
            });
        });
        all.done();
    }

    private interface Told {
        void with(ApiError error);
    }

    /// Of a resource that is named twice, which is not changed at all.
    private static Map<String, String> twice() {
        throw new InvalidRequestException("Each resource must appear at most once.");
    }

    private void change(Exchange exchange, byte type, String name, Edit edit, boolean validateOnly, Told told) {
        var session = exchange.session();
        try {
            switch (ConfigResource.Type.forId(type)) {
                case TOPIC -> changeTopic(session, name, edit, validateOnly, told);
                case BROKER -> changeBroker(session, name, edit, validateOnly, told);
                case GROUP -> changeGroup(session, name, edit, validateOnly, told);
                case CLIENT_METRICS -> changeClientMetrics(session, name, edit, validateOnly, told);
                case BROKER_LOGGER, UNKNOWN -> throw new InvalidRequestException("Unknown resource type " + type);
            }
        } catch (ApiException refused) {
            told.with(ApiError.fromThrowable(refused));
        }
    }

    private static void changeTopic(TopicSession session, String name, Edit edit, boolean validateOnly, Told told) {
        if (!Rights.topic(session, AclOperation.ALTER_CONFIGS, name)) {
            throw Errors.TOPIC_AUTHORIZATION_FAILED.exception();
        }
        if (name.isEmpty()) {
            throw new InvalidRequestException("Default topic resources are not allowed.");
        }
        var topic = session.topic(name).orElseThrow(() -> Names.unknown(name).exception());
        var settings = edit.apply(topic.settings(), TopicConfigs::key);
        TopicConfigs.check(settings);
        if (validateOnly) {
            told.with(ApiError.NONE);
        } else {
            session.set(
                    name,
                    settings,
                    answer -> told.with(
                            switch (answer) {
                                case TopicSession.TopicAnswer.Done done -> ApiError.NONE;
                                case TopicSession.TopicAnswer.Refused refused -> TopicsApi.error(refused.refusal());
                            }));
        }
    }

    private static void changeBroker(TopicSession session, String name, Edit edit, boolean validateOnly, Told told) {
        checkBroker(name);
        Rights.needCluster(session, AclOperation.ALTER_CONFIGS);
        var settings = edit.apply(session.settings(BrokerConfigs.SETTINGS), BrokerConfigs::key);
        try {
            BrokerConfigs.check(settings);
        } catch (InvalidConfigurationException invalid) {
            throw new InvalidRequestException(invalid.getMessage(), invalid); // as Kafka says it of a broker
        }
        if (validateOnly) {
            told.with(ApiError.NONE);
        } else {
            session.putSettings(BrokerConfigs.SETTINGS, settings, () -> told.with(ApiError.NONE));
        }
    }

    private static void checkGroup(String name) {
        if (name.isEmpty()) {
            throw new InvalidRequestException("Group name must not be empty");
        }
    }

    private static void changeGroup(TopicSession session, String name, Edit edit, boolean validateOnly, Told told) {
        if (!Rights.group(session, AclOperation.ALTER_CONFIGS, name)) {
            throw Errors.GROUP_AUTHORIZATION_FAILED.exception();
        }
        checkGroup(name);
        var settings = edit.apply(session.settings(GroupConfigs.settings(name)), GroupConfigs::key);
        session.groups().settings().checkOneGroup(settings);
        if (validateOnly) {
            told.with(ApiError.NONE);
        } else {
            session.putSettings(GroupConfigs.settings(name), settings, () -> told.with(ApiError.NONE));
        }
    }

    private static void changeClientMetrics(
            TopicSession session, String name, Edit edit, boolean validateOnly, Told told) {
        Rights.needCluster(session, AclOperation.ALTER_CONFIGS);
        ClientMetrics.checkName(name);
        var settings = edit.apply(session.settings(ClientMetrics.SETTINGS + name), ClientMetrics::key);
        ClientMetrics.check(settings);
        if (validateOnly) {
            told.with(ApiError.NONE);
        } else {
            session.putSettings(ClientMetrics.SETTINGS + name, settings, () -> told.with(ApiError.NONE));
        }
    }

    /// Levels are no settings that are kept: they hold at once, and until the broker stops. Only the newer request can
    /// change them.
    private ApiError changeLoggers(
            TopicSession session, IncrementalAlterConfigsRequestData.AlterConfigsResource resource, boolean dryRun) {
        try {
            Rights.needCluster(session, AclOperation.ALTER_CONFIGS);
            BrokerLoggers.check(resource.resourceName(), resource.configs());
            if (!dryRun) {
                loggers.set(resource.configs());
            }
            return ApiError.NONE;
        } catch (ApiException refused) {
            return ApiError.fromThrowable(refused);
        }
    }

    private static Map<String, String> edited(
            Map<String, String> present,
            Iterable<IncrementalAlterConfigsRequestData.AlterableConfig> operations,
            Keys keys) {
        var settings = new TreeMap<>(present);
        var seen = new HashSet<String>();
        for (var operation : operations) {
            var name = operation.name();
            if (!seen.add(name)) {
                throw new InvalidRequestException("Error due to duplicate config keys : " + name);
            }
            var kind = OpType.forId(operation.configOperation());
            if (kind == null) {
                throw new InvalidRequestException("Unknown operation type " + operation.configOperation());
            }
            if (operation.value() == null && kind != OpType.DELETE) {
                throw new InvalidRequestException("Null value not supported for : " + name);
            }
            switch (kind) {
                case SET -> settings.put(name, operation.value());
                case DELETE -> settings.remove(name);
                case APPEND, SUBTRACT ->
                    settings.put(name, joined(settings.get(name), kind, name, operation.value(), keys));
            }
        }
        return settings;
    }

    /// A list with elements more or less.
    private static String joined(String present, OpType kind, String name, String value, Keys keys) {
        var key = keys.named(name).orElseThrow(() -> new InvalidConfigurationException("Unknown config name: " + name));
        if (key.type != ConfigDef.Type.LIST) {
            throw new InvalidConfigurationException(
                    "Can't " + kind + " to key " + name + " because its type is not LIST.");
        }
        var elements = elements(present == null ? TopicConfigs.defaultValue(key) : present);
        for (String element : elements(value)) {
            if (kind == OpType.SUBTRACT) {
                elements.remove(element);
            } else if (!elements.contains(element)) {
                elements.add(element);
            }
        }
        return String.join(",", elements);
    }

    private static List<String> elements(String list) {
        var elements = new ArrayList<String>();
        for (String element : list.split(",")) {
            if (!element.isBlank()) {
                elements.add(element.strip());
            }
        }
        return elements;
    }
}
