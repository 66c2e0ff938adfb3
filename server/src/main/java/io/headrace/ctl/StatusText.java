package io.headrace.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/// `status` and `cluster_status`: much about a node, for people.
final class StatusText {
    private static final String GIGABYTES = "GB";
    private static final int MILLIS_PER_SECOND = 1_000;

    private StatusText() {}

    static void status(Call call) throws Failure {
        var unit = call.option("unit").orElse(GIGABYTES);
        if (!Sizes.isUnit(unit)) {
            throw Failure.usage(
                    Exit.DATA, "unit " + unit + " is not supported. Try one of: bytes, KB, MB, GB, KiB, MiB, GiB");
        }
        call.announce("Status of node " + call.node() + " ...");
        var node = call.get("nodes", call.node());
        var overview = call.get("overview");
        if (call.terminal().json()) {
            var json = Api.object();
            json.put("rabbitmq_version", overview.path("rabbitmq_version").asText());
            json.set("node", node);
            json.set("totals", overview.path("object_totals"));
            json.set("listeners", overview.path("listeners"));
            json.set("resources", call.get("headrace", "resources"));
            json.set("alarms", Alarms.json(call.node(), Alarms.of(call)));
            call.terminal().line(json.toString());
            return;
        }
        runtime(call, node, overview);
        plugins(call, node);
        call.terminal().line("");
        heading(call, "Data directory");
        call.terminal().line("Node data directory: " + node.path("db_dir").asText());
        list(call, "Config files", node.path("config_files"));
        list(call, "Log file(s)", node.path("log_files"));
        alarms(call);
        memory(call, unit);
        call.terminal().line("");
        heading(call, "File Descriptors");
        call.terminal()
                .line("Total: " + node.path("fd_used").asLong() + ", limit: "
                        + node.path("fd_total").asLong());
        call.terminal()
                .line("Sockets: " + node.path("sockets_used").asLong() + ", limit: "
                        + node.path("sockets_total").asLong());
        disk(call, unit);
        totals(call, overview);
        call.terminal().line("");
        heading(call, "Listeners");
        Door.of(overview).forEach(listener -> call.terminal().line(listener.line()));
    }

    private static void heading(Call call, String text) {
        call.terminal().line(Terminal.bold(text));
        call.terminal().line("");
    }

    private static void runtime(Call call, JsonNode node, JsonNode overview) {
        heading(call, "Runtime");
        call.terminal().line("OS PID: " + node.path("os_pid").asText());
        call.terminal().line("OS: " + System.getProperty("os.name"));
        call.terminal().line("Uptime (seconds): " + node.path("uptime").asLong() / MILLIS_PER_SECOND);
        call.terminal().line("Is under maintenance?: " + drained(node));
        call.terminal()
                .line("RabbitMQ version: " + overview.path("rabbitmq_version").asText());
        call.terminal()
                .line("Headrace version: " + overview.path("product_version").asText());
        call.terminal().line("Node name: " + node.path("name").asText());
        call.terminal().line("Runtime: " + overview.path("erlang_full_version").asText());
    }

    private static boolean drained(JsonNode node) {
        return node.path("being_drained").asBoolean();
    }

    private static String maintenance(Call call) throws Failure {
        return drained(call.get("nodes", call.node())) ? "marked for maintenance" : "not under maintenance";
    }

    private static void plugins(Call call, JsonNode node) {
        call.terminal().line("");
        heading(call, "Plugins");
        call.terminal().line("Enabled plugins:");
        call.terminal().line("");
        node.path("enabled_plugins").forEach(plugin -> call.terminal().line(" * " + plugin.asText()));
    }

    private static void list(Call call, String title, JsonNode names) {
        call.terminal().line("");
        heading(call, title);
        names.forEach(name -> call.terminal().line(" * " + name.asText()));
    }

    private static void alarms(Call call) throws Failure {
        call.terminal().line("");
        heading(call, "Alarms");
        var alarms = Alarms.of(call);
        if (alarms.isEmpty()) {
            call.terminal().line("(none)");
        }
        Alarms.lines(call.node(), alarms).forEach(call.terminal()::line);
    }

