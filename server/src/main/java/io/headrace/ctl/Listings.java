package io.headrace.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/// `list_queues` and the like: what clients made and what they do.
final class Listings {
    private Listings() {}

    static List<Command> all() {
        return List.of(
                Command.of(
                                "list_queues",
                                "[--vhost <vhost>] [--online] [--offline] [--local] [--no-table-headers] [<column>, ...]"
                                        + " [--timeout <timeout>]",
                                0,
                                Command.ANY,
                                Listings::queues)
                        .withFlag("online")
                        .withFlag("offline")
                        .withFlag("local"),
                BINDINGS.command("list_bindings"),
                CHANNELS.command("list_channels"),
                CONNECTIONS.command("list_connections"),
                CONSUMERS.command("list_consumers"),
                EXCHANGES.command("list_exchanges"),
                Command.of(
                        "list_unresponsive_queues",
                        "[--queue-timeout <ms>] [<column> ...]",
                        0,
                        Command.ANY,
                        Listings::unresponsive));
    }

    private static final Listing QUEUES = Listing.of(
            call -> "Listing queues for vhost " + call.vhost() + " ...",
            // there is one node, and it is online, or nobody would answer
            call -> call.words().has("offline")
                    ? Api.JSON.createArrayNode()
                    : Listing.ofVhost("queues").ask(call),
            List.of("name", "messages"),
            Column.alike(
                    "name",
                    "durable",
                    "auto_delete",
                    "arguments",
                    "policy",
                    "operator_policy",
                    "effective_policy_definition"),
            List.of(
                    Column.text("pid", queue -> Pids.of(queue, "queue " + queue.path("vhost") + queue.path("name"))),
                    Column.text("owner_pid", Listings::owner)),
            Column.alike(
                    "exclusive",
                    "exclusive_consumer_pid",
                    "exclusive_consumer_tag",
                    "messages_ready",
                    "messages_unacknowledged",
                    "messages",
                    "messages_ready_ram",
                    "messages_unacknowledged_ram",
                    "messages_ram",
                    "messages_persistent",
                    "message_bytes",
                    "message_bytes_ready",
                    "message_bytes_unacknowledged",
                    "message_bytes_ram",
                    "message_bytes_persistent",
                    "head_message_timestamp",
                    "disk_reads",
                    "disk_writes",
                    "consumers",
                    "consumer_utilisation",
                    "consumer_capacity",
                    "memory",
                    "state",
                    "type",
                    "leader",
                    "members",
                    "online"));

    private static void queues(Call call) throws Failure {
        QUEUES.wanted(call); // what is wrong with the command is told before anything else
        call.api();
        call.terminal().banner("Timeout: " + call.timeoutSeconds() + " seconds ...");
        QUEUES.run(call);
    }

    /// All queues are one process: who answers for one answers for all.
    private static void unresponsive(Call call) throws Failure {
        call.announce("Listing unresponsive queues for vhost " + call.vhost() + " ...");
        call.find("queues", call.vhost());
    }

    private static String owner(JsonNode queue) {
        var name = queue.at("/owner_pid_details/name").asText();
        return name.isEmpty() ? "" : Pids.of(queue, name);
    }

    private static final Listing EXCHANGES = Listing.of(
            call -> "Listing exchanges for vhost " + call.vhost() + " ...",
            Listing.ofVhost("exchanges"),
            List.of("name", "type"),
            Column.alike("name", "type", "durable", "auto_delete", "internal", "arguments", "policy"));

    private static final Listing BINDINGS = Listing.of(
            call -> "Listing bindings for vhost " + call.vhost() + "...",
            Listing.ofVhost("bindings"),
            List.of("source_name", "source_kind", "destination_name", "destination_kind", "routing_key", "arguments"),
            List.of(
                    Column.at("source_name", "source"),
                    Column.text("source_kind", _ -> "exchange"),
                    Column.at("destination_name", "destination"),
                    Column.at("destination_kind", "destination_type")),
            Column.alike("routing_key", "arguments", "vhost"));

    private static final Listing CONNECTIONS = Listing.of(
            _ -> "Listing connections ...",
            call -> call.get("connections"),
            List.of("user", "peer_host", "peer_port", "state"),
            List.of(Column.text(
                    "pid",
                    connection -> Pids.of(connection, connection.path("name").asText()))),
            Column.alike(
                    "name",
                    "port",
                    "host",
                    "peer_port",
                    "peer_host",
                    "ssl",
                    "ssl_protocol",
                    "ssl_key_exchange",
                    "ssl_cipher",
                    "ssl_hash",
                    "peer_cert_subject",
                    "peer_cert_issuer",
                    "peer_cert_validity",
                    "state",
                    "channels",
                    "protocol",
                    "auth_mechanism",
                    "user",
                    "vhost",
                    "timeout",
                    "frame_max",
                    "channel_max",
                    "client_properties",
                    "recv_oct",
                    "recv_cnt",
                    "send_oct",
                    "send_cnt",
                    "send_pend",
                    "connected_at"));

    private static final Listing CHANNELS = Listing.of(
            _ -> "Listing channels ...",
            call -> call.get("channels"),
            List.of("pid", "user", "consumer_count", "messages_unacknowledged"),
            List.of(
                    Column.text(
                            "pid",
                            channel -> Pids.of(channel, channel.path("name").asText())),
                    Column.text(
                            "connection",
                            channel -> Pids.of(
                                    channel,
                                    channel.at("/connection_details/name").asText()))),
            Column.alike(
                    "name",
                    "number",
                    "user",
                    "vhost",
                    "transactional",
                    "confirm",
                    "consumer_count",
                    "messages_unacknowledged",
                    "messages_uncommitted",
                    "acks_uncommitted",
                    "messages_unconfirmed",
                    "prefetch_count",
                    "global_prefetch_count"));

    private static final Listing CONSUMERS = Listing.of(
            call -> "Listing consumers in vhost " + call.vhost() + " ...",
            Listing.ofVhost("consumers"),
            List.of(
                    "queue_name",
                    "channel_pid",
                    "consumer_tag",
                    "ack_required",
                    "prefetch_count",
                    "active",
                    "arguments"),
            List.of(
                    Column.at("queue_name", "queue/name"),
                    Column.text(
                            "channel_pid",
                            consumer -> Pids.of(
                                    consumer.path("channel_details"),
                                    consumer.at("/channel_details/name").asText()))),
            Column.alike("consumer_tag", "ack_required", "prefetch_count", "active", "arguments", "activity_status"));
}
