package io.headrace.ctl;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The verbs of `headrace` itself. Where RabbitMQ has a word for it, they are that word with another name.
final class HeadraceCommands {
    private HeadraceCommands() {}

    static List<Command> all() {
        List<Command> commands = new ArrayList<>(List.of(
                named("queue list", "list_queues"),
                declare("queue", "[--type <type>]").with("type"),
                named("queue delete", "delete_queue"),
                named("queue purge", "purge_queue"),
                named("exchange list", "list_exchanges"),
                declare("exchange", "[--type <type>]").with("type"),
                Command.of("exchange delete", "[--vhost <vhost>] <exchange>", 1, HeadraceCommands::deleteExchange),
                named("binding list", "list_bindings"),
                Command.of(
                                "binding add",
                                "[--vhost <vhost>] [--arguments <json>] <exchange> <queue> [<routing_key>]",
                                2,
                                3,
                                HeadraceCommands::bind)
                        .with("arguments"),
                Command.of(
                        "binding delete",
                        "[--vhost <vhost>] <exchange> <queue> [<properties_key>]",
                        2,
                        3,
                        HeadraceCommands::unbind),
                named("policy list", "list_policies"),
                named("policy set", "set_policy"),
                named("policy delete", "clear_policy"),
                named("user list", "list_users"),
                named("user add", "add_user"),
                named("user delete", "delete_user"),
                named("user password", "change_password"),
                named("user tags", "set_user_tags"),
                named("user permissions", "set_permissions"),
                named("vhost list", "list_vhosts"),
                named("vhost add", "add_vhost"),
                named("vhost delete", "delete_vhost"),
                named("definitions export", "export_definitions"),
                named("definitions import", "import_definitions"),
                named("purge", "purge_queue")));
        commands.addAll(MessageCommands.all());
        return commands;
    }

    private static Command named(String name, String rabbit) {
        return Stream.of(
                        Listings.all(),
                        QueueCommands.all(),
                        PolicyCommands.all(),
                        UserCommands.all(),
                        PermissionCommands.all(),
                        VhostCommands.all(),
                        Definitions.all())
                .flatMap(List::stream)
                .filter(command -> command.name().equals(rabbit))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("there is no " + rabbit))
                .named(name);
    }

    private static Command declare(String kind, String more) {
        return Command.of(
                        kind + " declare",
                        "[--vhost <vhost>] " + more + " [--transient] [--auto-delete] [--arguments <json>] <" + kind
                                + ">",
                        1,
                        call -> declare(call, kind))
                .withFlag("transient")
                .withFlag("auto-delete")
                .with("arguments");
    }

    private static void declare(Call call, String kind) throws Failure {
        boolean queue = kind.equals("queue");
        ObjectNode arguments = Definitions.object(call.option("arguments").orElse("{}"));
        var body = Api.object()
                .put("durable", !call.words().has("transient"))
                .put("auto_delete", call.words().has("auto-delete"));
        if (queue) {
            call.option("type").ifPresent(type -> arguments.put("x-queue-type", type));
        } else {
            body.put("type", call.option("type").orElse("direct"));
        }
        body.set("arguments", arguments);
        call.announce("Declaring " + kind + " '" + call.argument(0) + "' in vhost '" + call.vhost() + "' ...");
        call.vhostExists();
        call.put(body, queue ? "queues" : "exchanges", call.vhost(), call.argument(0))
                .orFail(Exit.UNAVAILABLE);
    }

    private static void deleteExchange(Call call) throws Failure {
        call.announce("Deleting exchange '" + call.argument(0) + "' in vhost '" + call.vhost() + "' ...");
        var reply = call.delete("exchanges", call.vhost(), call.argument(0));
        if (reply.missing()) {
            throw Failure.error(Exit.USAGE, "Exchange not found");
        }
        reply.orFail(Exit.UNAVAILABLE);
    }

    private static void bind(Call call) throws Failure {
        call.announce("Binding queue '" + call.argument(1) + "' to exchange '" + call.argument(0) + "' in vhost '"
                + call.vhost() + "' ...");
        var body = Api.object().put("routing_key", third(call, ""));
        body.set("arguments", Definitions.object(call.option("arguments").orElse("{}")));
        call.api()
                .send("POST", body, "bindings", call.vhost(), "e", call.argument(0), "q", call.argument(1))
                .orFail(Exit.UNAVAILABLE);
    }

    private static void unbind(Call call) throws Failure {
        call.announce("Removing a binding of queue '" + call.argument(1) + "' to exchange '" + call.argument(0)
                + "' in vhost '" + call.vhost() + "' ...");
        call.delete("bindings", call.vhost(), "e", call.argument(0), "q", call.argument(1), third(call, "~"))
                .orFail(Exit.UNAVAILABLE);
    }

    private static String third(Call call, String otherwise) {
        return call.arguments().size() > 2 ? call.argument(2) : otherwise;
    }
}
