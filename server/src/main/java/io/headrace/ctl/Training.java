package io.headrace.ctl;

import java.io.OutputStream;
import java.io.PrintStream;
import java.util.List;

/// A life in which the JVM sees what the tools need, to write it down (`-XX:AOTCacheOutput`). Called by the launcher,
/// which has started a broker.
final class Training {
    private static final List<List<String>> COMMANDS = List.of(
            List.of("await_startup"),
            List.of("list_queues", "name", "messages"),
            List.of("list_connections", "--formatter", "json"),
            List.of("-q", "list_exchanges", "--formatter", "pretty_table"),
            List.of("list_bindings", "--formatter", "csv"),
            List.of("list_users"),
            List.of("add_vhost", "trained"),
            List.of("set_policy", "trained", "^q", "{\"max-length\":10}"),
            List.of("list_policies"),
            List.of("clear_policy", "trained"),
            List.of("delete_vhost", "trained"),
            List.of("delete_vhost", "trained"),
            List.of("status"));
    private static final List<List<String>> CHECKS =
            List.of(List.of("ping"), List.of("check_running"), List.of("check_port_connectivity"), List.of("alarms"));

    private Training() {}

    static int run(PrintStream out, PrintStream err) {
        var nowhere = new PrintStream(OutputStream.nullOutputStream());
        var environment = System.getenv();
        int code = Exit.DONE;
        for (List<String> command : COMMANDS) {
            code = new Ctl(Tool.CTL, nowhere, nowhere, environment).run(command);
        }
        for (List<String> command : CHECKS) {
            new Ctl(Tool.DIAGNOSTICS, nowhere, nowhere, environment).run(command);
        }
        (code == Exit.DONE ? out : err).println(code == Exit.DONE ? "trained" : "the last command ended with " + code);
        return code;
    }
}
