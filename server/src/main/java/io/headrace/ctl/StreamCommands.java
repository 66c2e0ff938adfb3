package io.headrace.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/// `rabbitmq-streams`: a stream has one replica here, and no client comes by the stream protocol.
final class StreamCommands {
    private static final Table STATUS =
            Table.of(Column.alike("role", "node", "offset", "committed_offset", "first_offset", "readers", "segments"));
    private static final String STREAM = "stream";

    private StreamCommands() {}

    static List<Command> all() {
        return List.of(
                Command.of("add_replica", "[--vhost <vhost>] <queue> <node>", 2, StreamCommands::addReplica),
                Command.of("delete_replica", "[--vhost <vhost>] <queue> <node>", 2, StreamCommands::deleteReplica),
                Command.of("stream_status", "[--vhost <vhost>] [--tracking] <queue>", 1, StreamCommands::status)
                        .withFlag("tracking"),
                Command.of(
                        "set_stream_retention_policy",
                        "[--vhost <vhost>] <name> <policy>",
                        2,
                        StreamCommands::setRetention),
                none("list_stream_connections", "Listing stream connections ..."),
                none("list_stream_consumers", "Listing stream consumers ..."),
                none("list_stream_publishers", "Listing stream publishers ..."),
                none("list_stream_consumer_groups", "Listing stream consumer groups ..."),
                none("list_stream_tracking", "Listing tracking information for stream ..."));
    }

    /// Those who read a stream by AMQP are not meant: RabbitMQ does not list them here either.
    private static Command none(String name, String banner) {
        return Command.of(name, "[--vhost <vhost>] [<column> ...]", 0, Command.ANY, call -> {
            call.announce(banner);
            call.get("overview"); // the broker answers
            call.terminal().rowsAtOnce(new Rows(List.of(), List.of()));
        });
    }

    /// @param refused goes on with `a classic queue`
    private static void beStream(Call call, String refused) throws Failure {
        var type = call.find("queues", call.vhost(), call.argument(0))
                .orElseThrow(() -> Failure.unavailable("not_found"))
                .path("type")
                .asText();
        if (!type.equals(STREAM)) {
            throw Failure.unavailable(refused + " a " + type + " queue");
        }
    }

    private static void addReplica(Call call) throws Failure {
        var node = call.argument(1);
        call.announce("Adding a replica for queue " + call.argument(0) + " on node " + node + "...");
        beStream(call, "Cannot add replicas to");
        if (!node.equals(call.node())) {
            throw Failure.unavailable("node_not_running");
        }
    }

    private static void deleteReplica(Call call) throws Failure {
        var node = call.argument(1);
        call.announce("Removing a replica of queue " + call.argument(0) + " on node " + node + "...");
        beStream(call, "Cannot delete replicas from");
        throw Failure.unavailable(
                node.equals(call.node()) ? "Cannot delete the last member of a stream" : "node_not_running");
    }

    private static void status(Call call) throws Failure {
        call.announce("Status of stream " + call.argument(0) + " on node " + call.node() + " ...");
        beStream(call, "Cannot get stream status of");
        if (call.words().has("tracking")) {
            call.terminal().line("[]"); // offsets are stored by the stream protocol alone
            return;
        }
        JsonNode status = call.get("headrace", "streams", call.vhost(), call.argument(0), "status");
        call.terminal().framed(STATUS.rows(status));
    }

    private static void setRetention(Call call) throws Failure {
        var policy = call.argument(1);
        call.announce("Setting retention policy of stream queue " + call.argument(0) + " to " + policy + " ...");
        beStream(call, "Cannot set the retention of");
        call.put(
                        Api.object().put("max-age", policy),
                        "headrace",
                        "streams",
                        call.vhost(),
                        call.argument(0),
                        "retention")
                .orFail(Exit.UNAVAILABLE);
    }
}