    private static void memory(Call call, String unit) throws Failure {
        var levels = call.get("headrace", "resources").path("memory");
        var limit = Sizes.in(levels.path("limit").asLong(), unit) + " " + lower(unit);
        call.terminal().line("");
        heading(call, "Memory");
        call.terminal()
                .line("Total memory used: " + Sizes.in(levels.path("used").asLong(), unit) + " " + lower(unit));
        call.terminal().line("Memory high watermark setting: " + limit + ", computed to: " + limit);
        call.terminal().line("");
        breakdown(call, unit, " %").forEach(call.terminal()::line);
    }

    private static String lower(String unit) {
        return unit.toLowerCase(java.util.Locale.ROOT);
    }

    /// What takes how much memory, the most first.
    static List<String> breakdown(Call call, String unit, String percent) throws Failure {
        var memory = call.get("nodes", call.node(), "memory").path("memory");
        List<Map.Entry<String, JsonNode>> parts = new ArrayList<>(memory.properties());
        parts.removeIf(part -> !part.getValue().isNumber());
        parts.sort(Comparator.comparingLong(
                        (Map.Entry<String, JsonNode> part) -> part.getValue().asLong())
                .reversed());
        long whole = parts.stream().mapToLong(part -> part.getValue().asLong()).sum();
        return parts.stream()
                .map(part -> part.getKey() + ": " + Sizes.in(part.getValue().asLong(), unit) + " " + lower(unit) + " ("
                        + Sizes.percent(part.getValue().asLong(), whole) + percent + ")")
                .toList();
    }

    private static void disk(Call call, String unit) throws Failure {
        var levels = call.get("headrace", "resources").path("disk");
        call.terminal().line("");
        heading(call, "Free Disk Space");
        call.terminal()
                .line("Low free disk space watermark: "
                        + Sizes.in(levels.path("limit").asLong(), unit) + " " + lower(unit));
        call.terminal().line("Free disk space: " + Sizes.in(levels.path("free").asLong(), unit) + " " + lower(unit));
    }

    private static void totals(Call call, JsonNode overview) throws Failure {
        call.terminal().line("");
        heading(call, "Totals");
        var totals = overview.path("object_totals");
        call.terminal().line("Connection count: " + totals.path("connections").asLong());
        call.terminal().line("Queue count: " + totals.path("queues").asLong());
        call.terminal().line("Virtual host count: " + call.get("vhosts").size());
    }

    // ---- cluster ----

    static void clusterStatus(Call call) throws Failure {
        call.announce("Cluster status of node " + call.node() + " ...");
        var node = call.node();
        var overview = call.get("overview");
        var listeners = Door.of(overview);
        if (call.terminal().json()) {
            var json = Api.object();
            json.set("alarms", Alarms.json(node, Alarms.of(call)));
            json.put("cluster_name", overview.path("cluster_name").asText());
            json.putArray("disk_nodes").add(node);
            json.set("feature_flags", call.get("feature-flags"));
            json.putObject("listeners").set(node, Door.json(listeners));
            json.putObject("maintenance_status").put(node, maintenance(call));
            json.putObject("partitions");
            json.putArray("ram_nodes");
            json.putArray("running_nodes").add(node);
            json.putObject("versions")
                    .putObject(node)
                    .put("rabbitmq_name", "RabbitMQ")
                    .put("rabbitmq_version", overview.path("rabbitmq_version").asText())
                    .put("erlang_version", overview.path("erlang_version").asText());
            call.terminal().line(json.toString());
            return;
        }
        heading(call, "Basics");
        call.terminal().line("Cluster name: " + overview.path("cluster_name").asText());
        section(call, "Disk Nodes", List.of(node));
        section(call, "Running Nodes", List.of(node));
        section(
                call,
                "Versions",
                List.of(node + ": RabbitMQ " + overview.path("rabbitmq_version").asText() + " on "
                        + overview.path("erlang_full_version").asText()));
        section(call, "Maintenance status", List.of("Node: " + node + ", status: " + maintenance(call)));
        alarms(call);
        section(call, "Network Partitions", List.of("(none)"));
        call.terminal().line("");
        heading(call, "Listeners");
        listeners.forEach(listener ->
                call.terminal().line("Node: " + node + ", " + listener.line().replaceFirst("^I", "i")));
        List<String> flags = new ArrayList<>();
        call.get("feature-flags")
                .forEach(flag -> flags.add("Flag: " + flag.path("name").asText() + ", state: "
                        + flag.path("state").asText()));
        section(call, "Feature flags", flags);
    }

    private static void section(Call call, String title, List<String> lines) {
        call.terminal().line("");
        heading(call, title);
        lines.forEach(call.terminal()::line);
    }
}
