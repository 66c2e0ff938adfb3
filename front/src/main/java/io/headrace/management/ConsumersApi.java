package io.headrace.management;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headrace.broker.ConsumerReport;
import io.headrace.http.HttpResponse;
import io.headrace.net.Addresses;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;

/// Consumers, which are found at their channels.
final class ConsumersApi {

    private final Ground ground;
    private final Observing observing;

    ConsumersApi(Ground ground, Observing observing) {
        this.ground = ground;
        this.observing = observing;
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", "/api/consumers", Rule.MANAGEMENT, this::list),
                new Route("GET", "/api/consumers/{vhost}", Rule.MANAGEMENT, this::list));
    }

    private record Consumer(Observing.Channel channel, ConsumerReport report) {}

    private List<Consumer> all() throws Problem, InterruptedException {
        List<Consumer> consumers = new ArrayList<>();
        for (var channel : observing.channels(
                List.copyOf(ground.observation().connections().open()))) {
            channel.report().consumers().forEach(report -> consumers.add(new Consumer(channel, report)));
        }
        return consumers;
    }

    private HttpResponse list(Call call) throws Problem, InterruptedException {
        if (call.has("vhost") && !ground.catalog().hasVhost(call.vhost())) {
            throw Problem.notFound();
        }
        var vhosts = call.vhosts().stream().filter(call.caller()::sees).toList();
        var visible = all().stream()
                .filter(consumer ->
                        vhosts.contains(consumer.channel.connection().vhost()))
                .toList();
        return Listing.list(call, visible, consumer -> consumer.report.tag(), Listing.each(this::render));
    }

    ArrayNode ofQueue(String vhost, String queue) throws Problem, InterruptedException {
        var array = Json.array();
        for (Consumer consumer : all()) {
            if (consumer.report.queue().equals(queue)
                    && consumer.channel.connection().vhost().equals(vhost)) {
                array.add(render(consumer));
            }
        }
        return array;
    }

    ArrayNode ofChannel(Observing.Channel channel) {
        var array = Json.array();
        channel.report().consumers().forEach(report -> array.add(render(new Consumer(channel, report))));
        return array;
    }

    private ObjectNode render(Consumer consumer) {
        var report = consumer.report;
        var connection = consumer.channel.connection();
        var json = Json.object()
                .put("consumer_tag", report.tag())
                .put("ack_required", report.manualAck())
                .put("prefetch_count", report.prefetch())
                .put("exclusive", report.exclusive())
                .put("active", report.active())
                .put("activity_status", report.active() ? "up" : "waiting")
                .put("consumer_timeout", report.ackTimeoutMillis());
        json.set("arguments", Json.of(report.arguments()));
        json.putObject("queue").put("name", report.queue()).put("vhost", connection.vhost());
        json.set("channel_details", channel(ground, consumer.channel));
        return json;
    }

    /// What tells a channel in lists of other things.
    static ObjectNode channel(Ground ground, Observing.Channel channel) {
        var connection = channel.connection();
        var json = Json.object()
                .put("name", channel.name())
                .put("number", channel.report().number())
                .put("connection_name", connection.name())
                .put("node", ground.nodeName())
                .put("user", connection.user());
        peer(json, connection.remote());
        return json;
    }

    static void peer(ObjectNode json, SocketAddress remote) {
        if (remote instanceof InetSocketAddress address) {
            json.put("peer_host", Addresses.hostOnly(address)).put("peer_port", address.getPort());
        } else {
            json.put("peer_host", "undefined").put("peer_port", 0);
        }
    }
}
