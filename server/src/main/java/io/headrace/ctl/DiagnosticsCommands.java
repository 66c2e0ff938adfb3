package io.headrace.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/// Health checks and questions, of `rabbitmq-diagnostics`.
final class DiagnosticsCommands {
    private static final int CONNECT_MILLIS = 5_000;

    private DiagnosticsCommands() {}

    static List<Command> all() {
        return List.of(
                Command.of("check_running", "", 0, DiagnosticsCommands::running),
                Command.of("is_running", "", 0, DiagnosticsCommands::isRunning),
                Command.of("is_booting", "", 0, DiagnosticsCommands::isBooting),
                Command.of("check_alarms", "", 0, DiagnosticsCommands::checkAlarms),
                Command.of("check_local_alarms", "", 0, DiagnosticsCommands::checkLocalAlarms),
                Command.of("alarms", "", 0, DiagnosticsCommands::alarms),
                Command.of("check_port_connectivity", "", 0, DiagnosticsCommands::connectivity),
                Command.of("check_port_listener", "<port>", 1, DiagnosticsCommands::port),
                Command.of("check_protocol_listener", "<protocol>", 1, DiagnosticsCommands::protocol),
                Command.of("check_virtual_hosts", "", 0, DiagnosticsCommands::vhosts),
                Command.of(
                                "check_certificate_expiration",
                                "[--within <n>] [--unit <days | weeks | months | years>]",
                                0,
                                DiagnosticsCommands::certificates)
                        .with("within")
                        .with("unit"),
                quorumCritical(),
                Command.of("listeners", "", 0, DiagnosticsCommands::listeners),
                Command.of("memory_breakdown", "[--unit <unit>]", 0, DiagnosticsCommands::memory)
                        .with("unit"),
                Command.of("server_version", "", 0, DiagnosticsCommands::serverVersion),
                Command.of("erlang_version", "", 0, DiagnosticsCommands::runtimeVersion),
                Command.of("log_location", "", 0, DiagnosticsCommands::logLocation));
    }

    static Command quorumCritical() {
        return Command.of("check_if_node_is_quorum_critical", "", 0, DiagnosticsCommands::critical);
    }

    private static ObjectNode ok() {
        return Api.object().put("result", "ok");
    }

    private static String booted(Call call) throws Failure {
        return "RabbitMQ on node " + call.node() + " is fully booted and running";
    }

    private static void running(Call call) throws Failure {
        call.announce("Checking if RabbitMQ is running on node " + call.node() + " ...");
        call.get("overview");
        call.terminal().line(booted(call), ok());
    }

    private static void isRunning(Call call) throws Failure {
        call.announce("Asking node " + call.node() + " for its status ...");
        call.get("overview");
        call.terminal().line(booted(call), Api.object().put("result", true));
    }

    private static void isBooting(Call call) throws Failure {
        call.announce("Asking node " + call.node() + " for its boot status ...");
        call.get("overview");
        call.terminal()
                .line(
                        "RabbitMQ on node " + call.node()
                                + " is fully booted (check with is_running), stopped or has not started booting yet",
                        Api.object().put("result", false));
    }

    // ---- alarms ----

    private static void checkAlarms(Call call) throws Failure {
        call.announce("Asking node " + call.node() + " to report any local resource alarms ...");
        var alarms = Alarms.of(call);
        if (!alarms.isEmpty()) {
            throw Failure.plain(Exit.UNAVAILABLE, String.join("\n", Alarms.lines(call.node(), alarms)));
        }
        call.terminal().line("Node " + call.node() + " reported no alarms, local or clusterwide", ok());
    }

    // the same, but for how it is said: there is one node
    private static void checkLocalAlarms(Call call) throws Failure {
        call.announce("Asking node " + call.node() + " to report any local resource alarms ...");
        var alarms = Alarms.of(call);
        if (!alarms.isEmpty()) {
            throw Failure.unavailable(String.join("\n", Alarms.lines(call.node(), alarms)));
        }
        call.terminal().line("Node " + call.node() + " reported no local alarms", ok());
    }

    private static void alarms(Call call) throws Failure {
        call.announce("Asking node " + call.node() + " to report any known resource alarms ...");
        var lines = Alarms.lines(call.node(), Alarms.of(call));
        var none = "Node " + call.node() + " reported no alarms, local or clusterwide";
        var json = Api.object().put("result", "ok");
        json.putArray("global");
        var local = json.putArray("local");
        lines.forEach(local::add);
        json.put("message", lines.isEmpty() ? none : "Node " + call.node() + " reported alarms");
        call.terminal().line(lines.isEmpty() ? none : String.join("\n", lines), json);
    }

    // ---- listeners ----

    private static List<Door> open(Call call) throws Failure {
        return Door.of(call.get("overview"));
    }

    private static String ports(List<Door> listeners) {
        return String.join(
                ", ",
                listeners.stream()
                        .map(Door::port)
                        .sorted()
                        .map(Object::toString)
                        .toList());
    }

