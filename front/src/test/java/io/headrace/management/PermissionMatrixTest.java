package io.headrace.management;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Goal: every route lets in whom its rule names, and nobody else. Method: each route of the table, asked by each kind
/// of user for a vhost that they may enter, one that they may not, and one that is not there. Whoever is let in gets
/// some answer about the thing; whoever is not gets exactly the refusal. The expectation is spelled out here by rule, a
/// second time, from RabbitMQ's documentation.
@DisplayNameGeneration(ReplaceUnderscores.class)
class PermissionMatrixTest {
    private static final List<String> ROLES =
            List.of("", "management", "policymaker", "monitoring", "administrator", "nobody", "wrong");
    private static final List<String> VHOSTS = List.of("mine", "theirs", "missing");
    private static final Set<Integer> NOT_A_RIGHT_REFUSED = Set.of(200, 201, 204, 400, 404, 503);

    @Test
    void every_route_asks_its_rule(@TempDir Path data) throws IOException {
        try (var api = new TestApi(data)) {
            prepare(api);
            var failures = new ArrayList<String>();
            int cells = 0;
            for (Route route : api.api.table().all()) {
                for (String role : ROLES) {
                    for (String vhost : route.path().contains("{vhost}") ? VHOSTS : List.of("-")) {
                        cells++;
                        var expected = expected(route, role, vhost);
                        var got = ask(api, route, role, vhost);
                        if (!expected.equals(got)) {
                            failures.add(route.method() + " " + route.path() + " as '" + role + "' in " + vhost
                                    + ": expected " + expected + ", got " + got);
                        }
                        prepare(api, route);
                    }
                }
            }
            assertThat(failures).isEmpty();
            assertThat(cells).isGreaterThan(1500);
        }
    }

    private static void prepare(TestApi api) {
        api.as("guest:guest");
        for (String vhost : List.of("mine", "theirs")) {
            api.put("/vhosts/" + vhost, "");
        }
        for (String role : ROLES.subList(0, 5)) {
            var name = role.isEmpty() ? "none" : role;
            api.put("/users/" + name, "{\"password\":\"p\",\"tags\":\"" + role + "\"}");
            api.put("/permissions/mine/" + name, "{\"configure\":\".*\",\"write\":\".*\",\"read\":\".*\"}");
        }
    }

    /// A route may have taken away what the next one needs.
    private static void prepare(TestApi api, Route route) {
        if (route.method().equals("PUT") && route.path().equals("/api/vhosts/{vhost}")) {
            api.as("guest:guest");
            api.delete("/vhosts/missing");
        }
        if (route.method().equals("DELETE") && route.path().startsWith("/api/vhosts")
                || route.path().startsWith("/api/permissions") && route.method().equals("DELETE")) {
            prepare(api);
        }
    }

    private static String ask(TestApi api, Route route, String role, String vhost) {
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("{vhost}", vhost);
        variables.put("{user}", "somebody-else");
        variables.put("{node}", "rabbit@test");
        var path = route.path().replaceFirst("^/api", "");
        for (var variable : variables.entrySet()) {
            path = path.replace(variable.getKey(), variable.getValue());
        }
        path = path.replaceAll("\\{[a-z]+}", "x");
        api.as(
                switch (role) {
                    case "" -> "none:p";
                    case "nobody" -> "";
                    case "wrong" -> "guest:wrong";
                    default -> role + ":p";
                });
        var answer = api.send(route.method(), path, "");
        if (answer.status() == 401) {
            return answer.text().isEmpty() ? "login" : answer.reason();
        }
        if (answer.status() == 404 && vhost.equals("missing")) {
            return "no vhost";
        }
        return NOT_A_RIGHT_REFUSED.contains(answer.status()) ? "in" : "status " + answer.status();
    }

