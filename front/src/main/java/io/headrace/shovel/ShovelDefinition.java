package io.headrace.shovel;

import io.headrace.catalog.Parameter;
import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// What a shovel is to do.
///
/// @param reconnectMillis after a failure; 0 for never again
record ShovelDefinition(
        String vhost, String name, From from, To to, AckMode ackMode, long reconnectMillis, DeleteAfter deleteAfter) {
    private static final long RECONNECT_MILLIS = 5_000;
    private static final int PREFETCH = 1_000;

    /// When a message is settled at its source.
    enum AckMode {
        ON_CONFIRM,
        ON_PUBLISH,
        NO_ACK
    }

    /// When the shovel is done and deletes itself.
    sealed interface DeleteAfter {
        record Never() implements DeleteAfter {}

        /// As many as there are when it starts.
        record QueueLength() implements DeleteAfter {}

        record Messages(long count) implements DeleteAfter {}
    }

    /// @param uris tried in turn
    /// @param queue empty: a queue of the shovel's own, bound to `exchange`
    record From(
            List<ShovelUri> uris,
            Optional<String> queue,
            FieldTable queueArguments,
            Optional<String> exchange,
            String exchangeKey,
            int prefetch,
            FieldTable consumerArguments) {}

    /// Without queue and exchange a message goes to the exchange that it was published to.
    ///
    /// @param properties to be set in every message
    record To(
            List<ShovelUri> uris,
            Optional<String> queue,
            FieldTable queueArguments,
            Optional<String> exchange,
            Optional<String> exchangeKey,
            boolean addForwardHeaders,
            boolean addTimestampHeader,
            FieldTable properties) {
        String exchangeFor(Message message) {
            return queue.isPresent() ? "" : exchange.orElse(message.exchange());
        }

        String routingKeyFor(Message message) {
            return queue.or(() -> exchangeKey).orElse(message.routingKey());
        }
    }

    /// @param parameter one that [ShovelRules] has found to be in order
    static ShovelDefinition of(Parameter parameter) {
        var value = parameter.table();
        var from = new From(
                uris(value, "src-uri"),
                value.text("src-queue"),
                table(value, "src-queue-args"),
                value.text("src-exchange"),
                value.text("src-exchange-key").orElse(""),
                (int) number(value, "src-prefetch-count", "prefetch-count").orElse(PREFETCH),
                table(value, "src-consumer-args"));
        var to = new To(
                uris(value, "dest-uri"),
                value.text("dest-queue"),
                table(value, "dest-queue-args"),
                value.text("dest-exchange"),
                value.text("dest-exchange-key"),
                flag(value, "dest-add-forward-headers", "add-forward-headers"),
                flag(value, "dest-add-timestamp-header", "add-timestamp-header"),
                table(
                        value,
                        value.get("dest-publish-properties").isPresent()
                                ? "dest-publish-properties"
                                : "publish-properties"));
        var ackMode = switch (value.text("ack-mode").orElse("on-confirm")) {
            case "no-ack" -> AckMode.NO_ACK;
            case "on-publish" -> AckMode.ON_PUBLISH;
            default -> AckMode.ON_CONFIRM;
        };
        return new ShovelDefinition(
                parameter.vhost(), parameter.name(), from, to, ackMode, reconnectMillis(value), deleteAfter(value));
    }

    private static List<ShovelUri> uris(FieldTable value, String key) {
        return switch (value.get(key).orElseThrow()) {
            case FieldValue.Array(List<FieldValue> some) ->
                some.stream().map(ShovelDefinition::uri).toList();
            case FieldValue one -> List.of(uri(one));
        };
    }

    private static ShovelUri uri(FieldValue text) {
        return switch (ShovelUri.read(((FieldValue.LongString) text).text())) {
            case ShovelUri.Reading.Read(ShovelUri uri) -> uri;
            case ShovelUri.Reading.Wrong(String why) -> throw new IllegalArgumentException(why);
        };
    }

    private static FieldTable table(FieldTable value, String key) {
        return value.get(key).orElse(new FieldValue.Nothing()) instanceof FieldValue.Table(FieldTable table)
                ? table
                : FieldTable.EMPTY;
    }

    private static OptionalLong number(FieldTable value, String key, String olderKey) {
        return value.get(key)
                .or(() -> value.get(olderKey))
                .map(FieldValue::integer)
                .orElse(OptionalLong.empty());
    }

    private static boolean flag(FieldTable value, String key, String olderKey) {
        return value.get(key).or(() -> value.get(olderKey)).equals(Optional.of(new FieldValue.Bool(true)));
    }

    private static long reconnectMillis(FieldTable value) {
        var delay = value.get("reconnect-delay");
        if (delay.isPresent() && delay.get() instanceof FieldValue.Float64(double seconds)) {
            return Math.round(seconds * 1_000);
        }
        var seconds = delay.map(FieldValue::integer).orElse(OptionalLong.empty());
        return seconds.isPresent() ? Math.min(seconds.getAsLong(), Integer.MAX_VALUE) * 1_000 : RECONNECT_MILLIS;
    }

    private static DeleteAfter deleteAfter(FieldTable value) {
        var key = value.get("src-delete-after").isPresent() ? "src-delete-after" : "delete-after";
        var number = value.get(key).map(FieldValue::integer).orElse(OptionalLong.empty());
        if (number.isPresent()) {
            return new DeleteAfter.Messages(number.getAsLong());
        }
        return value.text(key).orElse("never").equals("queue-length")
                ? new DeleteAfter.QueueLength()
                : new DeleteAfter.Never();
    }

    /// Both ends by RabbitMQ's names, the protocols among them.
    Map<String, String> ends(ShovelUri source, ShovelUri destination) {
        Map<String, String> ends = new LinkedHashMap<>();
        ends.put("src_uri", source.text());
        ends.put("src_protocol", "amqp091");
        ends.put("dest_protocol", "amqp091");
        ends.put("dest_uri", destination.text());
        from.queue().ifPresent(queue -> ends.put("src_queue", queue));
        from.exchange().ifPresent(exchange -> {
            ends.put("src_exchange", exchange);
            ends.put("src_exchange_key", from.exchangeKey());
        });
        to.queue().ifPresent(queue -> ends.put("dest_queue", queue));
        to.exchange().ifPresent(exchange -> ends.put("dest_exchange", exchange));
        to.exchangeKey().ifPresent(key -> ends.put("dest_exchange_key", key));
        return ends;
    }
}
