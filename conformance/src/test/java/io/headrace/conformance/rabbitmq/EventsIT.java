package io.headrace.conformance.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DeliverCallback;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.LongString;
import io.headrace.conformance.Transcript;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Goal: who listens to RabbitMQ's event exchange hears the same here: keys, attributes, their types and values.
/// Method: things come and go by AMQP and by the HTTP API, step by step; what is told of each step is compared with
/// what RabbitMQ 3.10.8 told, which is kept in a file.
///
/// To record anew, start a RabbitMQ with the plugins `rabbitmq_management` and `rabbitmq_event_exchange` and run this
/// with the properties that [RabbitMqDifferentialIT] names.
@DisplayNameGeneration(ReplaceUnderscores.class)
class EventsIT {
    private static final long PATIENCE_SECONDS = 30;
    private static final DeliverCallback IGNORED = (_, _) -> {};

    private final Transcript transcript = new Transcript();
    private final LinkedBlockingQueue<Delivery> events = new LinkedBlockingQueue<>();
    private Target target;
    private int steps;

    private interface Action {
        void run() throws Exception;
    }

    /// @param last a key that something told of this step has; what happens aside comes when it comes
    private void step(String name, String last, Action action) throws Exception {
        action.run();
        var marker = "step " + ++steps;
        List<Delivery> told = new ArrayList<>();
        boolean complete = last.isEmpty();
        while (!complete) {
            told.add(next());
            complete = told.getLast().getEnvelope().getRoutingKey().equals(last);
        }
        target.management().call("PUT", "global-parameters/" + steps, "{\"value\":\"" + marker + "\"}");
        for (var event = next(); !header(event, "value").equals(marker); event = next()) {
            told.add(event);
        }
        transcript.add(
                name, told.stream().flatMap(event -> lines(event).stream()).toList());
    }

    private void http(String method, String path, String body) throws Exception {
        step(
                method + " " + path + " " + body,
                "",
                () -> assertThat(target.management().call(method, path, body)).startsWith("20"));
    }

    private Delivery next() throws InterruptedException {
        var event = events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(event).as("one more event").isNotNull();
        return event;
    }

    private static String header(Delivery event, String name) {
        return String.valueOf(event.getProperties().getHeaders().get(name));
    }

    // ---- an event as lines ----

    private static List<String> lines(Delivery event) {
        var key = event.getEnvelope().getRoutingKey();
        var name = header(event, "component").equals("null") ? header(event, "name") : header(event, "component");
        var label = key + (key.startsWith("exchange.") || key.startsWith("parameter.") ? "(" + name + ")" : "");
        List<String> lines = new ArrayList<>();
        lines.add(label + " from " + event.getEnvelope().getExchange() + ", delivery mode "
                + event.getProperties().getDeliveryMode() + ", timestamp "
                + (event.getProperties().getTimestamp() != null) + ", bytes " + event.getBody().length);
        new TreeMap<>(event.getProperties().getHeaders())
                .forEach((header, value) -> lines.add(label + "." + header + " = " + shown(header, value)));
        return lines;
    }

    /// With its type; what is another each time, by its kind.
    private static String shown(String header, Object value) {
        var text = text(value);
        return switch (header) {
            case "timestamp_in_ms", "connected_at", "port", "peer_port" ->
                value.getClass().getSimpleName();
            case "pid", "connection", "channel", "owner_pid" ->
                text.matches("\"<[^<>]+(\\.[0-9]+){3}>\"") ? "a process id" : text;
            case "host", "peer_host" -> text.matches("\"\\{[0-9,]+}\"") ? "an address" : text;
            case "node" -> text.contains("@") ? "a node" : text;
            case "cluster_state" -> text.replaceAll("\\{.*=", "{a node=");
            case "client_properties" -> text.contains("{<<\"product\">>,longstr,<<\"RabbitMQ\">>}") ? "terms" : text;
            case "arguments" -> // in the order of a map that has none
                ((List<?>) value).stream().map(EventsIT::text).sorted().toList().toString();
            case "error" -> characters((List<?>) value);
            default -> text.replaceAll("127\\.0\\.0\\.1:[0-9]+", "127.0.0.1:PORT");
        };
    }

    private static String text(Object value) {
        return switch (value) {
            case null -> "void";
            case LongString text -> "\"" + text + "\"";
            case List<?> list -> list.stream().map(EventsIT::text).toList().toString();
            case Map<?, ?> map -> {
                var sorted = new TreeMap<String, String>();
                map.forEach((name, item) -> sorted.put(name.toString(), text(item)));
                yield sorted.toString();
            }
            default -> value.getClass().getSimpleName() + " " + value;
        };
    }

    private static String characters(List<?> codes) {
        var text = new StringBuilder("characters ");
        codes.forEach(code -> text.appendCodePoint(((Long) code).intValue()));
        return text.toString();
    }

    // ---- the script ----

    @Test
    void every_event_is_told_as_rabbitmq_tells_it_or_differs_for_a_reason(@TempDir Path data) throws Exception {
        try (var opened = Target.openDefaultVhost(data, "--events-enabled", "true")) {
            target = opened;
            try (Connection listening = target.amqp().factory().newConnection()) {
                listen(listening.createChannel());
                byAmqp();
                byHttp();
            }
        }
        new Differential("events-3.10.8").check(transcript);
    }

    private void listen(Channel channel) throws Exception {
        step("binding the first queue", "consumer.created", () -> {
            channel.queueDeclare("listener", false, true, false, null);
            channel.queueBind("listener", "amq.rabbitmq.event", "#");
            channel.basicConsume("listener", true, "listener", (_, event) -> events.add(event), _ -> {});
        });
    }