    private static String expected(Route route, String role, String vhost) {
        if (route.rule() == Rule.OPEN) {
            return "in";
        }
        switch (role) {
            case "nobody" -> {
                return "login";
            }
            case "wrong" -> {
                return "Not_Authorized";
            }
            case "" -> {
                return "Not management user";
            }
            default -> {}
        }
        boolean administrator = role.equals("administrator");
        boolean monitoring = administrator || role.equals("monitoring");
        boolean policymaker = administrator || role.equals("policymaker");
        boolean enters = vhost.equals("mine");
        var inside = vhost.equals("missing") ? "no vhost" : "in";
        return switch (route.rule()) {
            case OPEN -> throw new IllegalStateException("handled above");
            case MANAGEMENT -> vhost.equals("missing") && needsVhost(route) ? "no vhost" : "in";
            case VHOST ->
                vhost.equals("missing")
                        ? "no vhost"
                        : enters || administrator
                                ? deniedToAdministrators(route, enters)
                                : "User not authorised to access virtual host";
            case VHOST_OR_MONITORING ->
                vhost.equals("missing")
                        ? "no vhost"
                        : enters || monitoring ? "in" : "User not authorised to access virtual host";
            // the thing in the path is not there, which everybody may know; a user's connections are another's
            case OWNER ->
                route.path().contains("{user}") && !monitoring ? "User not authorised to access object" : "in";
            case POLICYMAKER -> policymaker ? "in" : "User not authorised to access object";
            case POLICYMAKER_OF_VHOST ->
                vhost.equals("missing")
                        ? "no vhost"
                        : policymaker && (enters || administrator) ? "in" : "User not authorised to access object";
            case MONITORING -> monitoring ? inOr(route, vhost) : "Not monitor user";
            case ADMINISTRATOR -> administrator ? inOr(route, vhost) : "Not administrator user";
        };
    }

    /// Whether the answer says that there is no such vhost depends on what is asked.
    private static String inOr(Route route, String vhost) {
        return vhost.equals("missing") && needsVhost(route) ? "no vhost" : "in";
    }

    private static boolean needsVhost(Route route) {
        return Set.of(
                        "GET /api/consumers/{vhost}",
                        "GET /api/vhosts/{vhost}",
                        "DELETE /api/vhosts/{vhost}",
                        "POST /api/vhosts/{vhost}/start/{node}",
                        "POST /api/vhosts/{vhost}/deletion/protection",
                        "DELETE /api/vhosts/{vhost}/deletion/protection",
                        "GET /api/vhosts/{vhost}/permissions",
                        "GET /api/vhosts/{vhost}/topic-permissions",
                        "GET /api/topic-permissions/{vhost}/{user}",
                        "GET /api/permissions/{vhost}/{user}",
                        "DELETE /api/permissions/{vhost}/{user}",
                        "DELETE /api/topic-permissions/{vhost}/{user}",
                        "DELETE /api/topic-permissions/{vhost}/{user}/{exchange}",
                        "GET /api/definitions/{vhost}",
                        "POST /api/definitions/{vhost}",
                        "POST /api/queues/{vhost}/{queue}/actions",
                        "GET /api/shovels/{vhost}",
                        "GET /api/shovels/vhost/{vhost}/{name}",
                        "GET /api/queues/quorum/{vhost}/{queue}/status",
                        "GET /api/headrace/streams/{vhost}/{queue}/status",
                        "PUT /api/headrace/streams/{vhost}/{queue}/retention",
                        "PUT /api/operator-policies/{vhost}/{policy}",
                        "DELETE /api/operator-policies/{vhost}/{policy}",
                        "PUT /api/vhost-limits/{vhost}/{limit}",
                        "DELETE /api/vhost-limits/{vhost}/{limit}")
                .contains(route.method() + " " + route.path());
    }

    /// An administrator sees every vhost, but acts in it with the permissions that everybody needs.
    private static String deniedToAdministrators(Route route, boolean enters) {
        boolean acts = Set.of(
                        "PUT /api/exchanges/{vhost}/{exchange}",
                        "PUT /api/queues/{vhost}/{queue}",
                        "GET /api/headrace/queues/{vhost}/{queue}/messages",
                        "GET /api/aliveness-test/{vhost}")
                .contains(route.method() + " " + route.path());
        return acts && !enters ? "Access refused." : "in";
    }
}
