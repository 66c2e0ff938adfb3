package io.headrace.ctl;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Words of RabbitMQ's tools that have no meaning here, each with the reason. Told apart from words that nobody knows:
/// a script that needs them ends with an error that says what is missing.
final class Unsupported {
    private static final String ONE_NODE = "a broker is a cluster of one node, which none can join or leave";
    private static final String ONE_PROCESS = "the broker is one process, which cannot be stopped in part: use stop";
    private static final String NO_ERLANG = "Headrace is no Erlang program";

    private static final String MAINTENANCE = "use rabbitmq-upgrade drain and revive, which also see to the clients";

    private static final Map<String, String> OF_CTL = Map.ofEntries(
            Map.entry("join_cluster", ONE_NODE),
            Map.entry("forget_cluster_node", ONE_NODE),
            Map.entry("change_cluster_node_type", ONE_NODE),
            Map.entry("rename_cluster_node", ONE_NODE),
            Map.entry("update_cluster_nodes", ONE_NODE),
            Map.entry("force_boot", ONE_NODE),
            Map.entry("sync_queue", "queues are not mirrored"),
            Map.entry("cancel_sync_queue", "queues are not mirrored"),
            Map.entry("start_app", ONE_PROCESS),
            Map.entry("stop_app", ONE_PROCESS),
            Map.entry("reset", "stop the broker and remove its data directory"),
            Map.entry("force_reset", "stop the broker and remove its data directory"),
            Map.entry("suspend_listeners", MAINTENANCE),
            Map.entry("resume_listeners", MAINTENANCE),
            Map.entry("eval_file", NO_ERLANG),
            Map.entry("exec", NO_ERLANG),
            Map.entry("force_gc", NO_ERLANG),
            Map.entry("environment", "see docs/configuration.md and the options the broker was started with"),
            Map.entry("report", "use status, cluster_status and the list commands"),
            Map.entry("encode", "configuration values are not encrypted"),
            Map.entry("decode", "configuration values are not encrypted"),
            Map.entry("list_hashes", "configuration values are not encrypted"),
            Map.entry("list_ciphers", "configuration values are not encrypted"));
    private static final Map<String, String> OF_QUEUES = Map.of(
            "add_member", ONE_NODE,
            "delete_member", ONE_NODE,
            "grow", ONE_NODE,
            "shrink", ONE_NODE);

    private static final String NO_STREAM_PROTOCOL = "clients come by AMQP and Kafka, not by the stream protocol";
    private static final Map<String, String> OF_STREAMS = Map.of(
            "add_super_stream", NO_STREAM_PROTOCOL,
            "delete_super_stream", NO_STREAM_PROTOCOL,
            "reset_offset", NO_STREAM_PROTOCOL,
            "activate_stream_consumer", NO_STREAM_PROTOCOL,
            "restart_stream", ONE_NODE,
            "coordinator_status", ONE_NODE);

    private Unsupported() {}

    static List<Command> ofCtl() {
        return commands(OF_CTL);
    }

    static List<Command> ofStreams() {
        return commands(OF_STREAMS);
    }

    static List<Command> ofQueues() {
        return commands(OF_QUEUES);
    }

    private static List<Command> commands(Map<String, String> reasons) {
        List<Command> commands = new ArrayList<>();
        reasons.forEach((name, reason) ->
                commands.add(Command.of(name, "(not supported: " + reason + ")", 0, Command.ANY, _ -> {
                    throw Failure.error(Exit.SOFTWARE, "'" + name + "' is not supported: " + reason);
                })));
        return commands;
    }
}
