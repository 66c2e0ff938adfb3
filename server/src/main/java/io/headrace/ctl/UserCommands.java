package io.headrace.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// Users: who there is, with which password and tags.
final class UserCommands {
    private static final Listing USERS = Listing.of(
            _ -> "Listing users ...",
            call -> call.get("users"),
            List.of("user", "tags"),
            List.of(Column.at("user", "name")),
            Column.alike("tags"));

    private UserCommands() {}

    static List<Command> all() {
        return List.of(
                Command.of("list_users", "[--no-table-headers]", 0, USERS::run),
                Command.of("add_user", "<username> <password>", 1, 2, UserCommands::add),
                Command.of("delete_user", "<username>", 1, UserCommands::delete),
                Command.of("change_password", "<username> <password>", 1, 2, UserCommands::changePassword),
                Command.of("clear_password", "<username>", 1, UserCommands::clearPassword),
                Command.of("authenticate_user", "<username> <password>", 1, 2, UserCommands::authenticate),
                Command.of("set_user_tags", "<username> <tag> [...]", 1, Command.ANY, UserCommands::setTags),
                Command.of("hash_password", "<password>", 0, 1, UserCommands::hash));
    }

    /// The second argument, or else a line of the input, which no process list shows.
    private static String password(Call call, int index) throws Failure {
        if (call.arguments().size() > index) {
            return call.argument(index);
        }
        try {
            var line = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
            if (line != null && !line.isEmpty()) {
                return line;
            }
        } catch (IOException e) {
            throw Failure.error(Exit.SOFTWARE, "cannot read the password: " + e.getMessage());
        }
        throw Failure.usage(Exit.USAGE, "Password is not provided via argument or stdin");
    }

    private static ObjectNode found(Call call, String user) throws Failure {
        Optional<JsonNode> found = call.find("users", user);
        if (found.isEmpty() || !(found.get() instanceof ObjectNode object)) {
            throw Failure.noUser(user);
        }
        return object;
    }

    private static String tags(JsonNode user) {
        StringBuilder tags = new StringBuilder();
        user.path("tags").forEach(tag -> tags.append(tags.isEmpty() ? "" : ",").append(tag.asText()));
        return tags.toString();
    }

    private static void add(Call call) throws Failure {
        var user = call.argument(0);
        var password = password(call, 1);
        call.announce("Adding user \"" + user + "\" ...");
        if (call.find("users", user).isPresent()) {
            throw Failure.error(Exit.SOFTWARE, "User \"" + user + "\" already exists");
        }
        call.put(Api.object().put("password", password).put("tags", ""), "users", user)
                .orFail();
        call.terminal()
                .banner("Done. Don't forget to grant the user permissions to some virtual hosts! See 'rabbitmqctl help"
                        + " set_permissions' to learn more.");
    }

    private static void delete(Call call) throws Failure {
        var user = call.argument(0);
        call.announce("Deleting user \"" + user + "\" ...");
        var reply = call.delete("users", user);
        if (reply.missing()) {
            throw Failure.noUser(user);
        }
        reply.orFail();
    }

    private static void changePassword(Call call) throws Failure {
        var user = call.argument(0);
        var password = password(call, 1);
        call.announce("Changing password for user \"" + user + "\" ...");
        var tags = tags(found(call, user));
        call.put(Api.object().put("password", password).put("tags", tags), "users", user)
                .orFail();
    }

    private static void clearPassword(Call call) throws Failure {
        var user = call.argument(0);
        call.announce("Clearing password for user \"" + user + "\" ...");
        var tags = tags(found(call, user));
        call.put(Api.object().put("password_hash", "").put("tags", tags), "users", user)
                .orFail();
    }

    private static void authenticate(Call call) throws Failure {
        var user = call.argument(0);
        var body = Api.object().put("user", user).put("password", password(call, 1));
        call.announce("Authenticating user \"" + user + "\" ...");
        var answer = call.api().send("POST", body, "headrace", "authenticate").orFail();
        if (!answer.path("accepted").asBoolean()) {
            throw Failure.error(Exit.DATA, "Error: failed to authenticate user \"" + user + "\"\n" + why(user, answer));
        }
        call.terminal().line("Success");
    }

    /// Only where somebody comes from is told apart from a wrong name or password.
    private static String why(String user, JsonNode answer) {
        var reason = answer.path("reason").asText();
        return reason.contains("localhost") ? reason : "user '" + user + "' - invalid credentials";
    }

    private static void setTags(Call call) throws Failure {
        var user = call.argument(0);
        var tags = call.arguments().subList(1, call.arguments().size());
        call.announce("Setting tags for user \"" + user + "\" to [" + String.join(", ", tags) + "] ...");
        var found = found(call, user);
        var body = Api.object()
                .put("password_hash", found.path("password_hash").asText())
                .put("hashing_algorithm", found.path("hashing_algorithm").asText())
                .put("tags", String.join(",", tags));
        call.put(body, "users", user).orFail();
    }

    private static void hash(Call call) throws Failure {
        var password = password(call, 0);
        call.announce("Will hash password " + password);
        call.terminal()
                .line(call.get("auth", "hash_password", password).path("ok").asText());
    }
}
