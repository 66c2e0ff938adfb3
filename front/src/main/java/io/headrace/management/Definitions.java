package io.headrace.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headrace.catalog.BindingKey;
import io.headrace.catalog.ExchangeDefinition;
import io.headrace.catalog.QueueDefinition;
import java.util.Comparator;
import java.util.List;

/// Everything an operator or a client has made, as one JSON object: `definitions.json`.
///
/// Left out are exclusive queues, exchanges that are always there or internal, and bindings from the default exchange.
final class Definitions {
    private static final String RESERVED = "amq.";

    private final Ground ground;

    Definitions(Ground ground) {
        this.ground = ground;
    }

    ObjectNode ofAll() throws Problem, InterruptedException {
        var catalog = ground.catalog();
        var identity = ground.broker().identity();
        var json = head("cluster").put("original_cluster_name", identity.clusterName());
        var users = json.putArray("users");
        catalog.users().forEach(user -> users.add(UsersApi.describe(user)));
        var vhosts = json.putArray("vhosts");
        for (String name : catalog.vhosts()) {
            catalog.vhost(name).ifPresent(vhost -> {
                var described = VhostsApi.describe(vhost);
                described.remove("protected_from_deletion");
                described.remove("tracing");
                described.putArray("limits");
                vhosts.add(described);
            });
        }
        var permissions = new PermissionsApi(ground);
        var granted = json.putArray("permissions");
        permissions.all().forEach(permission -> granted.add(permission.json()));
        var topics = json.putArray("topic_permissions");
        permissions.allTopics().forEach(permission -> topics.add(permission.json()));
        var parameters = json.putArray("parameters");
        var global = json.putArray("global_parameters");
        catalog.globalParameters().forEach((name, value) -> global.add(ParametersApi.global(name, value)));
        var policies = json.putArray("policies");
        var queues = json.putArray("queues");
        var exchanges = json.putArray("exchanges");
        var bindings = json.putArray("bindings");
        for (String vhost : catalog.vhosts()) {
            parameters(vhost, parameters);
            policies(vhost, policies);
            queues(vhost, queues);
            exchanges(vhost, exchanges);
            bindings(vhost, bindings);
        }
        return json;
    }

    /// What is in one vhost, without its name.
    ObjectNode of(String vhost) throws Problem, InterruptedException {
        var json = head("single_virtual_host").put("original_vhost_name", vhost);
        json.set(
                "metadata",
                VhostsApi.describe(ground.catalog().vhost(vhost).orElseThrow(Problem::notFound))
                        .path("metadata"));
        parameters(vhost, json.putArray("parameters"));
        policies(vhost, json.putArray("policies"));
        queues(vhost, json.putArray("queues"));
        exchanges(vhost, json.putArray("exchanges"));
        bindings(vhost, json.putArray("bindings"));
        for (String list : List.of("parameters", "policies", "queues", "exchanges", "bindings")) {
            json.get(list).forEach(element -> ((ObjectNode) element).remove("vhost"));
        }
        return json;
    }

    private ObjectNode head(String format) {
        var version = ground.broker().identity().version();
        return Json.object()
                .put("rabbit_version", version)
                .put("rabbitmq_version", version)
                .put("product_name", "Headrace")
                .put("product_version", ground.node().version())
                .put("rabbitmq_definition_format", format);
    }

    private void parameters(String vhost, ArrayNode to) {
        ParametersApi.all(ground.catalog(), vhost).forEach(to::add);
    }

    private void policies(String vhost, ArrayNode to) {
        ground.catalog().policies(vhost, false).forEach(policy -> to.add(PoliciesApi.describe(policy)));
    }

    private void queues(String vhost, ArrayNode to) {
        ground.catalog()
                .queues(vhost)
                .filter(queue -> !queue.exclusive())
                .sorted(Comparator.comparing(QueueDefinition::name))
                .forEach(queue -> {
                    var json = Json.object()
                            .put("name", queue.name())
                            .put("vhost", vhost)
                            .put("type", queue.type().wireName())
                            .put("durable", queue.durable())
                            .put("auto_delete", queue.autoDelete());
                    json.set("arguments", Json.of(queue.arguments()));
                    to.add(json);
                });
    }

    private void exchanges(String vhost, ArrayNode to) {
        ground.catalog()
                .exchanges(vhost)
                .filter(Definitions::exported)
                .sorted(Comparator.comparing(ExchangeDefinition::name))
                .forEach(exchange -> {
                    var json = Json.object()
                            .put("name", exchange.name())
                            .put("vhost", vhost)
                            .put("type", exchange.type().wireName())
                            .put("durable", exchange.durable())
                            .put("auto_delete", exchange.autoDelete())
                            .put("internal", exchange.internal());
                    json.set("arguments", Json.of(exchange.arguments()));
                    to.add(json);
                });
    }

    private static boolean exported(ExchangeDefinition exchange) {
        return !exchange.name().isEmpty() && !reserved(exchange.name()) && !exchange.internal();
    }

    static boolean reserved(String name) {
        return name.startsWith(RESERVED);
    }

    private void bindings(String vhost, ArrayNode to) throws Problem, InterruptedException {
        var catalog = ground.catalog();
        ground.loop().ask(() -> catalog.bindings(vhost).toList()).stream()
                .filter(key -> key.toExchange()
                        || catalog.queue(vhost, key.destination())
                                .filter(queue -> !queue.exclusive())
                                .isPresent())
                .sorted(Comparator.comparing(BindingKey::source)
                        .thenComparing(BindingKey::destination)
                        .thenComparing(BindingKey::routingKey))
                .forEach(key -> {
                    var json = Json.object()
                            .put("source", key.source())
                            .put("vhost", vhost)
                            .put("destination", key.destination())
                            .put("destination_type", key.toExchange() ? "exchange" : "queue")
                            .put("routing_key", key.routingKey());
                    json.set("arguments", Json.of(key.arguments()));
                    to.add(json);
                });
    }

    /// The list of this name, empty if it is not there.
    static JsonNode list(Body definitions, String name) throws Problem {
        JsonNode list = definitions.get(name).orElse(Json.array());
        if (!list.isArray()) {
            throw Problem.badRequest(name + " is not a list");
        }
        return list;
    }
}
