package io.headrace.conformance.rabbitmq;

import java.util.List;
import java.util.Map;

/// Declares queues: with every argument right and wrong, again as equal and as another, and what else is done to a
/// queue that has no messages.
final class QueueScript {
    private static final String[] TYPES = {"classic", "quorum"};

    private final Session session;
    private final Session other;

    private QueueScript(Script script) {
        session = script.session();
        other = script.session("other");
    }

    static void run(Script script) {
        var part = new QueueScript(script);
        part.arguments();
        part.argumentsOfStreams();
        part.types();
        part.equivalence();
        part.names();
        part.exclusive();
        part.autoDelete();
        part.deletion();
        part.bindings();
    }

    private void arguments() {
        for (String type : TYPES) {
            argument(type, "x-message-ttl", 0, 1000, 1000L, (short) 7, (byte) 7, -1, "1000", true, 1.5, null);
            argument(type, "x-message-ttl", 315_360_000_000L, 315_360_000_001L, List.of(1));
            argument(type, "x-expires", 60_000, 60_000L, 0, -1, "60000", true, 1.5, null, 315_360_000_001L);
            argument(type, "x-max-length", 0, 1, 10L, -1, "1", true, 1.5, null);
            argument(type, "x-max-length-bytes", 0, 1, 10L, -1, "1", true, null);
            argument(type, "x-overflow", "drop-head", "reject-publish", "reject-publish-dlx", "other", "", 1, true);
            argument(type, "x-dead-letter-exchange", "", "amq.direct", "none-such", 1, true, null);
            argument(type, "x-dead-letter-routing-key", "key", 1);
            argument(type, "x-dead-letter-strategy", "at-most-once", "at-least-once", "other", 1);
            argument(type, "x-max-priority", 0, 1, 10L, 255, 256, -1, "10", true, null);
            argument(type, "x-single-active-consumer", true, false, "true", 1);
            argument(type, "x-delivery-limit", 0, 5, -1, "5", true);
            argument(type, "x-queue-mode", "default", "lazy", "other", 1);
            argument(type, "x-queue-version", 1, 2, 3, 0, "2");
            argument(type, "x-queue-master-locator", "min-masters", "client-local", "random", "other", 1);
            argument(type, "x-queue-leader-locator", "client-local", "balanced", "random", "least-leaders", "other", 1);
            argument(type, "x-quorum-initial-group-size", 1, 3, 0, -1, "3");
            argument(type, "x-max-in-memory-length", 10, -1, "10");
            argument(type, "x-max-in-memory-bytes", 10, -1, "10");
            argument(type, "x-max-age", "7D", 7);
            argument(type, "x-stream-max-segment-size-bytes", 1000);
            argument(type, "x-initial-cluster-size", 1);
            argument(type, "x-unheard-of", "anything", 1, Map.of("a", 1), List.of(1, "b"));
            argument(type, "unheard-of", "anything");
        }
    }

    private void argument(String type, String argument, Object... values) {
        for (Object value : values == null ? new Object[] {null} : values) {
            declared(type, argument, value);
        }
    }

    private void declared(String type, String argument, Object value) {
        var name = "q";
        session.queue(name, "durable", "x-queue-type", type, argument, value);
        session.forgetQueue(name);
    }

    private void argumentsOfStreams() {
        argument("stream", "x-max-age", "7D", "1h", "30s", "7", "D", "7X", "", 7);
        argument("stream", "x-max-length-bytes", 1_000_000, 0, -1, "1");
        argument("stream", "x-stream-max-segment-size-bytes", 1_000_000, 3_000_000_000L, 3_000_000_001L, -1, "1");
        argument("stream", "x-initial-cluster-size", 1, 3, 0, "1");
        argument("stream", "x-queue-leader-locator", "client-local", "balanced", "other");
        for (String wrong :
                List.of("x-message-ttl", "x-expires", "x-max-length", "x-max-priority", "x-delivery-limit")) {
            argument("stream", wrong, 10);
        }
        argument("stream", "x-overflow", "drop-head");
        argument("stream", "x-dead-letter-exchange", "amq.direct");
        argument("stream", "x-single-active-consumer", true);
        argument("stream", "x-queue-mode", "lazy");
    }

    private void types() {
        session.queue("typed", "durable", "x-queue-type", "other");
        session.queue("typed", "durable", "x-queue-type", "");
        session.queue("typed", "durable", "x-queue-type", 1);
        session.queue("typed", "durable", "x-queue-type", true);
        session.queue("typed", "durable", "x-queue-type", null);
        for (String type : List.of("quorum", "stream")) {
            session.queue("typed", "", "x-queue-type", type);
            session.queue("typed", "durable exclusive", "x-queue-type", type);
            session.queue("typed", "durable auto-delete", "x-queue-type", type);
            session.queue("", "durable", "x-queue-type", type);
        }
        session.queue("typed", "durable", "x-queue-type", "quorum");
        session.queue("typed", "durable", "x-queue-type", "classic");
        session.queue("typed", "durable");
        session.queue("typed", "durable", "x-queue-type", "stream");
        session.queue("typed", "durable", "x-queue-type", "quorum");
        session.deleteQueue("typed", "");
        session.queue("typed", "durable");
        session.queue("typed", "durable", "x-queue-type", "classic");
        session.queue("typed", "durable", "x-queue-type", "quorum");
        session.deleteQueue("typed", "");
    }

