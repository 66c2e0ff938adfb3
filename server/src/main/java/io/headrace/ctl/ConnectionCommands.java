package io.headrace.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.function.Predicate;

/// Ends connections.
final class ConnectionCommands {
    private ConnectionCommands() {}

    static List<Command> all() {
        return List.of(
                Command.of("close_connection", "<connectionpid> <explanation>", 2, ConnectionCommands::close),
                Command.of(
                                "close_all_connections",
                                "[--vhost <vhost> --limit <limit>] [-n <node> --global] [--per-connection-delay <delay>]"
                                        + " <explanation>",
                                1,
                                ConnectionCommands::closeAll)
                        .withFlag("global")
                        .with("limit")
                        .with("per-connection-delay"),
                Command.of(
                        "close_all_user_connections", "<username> <explanation>", 2, ConnectionCommands::closeOfUser));
    }

    private static void close(Call call, JsonNode connection, String reason) throws Failure {
        var path = Api.path("connections", connection.path("name").asText());
        var reply = call.api().request("DELETE", path, null, reason);
        if (!reply.missing()) { // gone by itself
            reply.orFail();
        }
    }

    private static void close(Call call) throws Failure {
        var wanted = call.argument(0);
        var reason = call.argument(1);
        call.announce("Closing connection " + wanted + ", reason: " + reason + "...");
        for (JsonNode connection : call.get("connections")) {
            var name = connection.path("name").asText();
            if (name.equals(wanted) || Pids.of(connection, name).equals(wanted)) {
                close(call, connection, reason);
                return;
            }
        }
        // one that has ended is no news in RabbitMQ
        if (!Pids.isOne(wanted)) {
            throw Failure.unavailable("Error:\n{:invalid_pid_syntax, \"" + wanted + "\"}");
        }
    }

    private static int number(Call call, String option) throws Failure {
        var text = call.option(option).orElse("0");
        if (!text.matches("[0-9]{1,9}")) {
            throw Failure.usage(Exit.USAGE, "Invalid options for this command:\n--" + option + " : " + text);
        }
        return Integer.parseInt(text);
    }

    private static void closeAll(Call call) throws Failure, InterruptedException {
        var reason = call.argument(0);
        boolean everywhere = call.words().has("global");
        int most = number(call, "limit");
        int pauseMillis = number(call, "per-connection-delay");
        call.announce((everywhere
                        ? "Closing all connections to node " + call.node() + " (across all vhosts)"
                        : "Closing " + (most == 0 ? "all" : Integer.toString(most)) + " connections in vhost "
                                + call.vhost())
                + ", reason: " + reason + "...");
        int closed = closeMatching(
                call,
                reason,
                connection -> everywhere || connection.path("vhost").asText().equals(call.vhost()),
                most == 0 ? Integer.MAX_VALUE : most,
                pauseMillis);
        call.terminal().line("Closed " + closed + " connections");
    }

    private static int closeMatching(Call call, String reason, Predicate<JsonNode> which, int most, int pauseMillis)
            throws Failure, InterruptedException {
        int closed = 0;
        for (JsonNode connection : call.get("connections")) {
            if (closed < most && which.test(connection)) {
                if (closed > 0) {
                    Thread.sleep(pauseMillis);
                }
                close(call, connection, reason);
                closed++;
            }
        }
        return closed;
    }

    private static void closeOfUser(Call call) throws Failure, InterruptedException {
        var user = call.argument(0);
        var reason = call.argument(1);
        call.announce("Closing connections of user " + user + ", reason: " + reason + "...");
        closeMatching(
                call, reason, connection -> connection.path("user").asText().equals(user), Integer.MAX_VALUE, 0);
    }
}