    private void byAmqp() throws Exception {
        var open = new Connection[1];
        step(
                "a connection",
                "connection.created",
                () -> open[0] = target.amqp().factory().newConnection("my connection"));
        var opened = new Channel[1];
        step("a channel", "channel.created", () -> opened[0] = open[0].createChannel());
        var channel = opened[0];
        step(
                "a queue",
                "",
                () -> channel.queueDeclare(
                        "q", true, false, false, Map.of("x-queue-type", "classic", "x-max-length", 5)));
        step(
                "the same queue",
                "",
                () -> channel.queueDeclare(
                        "q", true, false, false, Map.of("x-queue-type", "classic", "x-max-length", 5)));
        step(
                "a quorum queue",
                "",
                () -> channel.queueDeclare("quorum", true, false, false, Map.of("x-queue-type", "quorum")));
        step("an exchange", "", () -> channel.exchangeDeclare("x", BuiltinExchangeType.TOPIC, true));
        step("a binding", "", () -> channel.queueBind("q", "x", "a.b", Map.of("k", 1, "t", "text", "b", true)));
        step(
                "a consumer",
                "consumer.created",
                () -> channel.basicConsume("q", false, "tag", false, false, Map.of("x-priority", 3), IGNORED, _ -> {}));
        step("its end", "consumer.deleted", () -> channel.basicCancel("tag"));
        step("an unbinding", "", () -> channel.queueUnbind("q", "x", "a.b", Map.of("k", 1, "t", "text", "b", true)));
        step("an exchange behind it", "", () -> {
            channel.exchangeDeclare("behind", BuiltinExchangeType.FANOUT);
            channel.exchangeBind("behind", "x", "k");
        });
        step("which goes", "", () -> channel.exchangeDelete("behind"));
        step("a queue that is bound goes", "queue.deleted", () -> {
            channel.queueBind("q", "x", "again");
            channel.queueDelete("q");
        });
        step("the exchange goes", "", () -> channel.exchangeDelete("x"));
        step("the quorum queue goes", "queue.deleted", () -> channel.queueDelete("quorum"));
        var classic = Map.<String, Object>of("x-queue-type", "classic");
        step("a queue of its own", "", () -> channel.queueDeclare("mine", false, true, false, classic));
        step("a queue while it is used", "", () -> channel.queueDeclare("used", false, false, true, classic));
        step("which is used", "consumer.created", () -> channel.basicConsume("used", true, "use", IGNORED, _ -> {}));
        step("and no more", "queue.deleted", () -> channel.basicCancel("use"));
        step(
                "a consumer of its own queue",
                "consumer.created",
                () -> channel.basicConsume("mine", true, "own", IGNORED, _ -> {}));
        step("the channel closes", "channel.closed", channel::close);
        step("the connection closes", "connection.closed", () -> open[0].close());
        step("a wrong password", "user.authentication.failure", () -> {
            var factory = target.amqp().factory();
            factory.setPassword("wrong");
            try {
                factory.newConnection();
            } catch (AuthenticationFailureException _) {
                // as it should be
            }
        });
    }

    private void byHttp() throws Exception {
        http("PUT", "users/u", "{\"password\":\"p\",\"tags\":\"management\"}");
        http("PUT", "users/u", "{\"password\":\"p2\",\"tags\":\"monitoring,policymaker\"}");
        http("PUT", "user-limits/u/max-channels", "{\"value\":5}");
        http("DELETE", "user-limits/u/max-channels", "");
        http("PUT", "vhosts/v", "{\"description\":\"d\",\"tags\":\"a,b\"}");
        http("PUT", "vhosts/v", "{\"description\":\"e\",\"tags\":\"a\"}");
        http("PUT", "permissions/v/u", "{\"configure\":\"c\",\"write\":\"w\",\"read\":\"r\"}");
        http("PUT", "topic-permissions/v/u", "{\"exchange\":\"amq.topic\",\"write\":\"w\",\"read\":\"r\"}");
        http("DELETE", "topic-permissions/v/u", "");
        http("DELETE", "permissions/v/u", "");
        http("PUT", "vhost-limits/v/max-queues", "{\"value\":5}");
        http("DELETE", "vhost-limits/v/max-queues", "");
        http(
                "PUT",
                "policies/v/p",
                "{\"pattern\":\"^z\",\"definition\":{\"max-length\":5},\"priority\":1," + "\"apply-to\":\"queues\"}");
        http("DELETE", "policies/v/p", "");
        http(
                "PUT",
                "operator-policies/v/p",
                "{\"pattern\":\"^z\",\"definition\":{\"max-length\":5},\"priority\":1," + "\"apply-to\":\"queues\"}");
        http("DELETE", "operator-policies/v/p", "");
        http("PUT", "global-parameters/mine", "{\"value\":{\"a\":1}}");
        http("DELETE", "global-parameters/mine", "");
        http("PUT", "queues/%2F/h", "{\"durable\":true,\"arguments\":{\"x-queue-type\":\"classic\"}}");
        http("DELETE", "queues/%2F/h", "");
        http("PUT", "exchanges/%2F/h", "{\"type\":\"direct\"}");
        http("DELETE", "exchanges/%2F/h", "");
        http("PUT", "permissions/v/guest", "{\"configure\":\"z.*\",\"write\":\".*\",\"read\":\".*\"}");
        http("PUT", "queues/v/zq", "{\"durable\":true,\"arguments\":{\"x-queue-type\":\"classic\"}}");
        http("DELETE", "vhosts/v", "");
        http("DELETE", "users/u", "");
        for (int i = 1; i < steps; i++) { // the markers, of a broker that is not ours
            target.management().call("DELETE", "global-parameters/" + i, "");
        }
    }
}