    private static void connectivity(Call call) throws Failure {
        call.announce("Testing TCP connections to all active listeners on node " + call.node() + " ...");
        var listeners = open(call);
        List<Door> closed = new ArrayList<>();
        for (Door listener : listeners) {
            try (var socket = new Socket()) {
                socket.connect(new InetSocketAddress(listener.reachable(), listener.port()), CONNECT_MILLIS);
            } catch (IOException _) {
                closed.add(listener);
            }
        }
        if (!closed.isEmpty()) {
            throw Failure.unavailable(
                    "Connections to the following ports on node " + call.node() + " failed: " + ports(closed));
        }
        call.terminal()
                .line("Successfully connected to ports " + ports(listeners) + " on node " + call.node() + ".", ok());
    }

    private static void port(Call call) throws Failure {
        var given = call.argument(0);
        if (!given.matches("[0-9]{1,5}")) {
            throw Failure.usage(Exit.DATA, "Bad argument.");
        }
        int port = Integer.parseInt(given);
        call.announce("Asking node " + call.node() + " if there's an active listener on port " + port + " ...");
        var listeners = open(call);
        if (listeners.stream().noneMatch(listener -> listener.port() == port)) {
            throw Failure.plain(
                    Exit.UNAVAILABLE,
                    "No listener for port " + port + " is active on node " + call.node()
                            + ". Found listeners that use the following ports: " + ports(listeners));
        }
        call.terminal()
                .line(
                        "A listener for port " + port + " is running on node " + call.node() + ".",
                        ok().put("port", port));
    }

    private static void protocol(Call call) throws Failure {
        var protocol = call.argument(0);
        call.announce(
                "Asking node " + call.node() + " if there's an active listener for protocol " + protocol + " ...");
        var reply = call.api().get("health", "checks", "protocol-listener", protocol);
        if (reply.status() == 503) {
            List<String> names = new ArrayList<>();
            reply.body().path("protocols").forEach(name -> names.add(name.asText()));
            throw Failure.unavailable("No listener for protocol " + protocol + " is active on node " + call.node()
                    + ". Found listeners for the following protocols: "
                    + String.join(", ", names.stream().sorted().toList()));
        }
        reply.orFail();
        call.terminal()
                .line(
                        "A listener for protocol " + protocol + " is running on node " + call.node() + ".",
                        ok().put("protocol", protocol));
    }

    private static void listeners(Call call) throws Failure {
        call.announce("Asking node " + call.node() + " to report its protocol listeners ...");
        var listeners = open(call);
        if (call.terminal().json()) {
            var json = Api.object();
            json.set("listeners", Door.json(listeners));
            call.terminal()
                    .line(json.put("node", call.node()).put("result", "ok").toString());
            return;
        }
        listeners.forEach(listener -> call.terminal().line(listener.line()));
    }

    // ---- what the API checks ----

    private static JsonNode check(Call call, String... path) throws Failure {
        List<String> whole = new ArrayList<>(List.of("health", "checks"));
        whole.addAll(List.of(path));
        return call.api().get(whole.toArray(String[]::new)).orFail(Exit.UNAVAILABLE);
    }

    private static void vhosts(Call call) throws Failure {
        call.announce("Checking if all vhosts are running on node " + call.node() + " ...");
        check(call, "virtual-hosts");
        call.terminal().line("Node " + call.node() + " reported all vhosts as running", ok());
    }

    private static void certificates(Call call) throws Failure {
        var within = call.option("within").orElse("4");
        var unit = call.option("unit").orElse("weeks");
        call.announce("Checking certificate expiration on node " + call.node() + " ...");
        check(call, "certificate-expiration", within, unit);
        call.terminal()
                .line(
                        "No certificates are expiring within " + within + " "
                                + (within.equals("1") ? unit.replaceFirst("s$", "") : unit) + ".",
                        ok());
    }

    private static void critical(Call call) throws Failure {
        call.announce("Checking if node " + call.node() + " is critical for quorum of any quorum queues ...");
        check(call, "node-is-quorum-critical");
        call.terminal()
                .line(
                        "Node " + call.node()
                                + " seems to be the only one in a single node cluster, the check does not apply",
                        ok());
    }

    // ---- versions and the like ----

    private static void memory(Call call) throws Failure {
        var unit = call.option("unit").orElse("GB");
        if (!Sizes.isUnit(unit)) {
            throw Failure.usage(Exit.DATA, "unit " + unit + " is not supported");
        }
        call.announce("Reporting memory breakdown on node " + call.node() + "...");
        if (call.terminal().json()) {
            call.terminal()
                    .line(call.get("nodes", call.node(), "memory")
                            .path("memory")
                            .toString());
            return;
        }
        StatusText.breakdown(call, unit, "%").forEach(call.terminal()::line);
        call.terminal().line("");
    }

    private static void serverVersion(Call call) throws Failure {
        call.announce("Asking node " + call.node() + " for its RabbitMQ version...");
        call.terminal().line(call.get("overview").path("rabbitmq_version").asText());
    }

    private static void runtimeVersion(Call call) throws Failure {
        call.announce("Asking node " + call.node() + " for its Erlang/OTP version...");
        call.terminal().line(call.get("overview").path("erlang_full_version").asText());
    }

    private static void logLocation(Call call) throws Failure {
        call.announce("Log file location(s) on node " + call.node() + " ...");
        call.get("nodes", call.node())
                .path("log_files")
                .forEach(file -> call.terminal().line(file.asText()));
    }
}
