package io.headrace.management;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headrace.broker.Admin.Outcome;
import io.headrace.broker.AdminCommand;
import io.headrace.catalog.Policy;
import io.headrace.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;

/// Policies and operator policies.
final class PoliciesApi {
    private final Ground ground;

    PoliciesApi(Ground ground) {
        this.ground = ground;
    }

    List<Route> routes() {
        List<Route> routes = new ArrayList<>();
        for (boolean operator : new boolean[] {false, true}) {
            var path = operator ? "/api/operator-policies" : "/api/policies";
            var changing = operator ? Rule.ADMINISTRATOR : Rule.POLICYMAKER_OF_VHOST;
            var one = path + "/{vhost}/{policy}";
            routes.add(new Route("GET", path, Rule.MANAGEMENT, call -> list(call, operator)));
            routes.add(new Route("GET", path + "/{vhost}", Rule.VHOST, call -> list(call, operator)));
            routes.add(new Route("GET", one, Rule.VHOST, call -> one(call, operator)));
            routes.add(new Route("PUT", one, changing, call -> put(call, operator)));
            routes.add(new Route("DELETE", one, changing, call -> delete(call, operator)));
        }
        return routes;
    }

    private HttpResponse list(Call call, boolean operator) throws Problem, InterruptedException {
        List<Policy> policies = new ArrayList<>();
        call.vhosts().forEach(vhost -> policies.addAll(ground.catalog().policies(vhost, operator)));
        return Listing.list(call, policies, Policy::name, Listing.each(PoliciesApi::describe));
    }

    private HttpResponse one(Call call, boolean operator) throws Problem {
        return Listing.one(
                call,
                describe(ground.catalog()
                        .policy(call.vhost(), call.path("policy"), operator)
                        .orElseThrow(Problem::notFound)));
    }

    static ObjectNode describe(Policy policy) {
        var json = Json.object()
                .put("vhost", policy.vhost())
                .put("name", policy.name())
                .put("pattern", policy.pattern())
                .put("apply-to", policy.applyTo().wireName())
                .put("priority", policy.priority());
        json.set("definition", Json.of(policy.definition()));
        return json;
    }

    private HttpResponse put(Call call, boolean operator) throws Problem, InterruptedException {
        if (!ground.catalog().hasVhost(call.vhost())) {
            throw Problem.notFound();
        }
        var outcome = ground.perform(
                call.caller(),
                new AdminCommand.PutPolicy(read(call.vhost(), call.path("policy"), call.body(), operator)));
        return HttpResponse.empty(outcome instanceof Outcome.Created ? 201 : 204);
    }

    static Policy read(String vhost, String name, Body body, boolean operator) throws Problem {
        var pattern = body.requiredText("pattern");
        var definition = Json.table(body.required("definition"), "definition");
        var applyTo = body.text("apply-to", Policy.ApplyTo.ALL.wireName());
        long priority = body.integer("priority").orElse(0L);
        return new Policy(
                vhost,
                name,
                pattern,
                definition,
                Math.clamp(priority, Integer.MIN_VALUE, Integer.MAX_VALUE),
                Policy.ApplyTo.of(applyTo)
                        .orElseThrow(() ->
                                Problem.badRequest("Validation failed\n\napply-to '" + applyTo + "' unrecognised\n")),
                operator);
    }

    private HttpResponse delete(Call call, boolean operator) throws Problem, InterruptedException {
        var outcome = ground.perform(
                call.caller(), new AdminCommand.DeletePolicy(call.vhost(), call.path("policy"), operator));
        if (outcome instanceof Outcome.Missing) {
            throw Problem.notFound();
        }
        return HttpResponse.empty(204);
    }
}
