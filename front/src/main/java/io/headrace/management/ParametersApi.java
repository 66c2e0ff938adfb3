package io.headrace.management;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headrace.broker.Admin.Outcome;
import io.headrace.broker.AdminCommand;
import io.headrace.catalog.Catalog;
import io.headrace.catalog.Parameter;
import io.headrace.catalog.Policy;
import io.headrace.catalog.UserDefinition;
import io.headrace.http.HttpResponse;
import io.headrace.message.FieldValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/// Parameters of a vhost's components, global ones, and limits of vhosts and users.
final class ParametersApi {
    /// Under which component operator policies stand.
    static final String OPERATOR_POLICY = "operator_policy";

    private final Ground ground;

    ParametersApi(Ground ground) {
        this.ground = ground;
    }

    List<Route> routes() {
        var parameter = "/api/parameters/{component}/{vhost}/{name}";
        var global = "/api/global-parameters/{name}";
        return List.of(
                new Route("GET", "/api/parameters", Rule.POLICYMAKER, this::list),
                new Route("GET", "/api/parameters/{component}", Rule.POLICYMAKER, this::list),
                new Route("GET", "/api/parameters/{component}/{vhost}", Rule.POLICYMAKER_OF_VHOST, this::list),
                new Route("GET", parameter, Rule.POLICYMAKER_OF_VHOST, this::one),
                new Route("PUT", parameter, Rule.POLICYMAKER_OF_VHOST, this::put),
                new Route("DELETE", parameter, Rule.POLICYMAKER_OF_VHOST, this::delete),
                new Route("GET", "/api/global-parameters", Rule.POLICYMAKER, this::listGlobal),
                new Route("GET", global, Rule.POLICYMAKER, this::oneGlobal),
                new Route("PUT", global, Rule.POLICYMAKER, this::putGlobal),
                new Route("DELETE", global, Rule.POLICYMAKER, this::deleteGlobal),
                new Route("GET", "/api/vhost-limits", Rule.MANAGEMENT, this::vhostLimits),
                new Route("GET", "/api/vhost-limits/{vhost}", Rule.VHOST_OR_MONITORING, this::vhostLimits),
                new Route("PUT", "/api/vhost-limits/{vhost}/{limit}", Rule.ADMINISTRATOR, this::putVhostLimit),
                new Route("DELETE", "/api/vhost-limits/{vhost}/{limit}", Rule.ADMINISTRATOR, this::deleteVhostLimit),
                new Route("GET", "/api/user-limits", Rule.MANAGEMENT, this::userLimits),
                new Route("GET", "/api/user-limits/{user}", Rule.MANAGEMENT, this::userLimits),
                new Route("PUT", "/api/user-limits/{user}/{limit}", Rule.ADMINISTRATOR, this::putUserLimit),
                new Route("DELETE", "/api/user-limits/{user}/{limit}", Rule.ADMINISTRATOR, this::deleteUserLimit));
    }

    private static HttpResponse created(Outcome outcome) {
        return HttpResponse.empty(outcome instanceof Outcome.Created ? 201 : 204);
    }

    private static HttpResponse gone(Outcome outcome) throws Problem {
        if (outcome instanceof Outcome.Missing) {
            throw Problem.notFound();
        }
        return HttpResponse.empty(204);
    }

    // ---- of components ----

    private HttpResponse list(Call call) throws Problem, InterruptedException {
        var found = call.vhosts().stream()
                .flatMap(vhost -> all(ground.catalog(), vhost))
                .filter(parameter -> !call.has("component")
                        || parameter.path("component").asText().equals(call.path("component")))
                .toList();
        return Listing.list(
                call, found, parameter -> parameter.path("name").asText(), Listing.each(Function.identity()));
    }

    /// Of one vhost. Operator policies are among them, as RabbitMQ keeps them so.
    static Stream<ObjectNode> all(Catalog catalog, String vhost) {
        return Stream.concat(
                catalog.parameters().stream()
                        .filter(parameter -> parameter.vhost().equals(vhost))
                        .map(ParametersApi::describe),
                catalog.policies(vhost, true).stream().map(ParametersApi::describe));
    }

    private static ObjectNode describe(Policy operatorPolicy) {
        var policy = PoliciesApi.describe(operatorPolicy);
        var value = Json.object();
        for (String part : List.of("pattern", "definition", "priority", "apply-to")) { // people see the order
            value.set(part, policy.get(part));
        }
        var json = Json.object()
                .put("vhost", operatorPolicy.vhost())
                .put("component", OPERATOR_POLICY)
                .put("name", operatorPolicy.name());
        json.set("value", value);
        return json;
    }

    private static ObjectNode describe(Parameter parameter) {
        var json = Json.object()
                .put("vhost", parameter.vhost())
                .put("component", parameter.component())
                .put("name", parameter.name());
        json.set("value", Json.of(parameter.value()));
        return json;
    }

