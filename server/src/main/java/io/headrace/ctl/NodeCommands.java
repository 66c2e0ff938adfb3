package io.headrace.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import io.headrace.server.Headrace;
import java.util.List;

/// The broker as a whole: how it is, and what it is set to.
final class NodeCommands {
    private static final Table FLAGS = Table.of(Column.alike("name", "state"));
    private static final List<String> LEVELS = List.of("debug", "info", "warning", "error");

    private NodeCommands() {}

    static List<Command> all() {
        return List.of(
                Command.of("status", "[--unit <unit>] [--timeout <timeout>]", 0, StatusText::status)
                        .with("unit"),
                Command.of("cluster_status", "", 0, StatusText::clusterStatus),
                Command.of("ping", "", 0, NodeCommands::ping),
                Command.of("node_health_check", "", 0, NodeCommands::healthCheck),
                Command.of("version", "", 0, NodeCommands::version),
                Command.of("set_cluster_name", "<name>", 1, NodeCommands::setClusterName),
                Command.of(
                        "set_vm_memory_high_watermark",
                        "<fraction> | absolute <value>",
                        1,
                        2,
                        NodeCommands::limitMemory),
                Command.of(
                        "set_disk_free_limit", "<disk_limit> | mem_relative <fraction>", 1, 2, NodeCommands::limitDisk),
                Command.of("set_log_level", "<debug | info | warning | error>", 1, NodeCommands::setLogLevel),
                Command.of("rotate_logs", "", 0, NodeCommands::rotateLogs),
                Command.of("list_feature_flags", "[--no-table-headers]", 0, NodeCommands::flags),
                Command.of("enable_feature_flag", "<all | feature_flag>", 1, NodeCommands::enableFlag),
                Command.of("eval", "<expression>", 1, Eval::run));
    }

    /// Whether the process is there: it need not be done starting.
    static void ping(Call call) throws Failure {
        var millis = Math.round(call.timeoutSeconds() * 1000);
        var name = call.brokers().name().orElse("");
        Failure trouble = null;
        try {
            name = call.brokers().find().node();
        } catch (Failure failure) {
            trouble = failure;
        }
        call.terminal()
                .banner("Will ping " + name
                        + ". This only checks if the OS process is running and registered with epmd." + " Timeout: "
                        + millis + " ms.");
        if (trouble != null) {
            throw Failure.unavailable(
                    "Failed to connect and authenticate to " + name + " in " + millis + " ms\n" + trouble.getMessage());
        }
        call.terminal().message("Ping succeeded");
    }

    private static void healthCheck(Call call) throws Failure {
        call.announce("""
                This command is DEPRECATED and will be removed in a future version.
                It performs intrusive, opinionated health checks and requires a fully booted node.
                Use one of the options covered in https://www.rabbitmq.com/monitoring.html#health-checks instead.
                Timeout: 70 seconds ...
                Checking health of node %s ...""".formatted(call.node()));
        var alarms = Alarms.of(call);
        if (!alarms.isEmpty()) {
            throw Failure.error(
                    Exit.SOFTWARE,
                    "Error: health check failed. Message: resource alarm(s) in effect:"
                            + Alarms.terms(call.node(), alarms));
        }
        call.terminal().line("Health check passed");
    }

    // no broker is asked: a script wants to know what the tool is
    private static void version(Call call) {
        call.terminal().line(Headrace.RABBITMQ_VERSION);
    }

    private static void setClusterName(Call call) throws Failure {
        var name = call.argument(0);
        call.announce("Setting cluster name to " + name + " ...");
        call.put(Api.object().put("name", name), "cluster-name").orFail(Exit.UNAVAILABLE);
    }

    private static void limitMemory(Call call) throws Failure {
        boolean absolute = call.argument(0).equals("absolute");
        String limit;
        if (absolute) {
            limit = Sizes.bytes(second(call)).orElseThrow(NodeCommands::badArgument);
        } else {
            only(call);
            limit = Sizes.fraction(call.argument(0)).orElseThrow(NodeCommands::badArgument);
            if (Double.parseDouble(limit) > 1) {
                throw Failure.usage(Exit.DATA, "Bad argument: The threshold should be a fraction between 0.0 and 1.0");
            }
        }
        call.announce("Setting memory threshold on " + call.node() + " to "
                + (absolute ? call.argument(1) + " bytes ..." : call.argument(0) + " ..."));
        call.put(Api.object().put("limit", limit), "headrace", "resources", "memory")
                .orFail(Exit.UNAVAILABLE);
    }

    private static void limitDisk(Call call) throws Failure {
        boolean relative = call.argument(0).equals("mem_relative");
        String limit;
        if (relative) {
            limit = Sizes.fraction(second(call)).orElseThrow(NodeCommands::badArgument);
        } else {
            only(call);
            limit = Sizes.bytes(call.argument(0)).orElseThrow(NodeCommands::badArgument);
        }
        call.announce("Setting disk free limit on " + call.node() + " to "
                + (relative ? call.argument(1) + " times the total RAM ..." : call.argument(0) + " bytes ..."));
        call.put(Api.object().put("limit", limit), "headrace", "resources", "disk")
                .orFail(Exit.UNAVAILABLE);
    }

    private static Failure badArgument() {
        return Failure.usage(Exit.DATA, "Bad argument.");
    }

    private static String second(Call call) throws Failure {
        if (call.arguments().size() < 2) {
            throw Failure.usage(Exit.USAGE, "not enough arguments.");
        }
        return call.argument(1);
    }

    private static void only(Call call) throws Failure {
        if (call.arguments().size() > 1) {
            throw Failure.usage(Exit.USAGE, "too many arguments.");
        }
    }

    private static void setLogLevel(Call call) throws Failure {
        var level = call.argument(0);
        if (!LEVELS.contains(level)) {
            throw Failure.unavailable("level " + level + " is not supported. Try one of " + String.join(", ", LEVELS));
        }
        call.announce("Setting log level to \"" + level + "\" ...");
        call.put(Api.object().put("level", level), "headrace", "log-level").orFail(Exit.UNAVAILABLE);
    }

    private static void rotateLogs(Call call) throws Failure {
        throw Failure.unavailable("This command does not rotate logs anymore [deprecated]");
    }

    private static void flags(Call call) throws Failure {
        call.announce("Listing feature flags ...");
        call.terminal().rows(FLAGS.rows(call.get("feature-flags")));
    }

    private static void enableFlag(Call call) throws Failure {
        var flag = call.argument(0);
        call.announce(
                "Enabling " + (flag.equals("all") ? "all feature flags" : "feature flag \"" + flag + "\"") + " ...");
        for (JsonNode known : call.get("feature-flags")) {
            if (flag.equals("all") || known.path("name").asText().equals(flag)) {
                return; // they all are
            }
        }
        throw Failure.error(Exit.USAGE, "The feature flag \"" + flag + "\" is not supported");
    }
}
