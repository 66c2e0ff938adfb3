package io.headrace.ctl;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// The names that this program is called by, and what each of them knows.
enum Tool {
    CTL("rabbitmqctl", Tool::ctl),
    DIAGNOSTICS("rabbitmq-diagnostics", Tool::diagnostics),
    QUEUES("rabbitmq-queues", Tool::queues),
    PLUGINS("rabbitmq-plugins", PluginCommands::all),
    STREAMS("rabbitmq-streams", Tool::streams),
    UPGRADE("rabbitmq-upgrade", UpgradeCommands::all),
    HEADRACE("headrace", HeadraceCommands::all);

    private final String word;
    private final Supplier<List<Command>> commands;

    Tool(String word, Supplier<List<Command>> commands) {
        this.word = word;
        this.commands = commands;
    }

    static Optional<Tool> of(String word) {
        for (Tool tool : values()) {
            if (tool.word.equals(word)) {
                return Optional.of(tool);
            }
        }
        return Optional.empty();
    }

    String word() {
        return word;
    }

    List<Command> commands() {
        return commands.get();
    }

    private static List<Command> ctl() {
        List<Command> all = new ArrayList<>();
        all.addAll(NodeCommands.all());
        all.addAll(LifeCommands.all());
        all.addAll(Listings.all());
        all.addAll(UserCommands.all());
        all.addAll(PermissionCommands.all());
        all.addAll(VhostCommands.all());
        all.addAll(LimitCommands.all());
        all.addAll(PolicyCommands.all());
        all.addAll(QueueCommands.all());
        all.addAll(ConnectionCommands.all());
        all.addAll(Definitions.all());
        all.addAll(Unsupported.ofCtl());
        return all;
    }

    /// Asks only: whatever `rabbitmqctl` has that changes nothing, too.
    private static List<Command> diagnostics() {
        List<Command> all = new ArrayList<>(DiagnosticsCommands.all());
        ctl().stream()
                .filter(command -> command.name().startsWith("list_")
                        || List.of("status", "cluster_status", "ping", "node_health_check", "version")
                                .contains(command.name()))
                .forEach(all::add);
        return all;
    }

    private static List<Command> streams() {
        List<Command> all = new ArrayList<>(StreamCommands.all());
        all.addAll(Unsupported.ofStreams());
        return all;
    }

    private static List<Command> queues() {
        List<Command> all = new ArrayList<>(QueueCommands.ofReplicas());
        all.add(DiagnosticsCommands.quorumCritical());
        all.add(MessageCommands.peekAtPosition());
        all.addAll(Unsupported.ofQueues());
        return all;
    }
}
