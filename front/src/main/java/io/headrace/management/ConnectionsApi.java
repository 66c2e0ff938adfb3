package io.headrace.management;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headrace.broker.ConnectionReport;
import io.headrace.broker.ObservedConnection;
import io.headrace.http.HttpResponse;
import io.headrace.management.Measured.Wanted;
import io.headrace.net.Addresses;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/// Connections and their channels.
final class ConnectionsApi {
    private static final String REASON = "Closed via management plugin";
    private static final int AT_ONCE = 500;

    private final Ground ground;
    private final Observing observing;
    private final ConsumersApi consumers;
    private final Pairs pairs;

    ConnectionsApi(Ground ground, Observing observing, ConsumersApi consumers, Pairs pairs) {
        this.pairs = pairs;
        this.ground = ground;
        this.observing = observing;
        this.consumers = consumers;
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", "/api/connections", Rule.MANAGEMENT, this::list),
                new Route("GET", "/api/vhosts/{vhost}/connections", Rule.VHOST_OR_MONITORING, this::list),
                new Route("GET", "/api/connections/{connection}", Rule.OWNER, this::one),
                new Route("DELETE", "/api/connections/{connection}", Rule.OWNER, this::close),
                new Route("GET", "/api/connections/{connection}/channels", Rule.OWNER, this::channelsOfOne),
                new Route("GET", "/api/connections/username/{user}", Rule.OWNER, this::ofUser),
                new Route("DELETE", "/api/connections/username/{user}", Rule.OWNER, this::closeOfUser),
                new Route("GET", "/api/channels", Rule.MANAGEMENT, this::channels),
                new Route("GET", "/api/vhosts/{vhost}/channels", Rule.VHOST_OR_MONITORING, this::channels),
                new Route("GET", "/api/channels/{channel}", Rule.OWNER, this::channel));
    }

    // ---- connections ----

    private HttpResponse list(Call call) throws Problem, InterruptedException {
        return list(call, observing.connections(call));
    }

    private HttpResponse ofUser(Call call) throws Problem, InterruptedException {
        return list(call, connectionsOfUser(call));
    }

    private List<ObservedConnection> connectionsOfUser(Call call) {
        return observing.connections(call).stream()
                .filter(connection -> connection.user().equals(call.path("user")))
                .toList();
    }

    private HttpResponse list(Call call, List<ObservedConnection> connections) throws Problem, InterruptedException {
        var wanted = Wanted.of(call.query(), "data_rates");
        return Listing.list(call, connections, ObservedConnection::name, rows -> render(rows, wanted));
    }

    private HttpResponse one(Call call) throws Problem, InterruptedException {
        var connection = observing.connection(call.path("connection"));
        return Listing.one(
                call,
                render(List.of(connection), Wanted.of(call.query(), "data_rates"))
                        .getFirst());
    }

    private HttpResponse close(Call call) throws Problem {
        close(call, observing.connection(call.path("connection")));
        return HttpResponse.empty(204);
    }

    private HttpResponse closeOfUser(Call call) {
        connectionsOfUser(call).forEach(connection -> close(call, connection));
        return HttpResponse.empty(204);
    }

    private static void close(Call call, ObservedConnection connection) {
        connection.close(call.request().header("x-reason").orElse(REASON));
    }

    private record Seen(ConnectionReport report, Measured measured) {}

    private List<ObjectNode> render(List<ObservedConnection> connections, Wanted wanted)
            throws Problem, InterruptedException {
        List<ObjectNode> nodes = new ArrayList<>(connections.size());
        for (int from = 0; from < connections.size(); from += AT_ONCE) {
            var some = connections.subList(from, Math.min(connections.size(), from + AT_ONCE));
            var seen = ground.loop()
                    .ask(() -> some.stream()
                            .map(connection -> {
                                var report = connection.report();
                                return new Seen(
                                        report,
                                        ground.sampler().connection(connection, report.traffic(), wanted.ageMillis()));
                            })
                            .toList());
            seen.forEach(connection -> nodes.add(render(connection, wanted)));
        }
        return nodes;
    }

    private ObjectNode render(Seen seen, Wanted wanted) {
        var report = seen.report;
        var json = Json.object()
                .put("name", report.name())
                .put("node", ground.nodeName())
                .put("type", "network")
                .put("protocol", report.protocol())
                .put("user", report.user())
                .put("user_who_performed_action", report.user())
                .put("vhost", report.vhost())
                .put("auth_mechanism", report.mechanism())
                .put("timeout", report.heartbeatSeconds())
                .put("frame_max", report.frameBytesMax())
                .put("channel_max", report.channelMax())
                .put("channels", report.channels().size())
                .put("connected_at", report.connectedMillis())
                .put("state", report.state())
                .put("ssl", report.tls().isPresent());
        if (!report.givenName().isEmpty()) {
            json.put("user_provided_name", report.givenName());
        }
        report.tls().ifPresent(session -> tls(json, session));
        if (report.local() instanceof InetSocketAddress local) {
            json.put("host", Addresses.hostOnly(local)).put("port", local.getPort());
        }
        ConsumersApi.peer(json, report.remote());
        json.set("client_properties", Json.of(report.clientProperties()));
        seen.measured.put(json, "recv_oct", 0, wanted);
        seen.measured.put(json, "send_oct", 1, wanted);
        seen.measured.put(json, "recv_cnt", 2, wanted);
        seen.measured.put(json, "send_cnt", 3, wanted);
        json.put("send_pend", report.traffic().pendingBytes());
        json.put("reductions", 0);
        json.putObject("garbage_collection");
        return json;
    }

    private static void tls(ObjectNode json, SSLSession session) {
        json.put("ssl_protocol", session.getProtocol().toLowerCase(java.util.Locale.ROOT))
                .put("ssl_cipher", session.getCipherSuite());
        try {
            var certificate = (X509Certificate) session.getPeerCertificates()[0];
            json.put("peer_cert_subject", certificate.getSubjectX500Principal().getName())
                    .put(
                            "peer_cert_issuer",
                            certificate.getIssuerX500Principal().getName())
                    .put("peer_cert_validity", certificate.getNotBefore() + " - " + certificate.getNotAfter());
        } catch (SSLPeerUnverifiedException _) {
            // it showed none, as most do
        }
    }

    // ---- channels ----

    private HttpResponse channels(Call call) throws Problem, InterruptedException {
        return channels(call, observing.connections(call));
    }

    private HttpResponse channelsOfOne(Call call) throws Problem, InterruptedException {
        return channels(call, List.of(observing.connection(call.path("connection"))));
    }

    private HttpResponse channels(Call call, List<ObservedConnection> connections)
            throws Problem, InterruptedException {
        var wanted = Wanted.of(call.query(), "msg_rates");
        return Listing.list(
                call, observing.channels(connections), Observing.Channel::name, rows -> renderChannels(rows, wanted));
    }

    private HttpResponse channel(Call call) throws Problem, InterruptedException {
        var name = call.path("channel");
        var connection = observing.connection(Observing.connectionOf(name));
        var channel = observing.channels(List.of(connection)).stream()
                .filter(found -> found.name().equals(name))
                .findFirst()
                .orElseThrow(Problem::notFound);
        var json = renderChannels(List.of(channel), Wanted.of(call.query(), "msg_rates"))
                .getFirst();
        json.set("consumer_details", consumers.ofChannel(channel));
        json.set("publishes", pairs.publishes(channel));
        json.set("deliveries", pairs.deliveries(channel));
        return Listing.one(call, json);
    }

    private List<ObjectNode> renderChannels(List<Observing.Channel> channels, Wanted wanted)
            throws Problem, InterruptedException {
        var measured = ground.loop()
                .ask(() -> channels.stream()
                        .map(channel ->
                                ground.sampler().channel(channel.observed(), channel.report(), wanted.ageMillis()))
                        .toList());
        List<ObjectNode> nodes = new ArrayList<>(channels.size());
        for (int i = 0; i < channels.size(); i++) {
            nodes.add(render(channels.get(i), measured.get(i), wanted));
        }
        return nodes;
    }

    private ObjectNode render(Observing.Channel channel, Measured measured, Wanted wanted) {
        var report = channel.report();
        var connection = channel.connection();
        var json = Json.object()
                .put("name", channel.name())
                .put("number", report.number())
                .put("node", ground.nodeName())
                .put("user", connection.user())
                .put("user_who_performed_action", connection.user())
                .put("vhost", connection.vhost())
                .put("state", report.state())
                .put("confirm", report.confirm())
                .put("transactional", report.transactional())
                .put("consumer_count", report.consumers().size())
                .put("messages_unacknowledged", report.unacked())
                .put("messages_unconfirmed", report.unconfirmed())
                .put("messages_uncommitted", report.uncommitted())
                .put("acks_uncommitted", report.uncommittedAcks())
                .put("prefetch_count", report.prefetch())
                .put("global_prefetch_count", report.sharedPrefetch())
                .put("pending_raft_commands", 0)
                .put("reductions", 0);
        json.putObject("garbage_collection");
        var details = json.putObject("connection_details").put("name", connection.name());
        ConsumersApi.peer(details, connection.remote());
        var stats = MessageStats.of(measured, 0, wanted);
        if (!stats.isEmpty()) {
            json.set("message_stats", stats);
        }
        return json;
    }
}
