package io.headrace.kafka;

import io.headrace.stream.group.GroupSettings;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource.Type;
import org.apache.kafka.common.message.ListConfigResourcesResponseData;
import org.apache.kafka.common.message.ListConfigResourcesResponseData.ConfigResource;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ListConfigResourcesRequest;
import org.apache.kafka.common.requests.ListConfigResourcesResponse;

/// ListConfigResources 0-1: what has a configuration. Version 0 lists subscriptions to clients' metrics alone.
///
/// Threads: the loop of the connection.
final class ConfigListApi implements ApiFamily {
    @Override
    public List<Served> served() {
        return List.of(new Served(ApiKeys.LIST_CONFIG_RESOURCES, 0, 1, this::list));
    }

    private void list(Exchange exchange) {
        var session = exchange.session();
        Rights.needCluster(session, AclOperation.DESCRIBE_CONFIGS);
        var request = exchange.request(ListConfigResourcesRequest.class);
        var listed = request.supportedResourceTypes();
        var wanted = request.data().resourceTypes().isEmpty()
                ? listed
                : request.data().resourceTypes();
        if (!listed.containsAll(wanted)) {
            throw Errors.UNSUPPORTED_VERSION.exception();
        }
        var node = List.of(Integer.toString(KafkaConfig.NODE_ID));
        var found = new ArrayList<ConfigResource>();
        for (Type type : List.of(Type.GROUP, Type.CLIENT_METRICS, Type.BROKER_LOGGER, Type.BROKER, Type.TOPIC)) {
            if (!wanted.contains(type.id())) {
                continue;
            }
            var names = switch (type) {
                case GROUP -> named(session.settingsNames(GroupSettings.OF_ONE_GROUP), GroupSettings.OF_ONE_GROUP);
                case CLIENT_METRICS -> named(session.settingsNames(ClientMetrics.SETTINGS), ClientMetrics.SETTINGS);
                case BROKER_LOGGER, BROKER -> node;
                case TOPIC ->
                    session.topics().stream().map(topic -> topic.name()).toList();
                case UNKNOWN -> List.<String>of();
            };
            names.forEach(
                    name -> found.add(new ConfigResource().setResourceName(name).setResourceType(type.id())));
        }
        exchange.answer(
                new ListConfigResourcesResponse(new ListConfigResourcesResponseData().setConfigResources(found)));
    }

    private static List<String> named(List<String> settings, String prefix) {
        return settings.stream().map(name -> name.substring(prefix.length())).toList();
    }
}
