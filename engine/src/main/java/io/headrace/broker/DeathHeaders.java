package io.headrace.broker;

import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import io.headrace.queue.DeadLetters.Reason;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the headers of a dead letter tell of its past, as RabbitMQ writes them: `x-death` has an entry for each queue
/// and reason, the latest first, and `x-first-death-...` and `x-last-death-...` repeat the ends of the story.
///
/// What a publisher sends as such is the publisher's own business, as in RabbitMQ 4: consumers see it until the message
/// dies here, and then the true story.
final class DeathHeaders {
    static final String X_DEATH = "x-death";
    private static final String QUEUE = "queue";
    private static final String REASON = "reason";
    private static final String EXCHANGE = "exchange";
    private static final String COUNT = "count";
    private static final String FIRST_DEATH = "x-first-death-";

    private DeathHeaders() {}

    /// One death.
    ///
    /// @param exchange that the message was published to
    /// @param routingKeys its own and those of `CC`
    /// @param seconds since 1970
    /// @param expiration what the message had as such
    record Death(
            String queue,
            Reason reason,
            String exchange,
            List<String> routingKeys,
            long seconds,
            Optional<String> expiration) {}

    /// The headers after one more death.
    static FieldTable with(FieldTable headers, Death death) {
        var fields = new LinkedHashMap<String, FieldValue>(headers.fields());
        var deaths = new ArrayList<FieldValue>(deaths(headers));
        deaths.addFirst(latest(deaths, death));
        fields.put(X_DEATH, new FieldValue.Array(deaths));
        if (!fields.containsKey(FIRST_DEATH + REASON)) {
            putEnd(fields, FIRST_DEATH, death);
        }
        putEnd(fields, "x-last-death-", death);
        return new FieldTable(fields);
    }

    /// Headers that a publisher sent, without what they tell of deaths.
    static FieldTable without(FieldTable headers) {
        if (headers.get(X_DEATH).isEmpty() && headers.get(FIRST_DEATH + REASON).isEmpty()) {
            return headers;
        }
        var fields = new LinkedHashMap<String, FieldValue>(headers.fields());
        fields.remove(X_DEATH);
        for (String part : List.of(REASON, QUEUE, EXCHANGE)) {
            fields.remove(FIRST_DEATH + part);
        }
        return new FieldTable(fields);
    }

    /// Whether a message with these headers, the latest death included, must not enter a queue: it died there before,
    /// and nobody has rejected it since, so it would go round for ever.
    static boolean cycle(FieldTable headers, String queue) {
        for (var entry : deaths(headers)) {
            if (entry instanceof FieldValue.Table(FieldTable table)) {
                if (text(table, REASON).equals(Reason.REJECTED.wireName())) {
                    return false;
                }
                if (text(table, QUEUE).equals(queue)) {
                    return true;
                }
            }
        }
        return false;
    }

    /// The entry of this death; taken out of those before if it is there.
    private static FieldValue latest(List<FieldValue> deaths, Death death) {
        for (int i = 0; i < deaths.size(); i++) {
            if (is(deaths.get(i), death)) {
                return oneMore(deaths.remove(i));
            }
        }
        return entry(death);
    }

    private static List<FieldValue> deaths(FieldTable headers) {
        return headers.get(X_DEATH).orElse(null) instanceof FieldValue.Array(List<FieldValue> values)
                ? values
                : List.of();
    }

    private static boolean is(FieldValue entry, Death death) {
        return entry instanceof FieldValue.Table(FieldTable table)
                && text(table, QUEUE).equals(death.queue)
                && text(table, REASON).equals(death.reason.wireName());
    }

    private static String text(FieldTable table, String name) {
        return table.text(name).orElse("");
    }

    private static FieldValue oneMore(FieldValue entry) {
        var table = ((FieldValue.Table) entry).table();
        var fields = new LinkedHashMap<String, FieldValue>(table.fields());
        long count = table.get(COUNT).map(value -> value.integer().orElse(0)).orElse(0L);
        fields.put(COUNT, new FieldValue.Int64(count + 1));
        return new FieldValue.Table(new FieldTable(fields));
    }

    private static FieldValue entry(Death death) {
        var fields = new LinkedHashMap<String, FieldValue>();
        fields.put(COUNT, new FieldValue.Int64(1));
        fields.put(REASON, FieldValue.LongString.of(death.reason.wireName()));
        fields.put(QUEUE, FieldValue.LongString.of(death.queue));
        fields.put("time", new FieldValue.Timestamp(death.seconds));
        fields.put(EXCHANGE, FieldValue.LongString.of(death.exchange));
        fields.put(
                "routing-keys",
                new FieldValue.Array(death.routingKeys.stream()
                        .<FieldValue>map(FieldValue.LongString::of)
                        .toList()));
        death.expiration.ifPresent(text -> fields.put("original-expiration", FieldValue.LongString.of(text)));
        return new FieldValue.Table(new FieldTable(fields));
    }

    private static void putEnd(Map<String, FieldValue> fields, String prefix, Death death) {
        fields.put(prefix + REASON, FieldValue.LongString.of(death.reason.wireName()));
        fields.put(prefix + QUEUE, FieldValue.LongString.of(death.queue));
        fields.put(prefix + EXCHANGE, FieldValue.LongString.of(death.exchange));
    }
}