    private void equivalence() {
        session.queue("same", "");
        session.queue("same", "durable");
        session.queue("same", "auto-delete");
        session.queue("same", "exclusive");
        session.queue("same", "", "x-unheard-of", 1);
        session.queue("same", "", "x-message-ttl", 1000);
        session.queue("same", "", "x-max-length", 10L);
        session.queue("same", "", "x-overflow", "drop-head");
        session.queue("same", "", "x-dead-letter-exchange", "dlx");
        session.queue("same", "", "x-single-active-consumer", true);
        session.queue("same", "", "x-queue-mode", "lazy");
        session.queue("same", "", "x-delivery-limit", 3);
        session.forgetQueue("same");
        session.queue(
                "full",
                "durable",
                "x-message-ttl",
                1000,
                "x-expires",
                60_000,
                "x-max-length",
                5,
                "x-max-length-bytes",
                500,
                "x-overflow",
                "reject-publish",
                "x-dead-letter-exchange",
                "dlx",
                "x-dead-letter-routing-key",
                "key",
                "x-max-priority",
                4,
                "x-single-active-consumer",
                true);
        again("x-message-ttl", 1000L);
        again("x-message-ttl", (short) 1000);
        again("x-message-ttl", 1001);
        again("x-message-ttl", "1000");
        again("x-expires", 60_001);
        again("x-max-length", (byte) 5);
        again("x-max-length", 6L);
        again("x-max-length-bytes", 501);
        again("x-overflow", "drop-head");
        again("x-dead-letter-exchange", "other");
        again("x-dead-letter-exchange", "");
        again("x-dead-letter-routing-key", "other");
        again("x-max-priority", 5);
        again("x-single-active-consumer", false);
        again("x-queue-type", "classic");
        again("x-queue-mode", "lazy");
        again("x-unheard-of", 1);
        session.queue("full", "durable");
        session.queue("full", "");
        session.queue("full", "durable auto-delete");
        session.count("full");
        session.forgetQueue("full");
    }

    /// The queue `full` with one argument changed.
    private void again(String argument, Object value) {
        var arguments = Session.table(
                "x-message-ttl",
                1000,
                "x-expires",
                60_000,
                "x-max-length",
                5,
                "x-max-length-bytes",
                500,
                "x-overflow",
                "reject-publish",
                "x-dead-letter-exchange",
                "dlx",
                "x-dead-letter-routing-key",
                "key",
                "x-max-priority",
                4,
                "x-single-active-consumer",
                true);
        arguments.put(argument, value);
        var pairs = arguments.entrySet().stream()
                .flatMap(entry -> java.util.stream.Stream.of(entry.getKey(), entry.getValue()))
                .toArray();
        session.queue("full", "durable", pairs);
    }

    private void names() {
        session.queue("", "exclusive");
        session.queue("amq.mine", "");
        session.queue("amq.", "");
        session.count("amq.mine");
        session.count("none such");
        session.queue("with space / and % and ü", "auto-delete");
        session.count("with space / and % and ü");
        session.queue("a".repeat(255), "auto-delete");
        session.queue("line\nend", "auto-delete");
        session.purge("none such");
        session.deleteQueue("none such", "");
        session.bind("none such", "amq.direct", "key");
        session.unbind("none such", "amq.direct", "key");
        session.get("none such");
        session.get("");
        session.purge("");
        session.bind("", "amq.direct", "");
        session.consume("", "tag", "");
    }

    private void exclusive() {
        session.queue("mine", "exclusive");
        session.queue("mine", "exclusive");
        session.queue("mine", "durable exclusive");
        session.queue("mine", "");
        other.queue("mine", "exclusive");
        other.queue("mine", "");
        other.count("mine");
        other.get("mine");
        other.purge("mine");
        other.deleteQueue("mine", "");
        other.consume("mine", "thief", "");
        other.bind("mine", "amq.direct", "key");
        other.unbind("mine", "amq.direct", "key");
        other.publish("", "mine", "from another");
        session.get("mine", true);
        session.closeConnection();
        other.count("mine");
        other.queue("mine", "exclusive");
        other.closeConnection();
    }

    private void autoDelete() {
        session.queue("fleeting", "auto-delete");
        session.count("fleeting");
        session.consume("fleeting", "one", "");
        session.consume("fleeting", "two", "");
        session.cancel("one");
        session.count("fleeting");
        session.cancel("two");
        session.count("fleeting");
        session.queue("fleeting", "auto-delete");
        session.consume("fleeting", "one", "");
        session.closeChannel();
        session.vanishes("fleeting");
    }

    private void deletion() {
        session.queue("kept", "");
        session.publish("", "kept", "a");
        session.deleteQueue("kept", "if-empty");
        session.purge("kept");
        session.consume("kept", "user", "");
        session.deleteQueue("kept", "if-unused");
        session.count("kept");
        session.publish("", "kept", "b");
        session.deleteQueue("kept", "if-unused if-empty");
        session.count("kept");
        session.deleteQueue("kept", "");
    }

    private void bindings() {
        session.queue("bound", "");
        session.bind("bound", "none such", "key");
        session.bind("bound", "", "key");
        session.unbind("bound", "", "key");
        session.bind("bound", "amq.direct", "key");
        session.bind("bound", "amq.direct", "key");
        session.bind("bound", "amq.direct", "key", "some", "argument");
        session.publish("amq.direct", "key", "once");
        session.drain("bound", 1);
        session.unbind("bound", "amq.direct", "key");
        session.unbind("bound", "amq.direct", "key");
        session.publish("amq.direct", "key", "by the other binding");
        session.drain("bound", 1);
        session.unbind("bound", "amq.direct", "key", "some", "other");
        session.unbind("bound", "amq.direct", "key", "some", "argument");
        session.publishMandatory("amq.direct", "key", "by none");
        session.unbind("bound", "none such", "key");
        session.bind("bound", "amq.headers", "", "x-match", "other");
        session.bind("bound", "amq.headers", "", "x-match", 1);
        session.deleteQueue("bound", "");
    }
}
