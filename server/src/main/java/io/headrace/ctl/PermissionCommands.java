package io.headrace.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/// Who may do what where.
final class PermissionCommands {
    private static final Listing OF_VHOST = Listing.of(
            call -> "Listing permissions for vhost \"" + call.vhost() + "\" ...",
            call -> ofVhost(call, "permissions"),
            List.of("user", "configure", "write", "read"),
            Column.alike("user", "configure", "write", "read"));
    private static final Table TOPICS_OF_VHOST = Table.of(Column.alike("user", "exchange", "write", "read"));
    private static final Table OF_USER = Table.of(Column.alike("vhost", "configure", "write", "read"));

    private PermissionCommands() {}

    static List<Command> all() {
        return List.of(
                Command.of("list_permissions", "[--vhost <vhost>] [--no-table-headers]", 0, OF_VHOST::run),
                Command.of(
                        "list_topic_permissions",
                        "[--vhost <vhost>] [--no-table-headers]",
                        0,
                        PermissionCommands::topicsOfVhost),
                Command.of("list_user_permissions", "<username> [--no-table-headers]", 1, PermissionCommands::ofUser),
                Command.of(
                        "list_user_topic_permissions",
                        "<username> [--no-table-headers]",
                        1,
                        PermissionCommands::topicsOfUser),
                Command.of(
                        "set_permissions",
                        "[--vhost <vhost>] <username> <conf> <write> <read>",
                        4,
                        PermissionCommands::set),
                Command.of(
                        "set_permissions_globally",
                        "<username> <conf> <write> <read>",
                        4,
                        PermissionCommands::setGlobally),
                Command.of("clear_permissions", "[--vhost <vhost>] <username>", 1, PermissionCommands::clear),
                Command.of(
                        "set_topic_permissions",
                        "[--vhost <vhost>] <username> <exchange> <write> <read>",
                        4,
                        PermissionCommands::setTopic),
                Command.of(
                        "clear_topic_permissions",
                        "[--vhost <vhost>] <username> [<exchange>]",
                        1,
                        2,
                        PermissionCommands::clearTopic));
    }

    private static JsonNode ofVhost(Call call, String what) throws Failure {
        return call.find("vhosts", call.vhost(), what).orElseThrow(() -> Failure.noVhost(call.vhost()));
    }

    private static void topicsOfVhost(Call call) throws Failure {
        call.announce("Listing topic permissions for vhost \"" + call.vhost() + "\" ...");
        call.terminal().rowsAtOnce(TOPICS_OF_VHOST.rows(ofVhost(call, "topic-permissions")));
    }

    private static void ofUser(Call call) throws Failure {
        call.announce("Listing permissions for user \"" + call.argument(0) + "\" ...");
        call.terminal().rows(OF_USER.rows(ofUser(call, "permissions")));
    }

    private static JsonNode ofUser(Call call, String what) throws Failure {
        var user = call.argument(0);
        return call.find("users", user, what).orElseThrow(() -> noSuchUser(user));
    }

    static Failure noSuchUser(String user) {
        return Failure.unavailable("{:no_such_user, \"" + user + "\"}");
    }

    // without a header, as it is there
    private static void topicsOfUser(Call call) throws Failure {
        var user = call.argument(0);
        call.announce("Listing topic permissions for user \"" + user + "\" ...");
        for (JsonNode one : ofUser(call, "topic-permissions")) {
            call.terminal()
                    .line(
                            one.path("vhost").asText() + "\t"
                                    + one.path("exchange").asText() + "\t"
                                    + one.path("write").asText() + "\t"
                                    + one.path("read").asText(),
                            one);
        }
    }

    private static void userExists(Call call) throws Failure {
        var user = call.argument(0);
        if (call.find("users", user).isEmpty()) {
            throw Failure.error(Exit.NO_USER, "User " + user + " does not exist");
        }
    }

    private static void bothExist(Call call) throws Failure {
        userExists(call);
        if (call.find("vhosts", call.vhost()).isEmpty()) {
            throw Failure.unavailable("Virtual host " + call.vhost() + " does not exist");
        }
    }

    private static ObjectNode permission(Call call) {
        return Api.object()
                .put("configure", call.argument(1))
                .put("write", call.argument(2))
                .put("read", call.argument(3));
    }

    private static void set(Call call) throws Failure {
        var user = call.argument(0);
        call.announce("Setting permissions for user \"" + user + "\" in vhost \"" + call.vhost() + "\" ...");
        bothExist(call);
        call.put(permission(call), "permissions", call.vhost(), user).orFail(Exit.UNAVAILABLE);
    }

    private static void setGlobally(Call call) throws Failure {
        var user = call.argument(0);
        call.announce("Setting permissions for user \"" + user + "\" in all virtual hosts ...");
        userExists(call);
        for (JsonNode vhost : call.get("vhosts")) {
            call.put(permission(call), "permissions", vhost.path("name").asText(), user)
                    .orFail(Exit.UNAVAILABLE);
        }
    }

    private static void clear(Call call) throws Failure {
        var user = call.argument(0);
        call.announce("Clearing permissions for user \"" + user + "\" in vhost \"" + call.vhost() + "\" ...");
        bothExist(call);
        gone(call.delete("permissions", call.vhost(), user));
    }

    private static void setTopic(Call call) throws Failure {
        var user = call.argument(0);
        var exchange = call.argument(1);
        call.announce("Setting topic permissions on \"" + exchange + "\" for user \"" + user + "\" in vhost \""
                + call.vhost() + "\" ...");
        bothExist(call);
        var body = Api.object()
                .put("exchange", exchange)
                .put("write", call.argument(2))
                .put("read", call.argument(3));
        call.put(body, "topic-permissions", call.vhost(), user).orFail(Exit.UNAVAILABLE);
    }

    private static void clearTopic(Call call) throws Failure {
        var user = call.argument(0);
        var exchange = call.arguments().stream().skip(1).findFirst();
        call.announce("Clearing topic permissions "
                + exchange.map(name -> "on \"" + name + "\" ").orElse("") + "for user \"" + user + "\" in vhost \""
                + call.vhost() + "\" ...");
        bothExist(call);
        gone(
                exchange.isPresent()
                        ? call.delete("topic-permissions", call.vhost(), user, exchange.get())
                        : call.delete("topic-permissions", call.vhost(), user));
    }

    /// There is nothing wrong with taking away what nobody has.
    private static void gone(Reply reply) throws Failure {
        if (!reply.missing()) {
            reply.orFail();
        }
    }
}
