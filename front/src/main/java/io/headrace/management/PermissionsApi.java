package io.headrace.management;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headrace.broker.Admin.Outcome;
import io.headrace.broker.AdminCommand;
import io.headrace.catalog.Permission;
import io.headrace.catalog.TopicPermission;
import io.headrace.catalog.UserDefinition;
import io.headrace.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Who may do what in which vhost, and with which routing keys.
final class PermissionsApi {
    private final Ground ground;

    PermissionsApi(Ground ground) {
        this.ground = ground;
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", "/api/permissions", Rule.ADMINISTRATOR, call -> list(call, all())),
                new Route("GET", "/api/permissions/{vhost}/{user}", Rule.ADMINISTRATOR, this::one),
                new Route("PUT", "/api/permissions/{vhost}/{user}", Rule.ADMINISTRATOR, this::put),
                new Route("DELETE", "/api/permissions/{vhost}/{user}", Rule.ADMINISTRATOR, this::delete),
                new Route("GET", "/api/vhosts/{vhost}/permissions", Rule.ADMINISTRATOR, this::ofVhost),
                new Route("GET", "/api/users/{user}/permissions", Rule.ADMINISTRATOR, this::ofUser),
                new Route("GET", "/api/topic-permissions", Rule.ADMINISTRATOR, call -> listTopics(call, allTopics())),
                new Route("GET", "/api/topic-permissions/{vhost}/{user}", Rule.ADMINISTRATOR, this::topicsOfBoth),
                new Route("PUT", "/api/topic-permissions/{vhost}/{user}", Rule.ADMINISTRATOR, this::putTopic),
                new Route("DELETE", "/api/topic-permissions/{vhost}/{user}", Rule.ADMINISTRATOR, this::deleteTopic),
                new Route(
                        "DELETE",
                        "/api/topic-permissions/{vhost}/{user}/{exchange}",
                        Rule.ADMINISTRATOR,
                        this::deleteTopic),
                new Route("GET", "/api/vhosts/{vhost}/topic-permissions", Rule.ADMINISTRATOR, this::topicsOfVhost),
                new Route("GET", "/api/users/{user}/topic-permissions", Rule.ADMINISTRATOR, this::topicsOfUser));
    }

    record Granted(String user, String vhost, Permission permission) {
        ObjectNode json() {
            return Json.object()
                    .put("user", user)
                    .put("vhost", vhost)
                    .put("configure", permission.configure())
                    .put("write", permission.write())
                    .put("read", permission.read());
        }
    }

    record TopicGranted(String user, String vhost, TopicPermission permission) {
        ObjectNode json() {
            return Json.object()
                    .put("user", user)
                    .put("vhost", vhost)
                    .put("exchange", permission.exchange())
                    .put("write", permission.write())
                    .put("read", permission.read());
        }
    }

    List<Granted> all() {
        List<Granted> all = new ArrayList<>();
        for (UserDefinition user : ground.catalog().users()) {
            ground.catalog()
                    .permissionsOf(user.name())
                    .forEach((vhost, permission) -> all.add(new Granted(user.name(), vhost, permission)));
        }
        return all;
    }

    List<TopicGranted> allTopics() {
        List<TopicGranted> all = new ArrayList<>();
        for (UserDefinition user : ground.catalog().users()) {
            for (String vhost : ground.catalog().vhosts()) {
                ground.catalog()
                        .topicPermissions(user.name(), vhost)
                        .forEach(permission -> all.add(new TopicGranted(user.name(), vhost, permission)));
            }
        }
        return all;
    }

    private static HttpResponse list(Call call, List<Granted> granted) throws Problem, InterruptedException {
        return Listing.list(call, granted, Granted::user, Listing.each(Granted::json));
    }

    private static HttpResponse listTopics(Call call, List<TopicGranted> granted) throws Problem, InterruptedException {
        return Listing.list(call, granted, TopicGranted::user, Listing.each(TopicGranted::json));
    }

    private void vhostExists(Call call) throws Problem {
        if (!ground.catalog().hasVhost(call.vhost())) {
            throw Problem.notFound();
        }
    }

    private void userExists(Call call) throws Problem {
        if (ground.catalog().user(call.path("user")).isEmpty()) {
            throw Problem.notFound();
        }
    }

    private HttpResponse ofVhost(Call call) throws Problem, InterruptedException {
        vhostExists(call);
        return list(
                call,
                all().stream().filter(one -> one.vhost.equals(call.vhost())).toList());
    }

    private HttpResponse ofUser(Call call) throws Problem, InterruptedException {
        userExists(call);
        return list(
                call,
                all().stream().filter(one -> one.user.equals(call.path("user"))).toList());
    }

    private HttpResponse one(Call call) throws Problem {
        var permission = ground.catalog().permission(call.path("user"), call.vhost());
        return Listing.one(
                call, new Granted(call.path("user"), call.vhost(), permission.orElseThrow(Problem::notFound)).json());
    }

    private HttpResponse put(Call call) throws Problem, InterruptedException {
        var body = call.body();
        var permission =
                new Permission(body.requiredText("configure"), body.requiredText("write"), body.requiredText("read"));
        bothExist(call);
        var outcome = ground.perform(
                call.caller(), new AdminCommand.PutPermission(call.path("user"), call.vhost(), permission));
        return HttpResponse.empty(outcome instanceof Outcome.Created ? 201 : 204);
    }

    private void bothExist(Call call) throws Problem {
        if (!ground.catalog().hasVhost(call.vhost())
                || ground.catalog().user(call.path("user")).isEmpty()) {
            throw Problem.badRequest("vhost_or_user_not_found");
        }
    }

    private HttpResponse delete(Call call) throws Problem, InterruptedException {
        var outcome = ground.perform(call.caller(), new AdminCommand.DeletePermission(call.path("user"), call.vhost()));
        return gone(outcome);
    }

    private static HttpResponse gone(Outcome outcome) throws Problem {
        if (outcome instanceof Outcome.Missing) {
            throw Problem.notFound();
        }
        return HttpResponse.empty(204);
    }

    // ---- routing keys ----

    private HttpResponse topicsOfVhost(Call call) throws Problem, InterruptedException {
        vhostExists(call);
        return listTopics(
                call,
                allTopics().stream()
                        .filter(one -> one.vhost.equals(call.vhost()))
                        .toList());
    }

    private HttpResponse topicsOfUser(Call call) throws Problem, InterruptedException {
        userExists(call);
        return listTopics(
                call,
                allTopics().stream()
                        .filter(one -> one.user.equals(call.path("user")))
                        .toList());
    }

    private HttpResponse topicsOfBoth(Call call) throws Problem, InterruptedException {
        vhostExists(call);
        userExists(call);
        var found = allTopics().stream()
                .filter(one -> one.vhost.equals(call.vhost()) && one.user.equals(call.path("user")))
                .toList();
        if (found.isEmpty()) {
            throw Problem.notFound();
        }
        return listTopics(call, found);
    }

    private HttpResponse putTopic(Call call) throws Problem, InterruptedException {
        var body = call.body();
        var permission = new TopicPermission(
                body.requiredText("exchange"), body.requiredText("write"), body.requiredText("read"));
        bothExist(call);
        var outcome = ground.perform(
                call.caller(), new AdminCommand.PutTopicPermission(call.path("user"), call.vhost(), permission));
        return HttpResponse.empty(outcome instanceof Outcome.Created ? 201 : 204);
    }

    private HttpResponse deleteTopic(Call call) throws Problem, InterruptedException {
        Optional<String> exchange = call.has("exchange") ? Optional.of(call.path("exchange")) : Optional.empty();
        return gone(ground.perform(
                call.caller(), new AdminCommand.DeleteTopicPermission(call.path("user"), call.vhost(), exchange)));
    }
}