    private HttpResponse one(Call call) throws Problem {
        return Listing.one(
                call,
                all(ground.catalog(), call.vhost())
                        .filter(parameter ->
                                parameter.path("component").asText().equals(call.path("component")))
                        .filter(parameter -> parameter.path("name").asText().equals(call.path("name")))
                        .findFirst()
                        .orElseThrow(Problem::notFound));
    }

    private HttpResponse put(Call call) throws Problem, InterruptedException {
        var value = Json.value(call.body().required("value"), "value");
        return created(ground.perform(
                call.caller(),
                new AdminCommand.PutParameter(
                        call.path("component"),
                        call.vhost(),
                        call.path("name"),
                        value,
                        Optional.of(call.caller().name()))));
    }

    private HttpResponse delete(Call call) throws Problem, InterruptedException {
        return gone(ground.perform(
                call.caller(),
                new AdminCommand.DeleteParameter(call.path("component"), call.vhost(), call.path("name"))));
    }

    // ---- global ----

    private HttpResponse listGlobal(Call call) throws Problem, InterruptedException {
        var all = List.copyOf(ground.catalog().globalParameters().entrySet());
        return Listing.list(
                call, all, Map.Entry::getKey, Listing.each(entry -> global(entry.getKey(), entry.getValue())));
    }

    static ObjectNode global(String name, FieldValue value) {
        var json = Json.object().put("name", name);
        json.set("value", Json.of(value));
        return json;
    }

    private HttpResponse oneGlobal(Call call) throws Problem {
        var name = call.path("name");
        var value = ground.catalog().globalParameters().get(name);
        if (value == null) {
            throw Problem.notFound();
        }
        return Listing.one(call, global(name, value));
    }

    private HttpResponse putGlobal(Call call) throws Problem, InterruptedException {
        var value = Json.value(call.body().required("value"), "value");
        return created(ground.perform(call.caller(), new AdminCommand.PutGlobalParameter(call.path("name"), value)));
    }

    private HttpResponse deleteGlobal(Call call) throws Problem, InterruptedException {
        return gone(ground.perform(call.caller(), new AdminCommand.DeleteGlobalParameter(call.path("name"))));
    }

    // ---- limits ----

    private HttpResponse vhostLimits(Call call) throws Problem, InterruptedException {
        List<ObjectNode> found = new ArrayList<>();
        for (String vhost : call.vhosts()) {
            var limits = ground.catalog().vhostLimits(vhost);
            if (!limits.isEmpty()) {
                var json = Json.object().put("vhost", vhost);
                limits.forEach(json.putObject("value")::put);
                found.add(json);
            }
        }
        return Listing.list(call, found, json -> json.path("vhost").asText(), Listing.each(json -> json));
    }

    private long value(Call call) throws Problem {
        return call.body().integer("value").orElseThrow(() -> Problem.missingKey("value"));
    }

    private HttpResponse putVhostLimit(Call call) throws Problem, InterruptedException {
        vhostExists(call);
        ground.perform(call.caller(), new AdminCommand.PutVhostLimit(call.vhost(), call.path("limit"), value(call)));
        return HttpResponse.empty(204);
    }

    private HttpResponse deleteVhostLimit(Call call) throws Problem, InterruptedException {
        vhostExists(call);
        ground.perform(call.caller(), new AdminCommand.DeleteVhostLimit(call.vhost(), call.path("limit")));
        return HttpResponse.empty(204);
    }

    private void vhostExists(Call call) throws Problem {
        if (!ground.catalog().hasVhost(call.vhost())) {
            throw Problem.notFound();
        }
    }

    private HttpResponse userLimits(Call call) throws Problem, InterruptedException {
        List<ObjectNode> found = new ArrayList<>();
        var caller = call.caller();
        for (UserDefinition user : ground.catalog().users()) {
            boolean asked = !call.has("user") || user.name().equals(call.path("user"));
            boolean visible = caller.monitoring() || user.name().equals(caller.name());
            if (asked && visible && !user.limits().isEmpty()) {
                var json = Json.object().put("user", user.name());
                user.limits().forEach(json.putObject("value")::put);
                found.add(json);
            }
        }
        return Listing.list(call, found, json -> json.path("user").asText(), Listing.each(json -> json));
    }

    private HttpResponse putUserLimit(Call call) throws Problem, InterruptedException {
        long value = value(call);
        if (ground.catalog().user(call.path("user")).isEmpty()) {
            throw Problem.notFound();
        }
        ground.perform(call.caller(), new AdminCommand.PutUserLimit(call.path("user"), call.path("limit"), value));
        return HttpResponse.empty(204);
    }

    private HttpResponse deleteUserLimit(Call call) throws Problem, InterruptedException {
        ground.perform(call.caller(), new AdminCommand.DeleteUserLimit(call.path("user"), call.path("limit")));
        return HttpResponse.empty(204);
    }
}
