package io.headrace.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Base64;
import java.util.List;

/// Single messages, for people who try something out.
final class MessageCommands {
    private static final int PERSISTENT = 2;
    private static final int AT_ONCE = 100;

    private MessageCommands() {}

    static List<Command> all() {
        return List.of(
                Command.of(
                                "publish",
                                "[--vhost <vhost>] [--exchange <exchange>] <routing_key> [<payload>]",
                                1,
                                2,
                                MessageCommands::publish)
                        .with("exchange"),
                Command.of("consume", "[--vhost <vhost>] [--count <n>] <queue>", 1, MessageCommands::consume)
                        .with("count"),
                Command.of("peek", "[--vhost <vhost>] [--count <n>] <queue>", 1, MessageCommands::peek)
                        .with("count"));
    }

    /// As `rabbitmq-queues` has it: the message at a position, from 1 on.
    static Command peekAtPosition() {
        return Command.of("peek", "[--vhost <vhost>] <queue> <position>", 2, MessageCommands::peekAtPosition);
    }

    private static void peekAtPosition(Call call) throws Failure {
        var position = call.argument(1);
        if (!position.matches("[1-9][0-9]{0,8}")) {
            throw Failure.usage(Exit.USAGE, "position value must be a positive integer");
        }
        call.announce("Peeking at queue " + call.argument(0) + " at position " + position + "...");
        var messages = shown(call, Integer.parseInt(position) - 1, 1);
        if (messages.isEmpty()) {
            throw Failure.unavailable("Target queue does not have a message at that position");
        }
        print(call, messages.get(0));
    }

    private static void peek(Call call) throws Failure {
        call.stopIfRehearsed();
        for (JsonNode message : shown(call, 0, count(call))) {
            print(call, message);
        }
    }

    private static JsonNode shown(Call call, int skip, int count) throws Failure {
        var path = Api.path("headrace", "queues", call.vhost(), call.argument(0), "messages");
        return call.api()
                .request("GET", path + "?skip=" + skip + "&count=" + count, null, "")
                .orFail(Exit.UNAVAILABLE);
    }

    private static int count(Call call) throws Failure {
        var text = call.option("count").orElse("1");
        if (!text.matches("[0-9]{1,9}")) {
            throw Failure.usage(Exit.USAGE, "Invalid options for this command:\n--count : " + text);
        }
        return Integer.parseInt(text);
    }

    /// The default exchange has a name in paths.
    private static String exchange(Call call) {
        return call.option("exchange").filter(name -> !name.isEmpty()).orElse("amq.default");
    }

    private static void publish(Call call) throws Failure {
        call.announce("Publishing to exchange '" + call.option("exchange").orElse("") + "' in vhost '" + call.vhost()
                + "' with routing key '" + call.argument(0) + "' ...");
        var body = Api.object()
                .put("routing_key", call.argument(0))
                .put("payload", payload(call))
                .put("payload_encoding", "base64");
        body.putObject("properties").put("delivery_mode", PERSISTENT);
        var reply = call.api().send("POST", body, "exchanges", call.vhost(), exchange(call), "publish");
        if (reply.missing()) {
            throw Failure.unavailable("there is no exchange '" + exchange(call) + "' in vhost '" + call.vhost() + "'");
        }
        if (!reply.orFail(Exit.UNAVAILABLE).path("routed").asBoolean()) {
            throw Failure.unavailable("the message was not routed: no queue is bound that takes it");
        }
    }

    private static String payload(Call call) throws Failure {
        try {
            var bytes = call.arguments().size() > 1
                    ? call.argument(1).getBytes(java.nio.charset.StandardCharsets.UTF_8)
                    : System.in.readAllBytes();
            return Base64.getEncoder().encodeToString(bytes);
        } catch (IOException e) {
            throw Failure.error(Exit.SOFTWARE, "cannot read the payload: " + e.getMessage());
        }
    }

    /// They are acknowledged when the API hands them out: before they are printed.
    private static void consume(Call call) throws Failure {
        call.stopIfRehearsed();
        int left = count(call);
        while (left > 0) {
            var body = Api.object()
                    .put("count", Math.min(left, AT_ONCE))
                    .put("ackmode", "ack_requeue_false")
                    .put("encoding", "base64");
            var messages = call.api()
                    .send("POST", body, "queues", call.vhost(), call.argument(0), "get")
                    .orFail(Exit.UNAVAILABLE);
            if (messages.isEmpty()) {
                return;
            }
            left -= messages.size();
            for (JsonNode message : messages) {
                print(call, message);
            }
        }
    }

    private static byte[] payload(JsonNode message) {
        var text = message.path("payload").asText();
        return message.path("payload_encoding").asText().equals("base64")
                ? Base64.getDecoder().decode(text)
                : text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    private static void print(Call call, JsonNode message) {
        if (call.terminal().json()) {
            call.terminal().line(message.toString());
            return;
        }
        call.terminal().out().writeBytes(payload(message));
        call.terminal().line("");
    }
}
