package io.headrace.ctl;

import java.util.List;

/// Policies, operator policies, parameters.
final class PolicyCommands {
    private static final Table POLICIES = Table.of(
            Column.alike("vhost", "name", "pattern", "apply-to"), json("definition"), Column.alike("priority"));
    private static final Table PARAMETERS = Table.of(Column.alike("component", "name"), json("value"));
    private static final Table GLOBAL_PARAMETERS = Table.of(Column.alike("name"), json("value"));

    private PolicyCommands() {}

    private static List<Column> json(String name) {
        return List.of(Column.text(name, thing -> thing.path(name).toString()));
    }

    static List<Command> all() {
        return List.of(
                set("set_policy", false),
                set("set_operator_policy", true),
                Command.of("clear_policy", "[--vhost <vhost>] <name>", 1, call -> clear(call, false)),
                Command.of("clear_operator_policy", "[--vhost <vhost>] <name>", 1, call -> clear(call, true)),
                Command.of("list_policies", "[--vhost <vhost>] [--no-table-headers]", 0, call -> list(call, false)),
                Command.of(
                        "list_operator_policies",
                        "[--vhost <vhost>] [--no-table-headers]",
                        0,
                        call -> list(call, true)),
                Command.of(
                        "set_parameter",
                        "[--vhost <vhost>] <component_name> <name> <value>",
                        3,
                        PolicyCommands::setParameter),
                Command.of(
                        "clear_parameter",
                        "[--vhost <vhost>] <component_name> <name>",
                        2,
                        PolicyCommands::clearParameter),
                Command.of(
                        "list_parameters", "[--vhost <vhost>] [--no-table-headers]", 0, PolicyCommands::listParameters),
                Command.of("set_global_parameter", "<name> <value>", 2, PolicyCommands::setGlobal),
                Command.of("clear_global_parameter", "<name>", 1, PolicyCommands::clearGlobal),
                Command.of("list_global_parameters", "[--no-table-headers]", 0, PolicyCommands::listGlobal));
    }

    private static Command set(String name, boolean operator) {
        return Command.of(
                        name,
                        "[--vhost <vhost>] [--priority <priority>] [--apply-to <apply-to>] <name> <pattern> <definition>",
                        3,
                        call -> set(call, operator))
                .with("priority")
                .with("apply-to");
    }

    private static String path(boolean operator) {
        return operator ? "operator-policies" : "policies";
    }

    private static void set(Call call, boolean operator) throws Failure {
        var name = call.argument(0);
        var pattern = call.argument(1);
        var definition = call.argument(2);
        var priority = call.option("priority").orElse("0");
        if (!priority.matches("-?[0-9]{1,9}")) {
            throw Failure.usage(Exit.USAGE, "Invalid options for this command:\n--priority : " + priority);
        }
        call.announce("Setting " + (operator ? "operator policy override" : "policy") + " \"" + name
                + "\" for pattern \"" + pattern + "\" to \"" + definition + "\" with priority \"" + priority
                + "\" for vhost \"" + call.vhost() + "\" ...");
        var body = Api.object()
                .put("pattern", pattern)
                .put("priority", Integer.parseInt(priority))
                .put("apply-to", call.option("apply-to").orElse("all"));
        body.set("definition", Definitions.json(definition));
        call.vhostExists();
        call.put(body, path(operator), call.vhost(), name).orFail(Exit.UNAVAILABLE);
    }

    private static void clear(Call call, boolean operator) throws Failure {
        var name = call.argument(0);
        call.announce("Clearing " + (operator ? "operator " : "") + "policy \"" + name + "\" on vhost \"" + call.vhost()
                + "\" ...");
        gone(call.delete(path(operator), call.vhost(), name));
    }

    private static void gone(Reply reply) throws Failure {
        if (reply.missing()) {
            throw Failure.unavailable("Parameter does not exist");
        }
        reply.orFail(Exit.UNAVAILABLE);
    }

    private static void list(Call call, boolean operator) throws Failure {
        call.announce("Listing " + (operator ? "operator policy overrides" : "policies") + " for vhost \""
                + call.vhost() + "\" ...");
        var found = call.find(path(operator), call.vhost()).orElseThrow(() -> Failure.noVhost(call.vhost()));
        call.terminal().rowsAtOnce(POLICIES.rows(found));
    }

    // ---- parameters ----

    private static void setParameter(Call call) throws Failure {
        var component = call.argument(0);
        var name = call.argument(1);
        var value = call.argument(2);
        call.announce("Setting runtime parameter \"" + name + "\" for component \"" + component + "\" to \"" + value
                + "\" in vhost \"" + call.vhost() + "\" ...");
        var body = Api.object();
        body.set("value", Definitions.json(value));
        call.vhostExists();
        call.put(body, "parameters", component, call.vhost(), name).orFail(Exit.UNAVAILABLE);
    }

    private static void clearParameter(Call call) throws Failure {
        call.announce("Clearing runtime parameter \"" + call.argument(1) + "\" for component \"" + call.argument(0)
                + "\" on vhost \"" + call.vhost() + "\" ...");
        gone(call.delete("parameters", call.argument(0), call.vhost(), call.argument(1)));
    }

    private static void listParameters(Call call) throws Failure {
        call.announce("Listing runtime parameters for vhost \"" + call.vhost() + "\" ...");
        call.vhostExists();
        var ofVhost = Api.JSON.createArrayNode();
        call.get("parameters").forEach(parameter -> {
            if (parameter.path("vhost").asText().equals(call.vhost())) {
                ofVhost.add(parameter);
            }
        });
        call.terminal().rowsAtOnce(PARAMETERS.rows(ofVhost));
    }

    private static void setGlobal(Call call) throws Failure {
        var name = call.argument(0);
        var value = call.argument(1);
        call.announce("Setting global runtime parameter \"" + name + "\" to \"" + value + "\" ...");
        var body = Api.object();
        body.set("value", Definitions.json(value));
        call.put(body, "global-parameters", name).orFail(Exit.UNAVAILABLE);
    }

    private static void clearGlobal(Call call) throws Failure {
        call.announce("Clearing global runtime parameter \"" + call.argument(0) + "\" ...");
        gone(call.delete("global-parameters", call.argument(0)));
    }

    private static void listGlobal(Call call) throws Failure {
        call.announce("Listing global runtime parameters ...");
        call.terminal().rowsAtOnce(GLOBAL_PARAMETERS.rows(call.get("global-parameters")));
    }
}
