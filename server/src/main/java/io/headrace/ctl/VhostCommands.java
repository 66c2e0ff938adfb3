package io.headrace.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/// Virtual hosts.
final class VhostCommands {
    private static final Listing VHOSTS = Listing.of(
            _ -> "Listing vhosts ...",
            call -> call.get("vhosts"),
            List.of("name"),
            Column.alike("name", "description"),
            List.of(Column.text("tags", VhostCommands::tags), Column.text("cluster_state", VhostCommands::state)),
            Column.alike("tracing", "default_queue_type", "protected_from_deletion"));

    private VhostCommands() {}

    static List<Command> all() {
        return List.of(
                VHOSTS.command("list_vhosts"),
                Command.of(
                                "add_vhost",
                                "<vhost> [--description <description>] [--tags <tag>,...] [--default-queue-type <type>]",
                                1,
                                VhostCommands::add)
                        .with("description")
                        .with("tags")
                        .with("default-queue-type"),
                Command.of("delete_vhost", "<vhost>", 1, VhostCommands::delete),
                Command.of("restart_vhost", "[--vhost <vhost>]", 0, VhostCommands::restart),
                Command.of("set_vhost_tags", "<vhost> <tag> [...]", 1, Command.ANY, VhostCommands::setTags),
                Command.of(
                                "update_vhost_metadata",
                                "<vhost> [--description <description>] [--tags <tag>,...] [--default-queue-type <type>]",
                                1,
                                VhostCommands::update)
                        .with("description")
                        .with("tags")
                        .with("default-queue-type"),
                Command.of("enable_vhost_deletion_protection", "<vhost>", 1, call -> protect(call, true)),
                Command.of("disable_vhost_deletion_protection", "<vhost>", 1, call -> protect(call, false)),
                Command.of("trace_on", "[--vhost <vhost>]", 0, call -> trace(call, true)),
                Command.of("trace_off", "[--vhost <vhost>]", 0, call -> trace(call, false)));
    }

    private static String tags(JsonNode vhost) {
        var tags = new StringBuilder();
        vhost.path("tags").forEach(tag -> tags.append(tags.isEmpty() ? "" : ",").append(tag.asText()));
        return tags.isEmpty() ? "[]" : tags.toString();
    }

    private static String state(JsonNode vhost) {
        var states = new StringBuilder();
        vhost.path("cluster_state")
                .properties()
                .forEach(node -> states.append(states.isEmpty() ? "" : ", ")
                        .append('{')
                        .append(node.getKey())
                        .append(", ")
                        .append(node.getValue().asText())
                        .append('}'));
        return "[" + states + "]";
    }

    private static void add(Call call) throws Failure {
        var vhost = call.argument(0);
        call.announce("Adding vhost \"" + vhost + "\" ...");
        put(call, vhost);
    }

    private static void update(Call call) throws Failure {
        var vhost = call.argument(0);
        call.announce("Updating metadata of vhost \"" + vhost + "\" ...");
        exists(call, vhost);
        put(call, vhost);
    }

    /// What is not said stays as it is.
    private static void put(Call call, String vhost) throws Failure {
        var body = Api.object();
        call.option("description").ifPresent(text -> body.put("description", text));
        call.option("tags").ifPresent(text -> body.put("tags", text));
        call.option("default-queue-type").ifPresent(text -> body.put("default_queue_type", text));
        call.put(body, "vhosts", vhost).orFail(Exit.DATA);
    }

    private static JsonNode exists(Call call, String vhost) throws Failure {
        return call.find("vhosts", vhost).orElseThrow(() -> Failure.noVhost(vhost));
    }

    private static void delete(Call call) throws Failure {
        var vhost = call.argument(0);
        call.announce("Deleting vhost \"" + vhost + "\" ...");
        var reply = call.delete("vhosts", vhost);
        if (reply.missing()) {
            throw Failure.noVhost(vhost);
        }
        reply.orFail();
    }

    private static void restart(Call call) throws Failure {
        call.announce("Trying to restart vhost '" + call.vhost() + "' on node '" + call.node() + "' ...");
        call.vhostExists();
        call.terminal().line("Vhost '" + call.vhost() + "' is already running on node '" + call.node() + "'");
    }

    private static void setTags(Call call) throws Failure {
        var vhost = call.argument(0);
        var tags = call.arguments().subList(1, call.arguments().size());
        call.announce("Setting tags for virtual host \"" + vhost + "\" to [" + String.join(", ", tags) + "] ...");
        exists(call, vhost);
        call.put(Api.object().put("tags", String.join(",", tags)), "vhosts", vhost)
                .orFail();
    }

    private static void protect(Call call, boolean on) throws Failure {
        var vhost = call.argument(0);
        call.announce((on ? "Protecting" : "No longer protecting") + " vhost \"" + vhost + "\" from deletion ...");
        exists(call, vhost);
        call.api()
                .send(on ? "POST" : "DELETE", null, "vhosts", vhost, "deletion", "protection")
                .orFail();
    }

    private static void trace(Call call, boolean on) throws Failure {
        call.announce((on ? "Starting" : "Stopping") + " tracing for vhost \"" + call.vhost() + "\" ...");
        call.vhostExists();
        call.put(Api.object().put("tracing", on), "vhosts", call.vhost()).orFail();
        call.terminal().line("Trace " + (on ? "enabled" : "disabled") + " for vhost " + call.vhost());
    }
}
