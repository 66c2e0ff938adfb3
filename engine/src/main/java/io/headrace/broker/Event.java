package io.headrace.broker;

import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Something that happened: a routing key like `queue.created`, and attributes, which become headers with the types
/// that RabbitMQ's event exchange gives them.
///
/// Threads: one makes it; afterwards nobody changes it.
public final class Event {
    private final String key;
    private final Map<String, FieldValue> attributes = new LinkedHashMap<>();

    public Event(String key) {
        this.key = key;
    }

    public Event with(String name, FieldValue value) {
        attributes.put(name, value);
        return this;
    }

    public Event with(String name, String value) {
        return with(name, FieldValue.LongString.of(value));
    }

    public Event with(String name, boolean value) {
        return with(name, new FieldValue.Bool(value));
    }

    public Event with(String name, long value) {
        return with(name, new FieldValue.Int64(value));
    }

    public Event with(String name, List<String> values) {
        return with(
                name,
                new FieldValue.Array(values.stream()
                        .<FieldValue>map(FieldValue.LongString::of)
                        .toList()));
    }

    /// Who made it happen.
    Event by(String user) {
        return with("user_who_performed_action", user);
    }

    /// A table as RabbitMQ shows one here: a list of texts like `{<<"x-max-length">>,signedint,5}`.
    Event with(String name, FieldTable table) {
        return with(
                name,
                table.fields().entrySet().stream()
                        .map(field -> AmqpTerm.field(field.getKey(), field.getValue()))
                        .toList());
    }

    /// A text as a list of characters, which is how RabbitMQ has some.
    Event withCharacters(String name, String text) {
        return with(
                name,
                new FieldValue.Array(text.codePoints()
                        .<FieldValue>mapToObj(FieldValue.Int64::new)
                        .toList()));
    }

    String key() {
        return key;
    }

    /// @param millis when it happened
    FieldTable headers(long millis) {
        Map<String, FieldValue> headers = new LinkedHashMap<>(attributes);
        headers.put("timestamp_in_ms", new FieldValue.Int64(millis));
        return new FieldTable(headers);
    }

    @Override
    public String toString() {
        return key + " " + attributes;
    }
}
