package io.headrace.management;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headrace.broker.Admin.Outcome;
import io.headrace.broker.AdminCommand;
import io.headrace.broker.Shovels;
import io.headrace.http.HttpResponse;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/// What shovels do. They are made as parameters, see [ParametersApi].
final class ShovelsApi {
    /// RabbitMQ does not pad the hour.
    private static final DateTimeFormatter TIMESTAMP =
            DateTimeFormatter.ofPattern("yyyy-MM-dd H:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final Ground ground;
    private final Shovels shovels;

    ShovelsApi(Ground ground, Shovels shovels) {
        this.ground = ground;
        this.shovels = shovels;
    }

    List<Route> routes() {
        var one = "/api/shovels/vhost/{vhost}/{name}";
        return List.of(
                new Route("GET", "/api/shovels", Rule.MONITORING, this::list),
                new Route("GET", "/api/shovels/{vhost}", Rule.MONITORING, this::list),
                new Route("GET", one, Rule.MONITORING, this::one),
                new Route("DELETE", one, Rule.POLICYMAKER_OF_VHOST, this::delete),
                new Route("DELETE", one + "/restart", Rule.POLICYMAKER_OF_VHOST, this::restart));
    }

    private HttpResponse list(Call call) throws Problem, InterruptedException {
        if (call.has("vhost") && !ground.catalog().hasVhost(call.vhost())) {
            throw Problem.notFound();
        }
        var vhosts = call.vhosts();
        var found = shovels.statuses().stream()
                .filter(status -> vhosts.contains(status.vhost()))
                .toList();
        return Listing.list(call, found, Shovels.Status::name, Listing.each(this::describe));
    }

    private HttpResponse one(Call call) throws Problem {
        return Listing.one(
                call, describe(shovels.status(call.vhost(), call.path("name")).orElseThrow(Problem::notFound)));
    }

    private ObjectNode describe(Shovels.Status status) {
        var json = Json.object()
                .put("node", ground.nodeName())
                .put("timestamp", TIMESTAMP.format(Instant.ofEpochMilli(status.sinceMillis())))
                .put("name", status.name())
                .put("vhost", status.vhost())
                .put("type", "dynamic")
                .put("state", status.state().name().toLowerCase(Locale.ROOT));
        status.ends().forEach(json::put);
        return switch (status.state()) {
            case STARTING -> json;
            case RUNNING -> json.put("blocked_status", status.blocked() ? "blocked" : "running");
            case TERMINATED -> json.put("reason", status.reason());
        };
    }

    private HttpResponse delete(Call call) throws Problem, InterruptedException {
        var outcome = ground.perform(
                call.caller(), new AdminCommand.DeleteParameter(Shovels.COMPONENT, call.vhost(), call.path("name")));
        if (outcome instanceof Outcome.Missing) {
            throw Problem.notFound();
        }
        return HttpResponse.empty(204);
    }

    private HttpResponse restart(Call call) throws Problem {
        if (!shovels.restart(call.vhost(), call.path("name"))) {
            throw Problem.notFound();
        }
        return HttpResponse.empty(204);
    }
}
