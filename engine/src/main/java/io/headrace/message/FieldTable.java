package io.headrace.message;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// An AMQP field table: names to typed values, in wire order. Immutable.
public record FieldTable(Map<String, FieldValue> fields) {
    public static final FieldTable EMPTY = new FieldTable(Map.of());

    public FieldTable {
        fields = fields instanceof DecodedFields ? fields : Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    public Optional<FieldValue> get(String name) {
        return Optional.ofNullable(fields.get(name));
    }

    /// The text of a long string field.
    public Optional<String> text(String name) {
        return fields.get(name) instanceof FieldValue.LongString string ? Optional.of(string.text()) : Optional.empty();
    }

    public boolean isEmpty() {
        return fields.isEmpty();
    }
}
