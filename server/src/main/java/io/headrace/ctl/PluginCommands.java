package io.headrace.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/// `rabbitmq-plugins`. What RabbitMQ has as plugins is built in here or not there: so those that are built in are
/// always
/// enabled, others cannot be, and none can be disabled.
final class PluginCommands {
    private static final int NAME_WIDTH = 33;

    private PluginCommands() {}

    static List<Command> all() {
        return List.of(
                Command.of(
                                "list",
                                "[pattern] [--minimal] [--enabled] [--implicitly-enabled]",
                                0,
                                1,
                                PluginCommands::list)
                        .withFlag("enabled", "-E")
                        .withFlag("minimal", "-m")
                        .withFlag("implicitly-enabled", "-e"),
                Command.of("is_enabled", "<plugin1> [ <plugin2>]", 1, Command.ANY, PluginCommands::isEnabled),
                Command.of("enable", "<plugin> [...]", 1, Command.ANY, PluginCommands::enable),
                Command.of("disable", "<plugin> [...]", 1, Command.ANY, PluginCommands::disable));
    }

    private static List<String> enabled(Call call) throws Failure {
        List<String> names = new ArrayList<>();
        for (JsonNode name : call.get("nodes", call.node()).path("enabled_plugins")) {
            names.add(name.asText());
        }
        return names.stream().sorted().toList();
    }

    private static void list(Call call) throws Failure {
        var pattern = call.arguments().isEmpty() ? ".*" : call.argument(0);
        call.announce("Listing plugins with pattern \"" + pattern + "\" ...");
        var version = call.get("overview").path("rabbitmq_version").asText();
        var found = enabled(call).stream()
                .filter(name -> pattern.equals(".*") || name.contains(pattern))
                .toList();
        if (call.terminal().json()) {
            var plugins = Api.object();
            var list = plugins.putArray("plugins");
            found.forEach(name -> list.addObject()
                    .put("name", name)
                    .put("version", version)
                    .put("enabled", "enabled")
                    .put("running", true));
            call.terminal().line(plugins.put("status", "running").toString());
            return;
        }
        if (call.words().has("minimal")) {
            found.forEach(call.terminal()::line);
            return;
        }
        call.terminal().line(" Configured: E = explicitly enabled; e = implicitly enabled");
        call.terminal().line(" | Status: * = running on " + call.node());
        call.terminal().line(" |/");
        found.forEach(name -> call.terminal()
                .line("[E*] " + name + " ".repeat(Math.max(1, NAME_WIDTH - name.length() + 1)) + version));
    }

    private static void isEnabled(Call call) throws Failure {
        call.announce(
                "Asking node " + call.node() + " if plugin " + String.join(", ", call.arguments()) + " is enabled...");
        var enabled = enabled(call);
        var missing = call.arguments().stream()
                .filter(name -> !enabled.contains(name))
                .toList();
        boolean one = call.arguments().size() == 1;
        if (!missing.isEmpty()) {
            throw Failure.unavailable((one ? "Plugin " : "Plugins ") + String.join(", ", missing)
                    + (missing.size() == 1 ? " is" : " are") + " not enabled on node " + call.node()
                    + ". Enabled plugins and dependencies: " + String.join(", ", enabled));
        }
        call.terminal()
                .line((one ? "Plugin " : "Plugins ") + String.join(", ", call.arguments()) + (one ? " is" : " are")
                        + " enabled on node " + call.node());
    }

    private static void known(Call call, List<String> enabled) throws Failure {
        var missing = call.arguments().stream()
                .filter(name -> !enabled.contains(name))
                .toList();
        if (!missing.isEmpty()) {
            throw Failure.error(
                    Exit.SOFTWARE,
                    "{:plugins_not_found, ["
                            + String.join(
                                    ", ",
                                    missing.stream().map(name -> ":" + name).toList()) + "]}");
        }
    }

    private static void enable(Call call) throws Failure {
        call.announce("Enabling plugins on node " + call.node() + ":");
        call.arguments().forEach(call.terminal()::banner);
        var enabled = enabled(call);
        known(call, enabled);
        call.terminal().line("The following plugins have been configured:");
        enabled.forEach(name -> call.terminal().line("  " + name));
        call.terminal().line("Applying plugin configuration to " + call.node() + "...");
        call.terminal().line("Plugin configuration unchanged.");
    }

    private static void disable(Call call) throws Failure {
        call.announce("Disabling plugins on node " + call.node() + ":");
        call.arguments().forEach(call.terminal()::banner);
        known(call, enabled(call));
        throw Failure.error(
                Exit.SOFTWARE,
                "it is built in and cannot be disabled while the broker runs; management.enabled and the like switch"
                        + " listeners off at the start");
    }
}
