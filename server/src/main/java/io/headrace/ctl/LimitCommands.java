package io.headrace.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/// How much a vhost or a user may have.
final class LimitCommands {
    private LimitCommands() {}

    static List<Command> all() {
        return List.of(
                Command.of("set_vhost_limits", "[--vhost <vhost>] <definition>", 1, LimitCommands::setOfVhost),
                Command.of("clear_vhost_limits", "[--vhost <vhost>]", 0, LimitCommands::clearOfVhost),
                Command.of(
                                "list_vhost_limits",
                                "[--vhost <vhost>] [--global] [--no-table-headers]",
                                0,
                                LimitCommands::listOfVhost)
                        .withFlag("global"),
                Command.of("set_user_limits", "<username> <definition>", 2, LimitCommands::setOfUser),
                Command.of("clear_user_limits", "<username> <limit_type> | all", 2, LimitCommands::clearOfUser),
                Command.of(
                                "list_user_limits",
                                "[--user <username>] [--global] [--no-table-headers]",
                                0,
                                LimitCommands::listOfUser)
                        .with("user")
                        .withFlag("global"));
    }

    // ---- of vhosts ----

    private static void setOfVhost(Call call) throws Failure {
        var text = call.argument(0);
        call.announce("Setting vhost limits to \"" + text + "\" for vhost \"" + call.vhost() + "\" ...");
        call.vhostExists();
        // as the parameter that they are: all at once, or none
        var parameter = Api.object().put("component", "vhost-limits").put("vhost", call.vhost());
        parameter.put("name", "limits").set("value", Definitions.object(text));
        call.put(parameter, "parameters", "vhost-limits", call.vhost(), "limits")
                .orFail(Exit.UNAVAILABLE);
    }

    /// All that there are, by those given; what is wrong with one is found before another is taken away.
    private static void replace(Call call, String kind, String name, ObjectNode limits) throws Failure {
        for (var limit : limits.properties()) {
            var body = Api.object();
            body.set("value", limit.getValue());
            call.put(body, kind, name, limit.getKey()).orFail(Exit.UNAVAILABLE);
        }
        for (var old : current(call, kind, name).properties()) {
            if (!limits.has(old.getKey())) {
                call.delete(kind, name, old.getKey()).orFail();
            }
        }
    }

    private static JsonNode current(Call call, String kind, String name) throws Failure {
        return call.get(kind, name).path(0).path("value");
    }

    private static void clearOfVhost(Call call) throws Failure {
        call.announce("Clearing vhost \"" + call.vhost() + "\" limits ...");
        call.vhostExists();
        replace(call, "vhost-limits", call.vhost(), Api.object());
    }

    private static void listOfVhost(Call call) throws Failure {
        if (call.words().has("global")) {
            call.announce("Listing limits for all vhosts ...");
            listAll(call, "vhost-limits", "vhost");
            return;
        }
        call.announce("Listing limits for vhost \"" + call.vhost() + "\" ...");
        call.vhostExists();
        var limits = current(call, "vhost-limits", call.vhost());
        show(call, limits, "");
    }

    private static void listAll(Call call, String kind, String whose) throws Failure {
        var table = Table.of(
                Column.alike(whose),
                List.of(Column.text("limits", one -> one.path("value").toString())));
        call.terminal().rowsAtOnce(table.rows(call.get(kind)));
    }

    // ---- of users ----

    private static void exists(Call call, String user) throws Failure {
        if (call.find("users", user).isEmpty()) {
            throw PermissionCommands.noSuchUser(user);
        }
    }

    private static void setOfUser(Call call) throws Failure {
        var user = call.argument(0);
        var text = call.argument(1);
        call.announce("Setting user limits to \"" + text + "\" for user \"" + user + "\" ...");
        exists(call, user);
        // unlike a vhost's, those that are not named stay
        for (var limit : Definitions.object(text).properties()) {
            var body = Api.object();
            body.set("value", limit.getValue());
            call.put(body, "user-limits", user, limit.getKey()).orFail(Exit.UNAVAILABLE);
        }
    }

    private static void clearOfUser(Call call) throws Failure {
        var user = call.argument(0);
        var limit = call.argument(1);
        boolean all = limit.equals("all");
        call.announce(
                "Clearing " + (all ? "all limits" : "\"" + limit + "\" limit") + " for user \"" + user + "\" ...");
        exists(call, user);
        if (all) {
            replace(call, "user-limits", user, Api.object());
        } else {
            call.delete("user-limits", user, limit).orFail(Exit.UNAVAILABLE);
        }
    }

    private static void listOfUser(Call call) throws Failure {
        if (call.words().has("global")) {
            call.announce("Listing limits for all users ...");
            listAll(call, "user-limits", "user");
            return;
        }
        var user = call.option("user").orElse("guest");
        call.announce("Listing limits for user \"" + user + "\" ...");
        exists(call, user);
        var limits = current(call, "user-limits", user);
        show(call, limits, "{}");
    }

    private static void show(Call call, JsonNode limits, String none) throws Failure {
        var text = limits.isMissingNode() ? none : limits.toString();
        call.terminal()
                .line(
                        text,
                        Api.object()
                                .put("node", call.node())
                                .put("result", "ok")
                                .put("value", text));
    }
}
