package io.headrace.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/// What is done to queues, by `rabbitmqctl` and by `rabbitmq-queues`.
final class QueueCommands {
    private QueueCommands() {}

    static List<Command> all() {
        return List.of(
                Command.of("purge_queue", "[--vhost <vhost>] <queue>", 1, QueueCommands::purge),
                Command.of(
                                "delete_queue",
                                "[--vhost <vhost>] <queue_name> [--if-empty|-e] [--if-unused|-u]",
                                1,
                                QueueCommands::delete)
                        .withFlag("if-empty", "-e")
                        .withFlag("if-unused", "-u"));
    }

    /// Of `rabbitmq-queues`.
    static List<Command> ofReplicas() {
        return List.of(
                Command.of("quorum_status", "[--vhost <vhost>] <queue>", 1, QueueCommands::quorumStatus),
                Command.of("rebalance", "< all | classic | quorum | stream >", 1, QueueCommands::rebalance));
    }

    private static void purge(Call call) throws Failure {
        var queue = call.argument(0);
        call.announce("Purging queue '" + queue + "' in vhost '" + call.vhost() + "' ...");
        var reply = call.delete("queues", call.vhost(), queue, "contents");
        if (reply.missing()) {
            throw Failure.unavailable("not_found");
        }
        reply.orFail(Exit.UNAVAILABLE);
    }

    private static void delete(Call call) throws Failure {
        var queue = call.argument(0);
        List<String> conditions = new ArrayList<>();
        if (call.words().has("if-empty")) {
            conditions.add("if queue is empty ");
        }
        if (call.words().has("if-unused")) {
            conditions.add("if queue is unused ");
        }
        call.announce("Deleting queue '" + queue + "' on vhost '" + call.vhost() + "' "
                + String.join("and ", conditions) + "...");
        var found = call.find("queues", call.vhost(), queue)
                .orElseThrow(() -> Failure.error(Exit.USAGE, "Queue not found"));
        var query = "?if-empty=" + call.words().has("if-empty") + "&if-unused="
                + call.words().has("if-unused");
        var reply = call.api().request("DELETE", Api.path("queues", call.vhost(), queue) + query, null, "");
        if (!reply.ok()) {
            throw refused(found, reply, call);
        }
        call.terminal()
                .line("Queue was successfully deleted with "
                        + found.path("messages_ready").asLong() + " ready messages");
    }

    private static Failure refused(JsonNode queue, Reply reply, Call call) {
        if (call.words().has("if-unused") && queue.path("consumers").asLong() > 0) {
            return Failure.error(Exit.USAGE, "Queue is in use");
        }
        if (call.words().has("if-empty") && queue.path("messages_ready").asLong() > 0) {
            return Failure.error(Exit.USAGE, "Queue is not empty");
        }
        return Failure.unavailable(reply.reason());
    }

    // ---- replicas, of which each queue has one ----

    private static void quorumStatus(Call call) throws Failure {
        var name = call.argument(0);
        call.announce("Status of quorum queue " + name + " on node " + call.node() + " ...");
        var queue = call.find("queues", call.vhost(), name).orElseThrow(() -> Failure.unavailable("not_found"));
        if (!queue.path("type").asText().equals("quorum")) {
            throw Failure.unavailable(
                    "Cannot get quorum status of a " + queue.path("type").asText() + " queue");
        }
        var status = call.get("queues", "quorum", call.vhost(), name, "status");
        // one log for all: it has no numbers of a queue's own to show
        var names = List.of(
                "Node Name",
                "Raft State",
                "Membership",
                "Last Log Index",
                "Last Written",
                "Last Applied",
                "Commit Index",
                "Snapshot Index",
                "Term",
                "Machine Version");
        List<Column> columns = new ArrayList<>();
        for (String column : names) {
            columns.add(Column.text(column, replica -> replica.path(column).asText("undefined")));
        }
        call.terminal().framed(new Table(columns).rows(status));
    }

    private static void rebalance(Call call) throws Failure {
        var which = call.argument(0);
        if (!List.of("all", "classic", "quorum", "stream").contains(which)) {
            throw Failure.usage(
                    Exit.USAGE, "type " + which + " is not supported. Try one of all, classic, quorum, stream.");
        }
        call.announce("Re-balancing leaders of " + which + " queues...");
        call.api().send("POST", null, "rebalance", "queues").orFail();
        long quorum = 0;
        for (JsonNode queue : call.get("queues")) {
            quorum += queue.path("type").asText().equals("quorum") ? 1 : 0;
        }
        var nodes = Api.JSON.createArrayNode();
        nodes.addObject().put("Node name", call.node()).put("Number of quorum queues", quorum);
        call.terminal()
                .framed(Table.of(Column.alike("Node name", "Number of quorum queues"))
                        .rows(nodes));
    }
}
