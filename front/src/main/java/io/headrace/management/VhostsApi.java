package io.headrace.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headrace.broker.Admin.Outcome;
import io.headrace.broker.AdminCommand;
import io.headrace.catalog.Permission;
import io.headrace.catalog.QueueType;
import io.headrace.catalog.VhostDefinition;
import io.headrace.http.HttpResponse;
import io.headrace.management.Measured.Wanted;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Vhosts.
final class VhostsApi {
    private static final String UNDEFINED = "undefined";

    private final Ground ground;

    VhostsApi(Ground ground) {
        this.ground = ground;
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", "/api/vhosts", Rule.MANAGEMENT, this::list),
                new Route("GET", "/api/vhosts/{vhost}", Rule.ADMINISTRATOR, this::one),
                new Route("PUT", "/api/vhosts/{vhost}", Rule.ADMINISTRATOR, this::put),
                new Route("DELETE", "/api/vhosts/{vhost}", Rule.ADMINISTRATOR, this::delete),
                new Route("POST", "/api/vhosts/{vhost}/start/{node}", Rule.ADMINISTRATOR, this::start),
                new Route(
                        "POST",
                        "/api/vhosts/{vhost}/deletion/protection",
                        Rule.ADMINISTRATOR,
                        call -> protect(call, true)),
                new Route(
                        "DELETE",
                        "/api/vhosts/{vhost}/deletion/protection",
                        Rule.ADMINISTRATOR,
                        call -> protect(call, false)));
    }

    private HttpResponse list(Call call) throws Problem, InterruptedException {
        var vhosts = call.caller().monitoring() ? ground.catalog().vhosts() : call.vhosts();
        var wanted = Wanted.of(call.query(), "lengths");
        var rates = Wanted.of(call.query(), "msg_rates");
        return Listing.list(call, vhosts, name -> name, rows -> render(rows, wanted, rates));
    }

    private HttpResponse one(Call call) throws Problem, InterruptedException {
        find(call);
        var wanted = Wanted.of(call.query(), "lengths");
        var rates = Wanted.of(call.query(), "msg_rates");
        return Listing.one(call, render(List.of(call.vhost()), wanted, rates).getFirst());
    }

    private VhostDefinition find(Call call) throws Problem {
        return ground.catalog().vhost(call.vhost()).orElseThrow(Problem::notFound);
    }

    private List<ObjectNode> render(List<String> vhosts, Wanted wanted, Wanted rates)
            throws Problem, InterruptedException {
        long age = Math.max(wanted.ageMillis(), rates.ageMillis());
        List<ObjectNode> nodes = new ArrayList<>();
        for (String name : vhosts) {
            var definition = ground.catalog().vhost(name);
            if (definition.isEmpty()) {
                continue; // gone meanwhile
            }
            var json = describe(definition.get());
            json.putObject("cluster_state").put(ground.nodeName(), "running");
            var measured = ground.loop().ask(() -> {
                var sum = new long[Sampler.LENGTHS + Sampler.KINDS];
                ground.catalog().queues(name).forEach(queue -> {
                    var values = Sampler.of(ground.observation().queue(queue));
                    for (int i = 0; i < sum.length; i++) {
                        sum[i] += values[i];
                    }
                });
                return ground.sampler().vhost(name, sum, age);
            });
            measured.put(json, "messages", 0, wanted);
            measured.put(json, "messages_ready", 1, wanted);
            measured.put(json, "messages_unacknowledged", 2, wanted);
            var stats = MessageStats.of(measured, Sampler.LENGTHS, rates);
            if (!stats.isEmpty()) {
                json.set("message_stats", stats);
            }
            nodes.add(json);
        }
        return nodes;
    }

    static ObjectNode describe(VhostDefinition vhost) {
        var type = vhost.defaultQueueType().orElse(QueueType.CLASSIC).wireName();
        var json = Json.object()
                .put("name", vhost.name())
                .put("description", vhost.description())
                .put("default_queue_type", type)
                .put("tracing", vhost.tracing())
                .put("protected_from_deletion", vhost.protectedFromDeletion());
        json.set("tags", Json.strings(vhost.tags()));
        var metadata = json.putObject("metadata")
                .put("description", vhost.description())
                .put("default_queue_type", type);
        metadata.set("tags", Json.strings(vhost.tags()));
        return json;
    }

    /// @param current what is there and stays as it is if the body does not say otherwise
    static VhostDefinition read(String name, Body body, Optional<VhostDefinition> current) throws Problem {
        var was = current.orElse(VhostDefinition.plain(name));
        var metadata = body.get("metadata").filter(JsonNode::isObject);
        var inside = metadata.isPresent() ? Body.of(metadata.get()) : new Body(Json.object());
        var description =
                body.text("description").or(() -> inside.text("description")).orElse(was.description());
        var tags = body.words("tags")
                .or(() -> inside.words("tags"))
                .<List<String>>map(List::copyOf)
                .orElse(was.tags());
        var type = body.text("default_queue_type").or(() -> inside.text("default_queue_type"));
        return new VhostDefinition(
                name,
                description,
                tags,
                type.isPresent() ? type(type.get()) : was.defaultQueueType(),
                body.flag("tracing", was.tracing()),
                body.flag("protected_from_deletion", was.protectedFromDeletion()));
    }

    private static Optional<QueueType> type(String name) throws Problem {
        if (name.isEmpty() || name.equals(UNDEFINED)) {
            return Optional.empty();
        }
        var type = QueueType.of(name);
        if (type.isEmpty()) {
            throw Problem.badRequest("unsupported default_queue_type: " + name);
        }
        return type;
    }

    private HttpResponse put(Call call) throws Problem, InterruptedException {
        var body = call.body();
        var name = call.vhost();
        var outcome = ground.perform(
                call.caller(),
                new AdminCommand.PutVhost(read(name, body, ground.catalog().vhost(name))));
        if (!(outcome instanceof Outcome.Created)) {
            return HttpResponse.empty(204);
        }
        // who makes a vhost may use it, as in RabbitMQ
        if (!call.caller().operator()) {
            ground.perform(
                    call.caller(), new AdminCommand.PutPermission(call.caller().name(), name, Permission.ALL));
        }
        return HttpResponse.empty(201);
    }

    private HttpResponse delete(Call call) throws Problem, InterruptedException {
        var vhost = find(call);
        if (vhost.protectedFromDeletion()) {
            throw Problem.of(
                    412,
                    "precondition_failed",
                    "Cannot delete vhost '" + vhost.name() + "': it is protected from deletion");
        }
        ground.perform(call.caller(), new AdminCommand.DeleteVhost(vhost.name()));
        return HttpResponse.empty(204);
    }

    private HttpResponse start(Call call) throws Problem {
        find(call);
        return HttpResponse.empty(204);
    }

    private HttpResponse protect(Call call, boolean on) throws Problem, InterruptedException {
        var was = find(call);
        ground.perform(
                call.caller(),
                new AdminCommand.PutVhost(new VhostDefinition(
                        was.name(), was.description(), was.tags(), was.defaultQueueType(), was.tracing(), on)));
        return HttpResponse.empty(204);
    }
}
