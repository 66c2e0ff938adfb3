package io.headrace.catalog;

import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import java.util.Objects;

/// Something an operator sets for a part of the broker in a vhost, by name, for that part to understand.
///
/// @param component the part: `vhost-limits`, or one that said with [PolicyDecisions#accept] that it is there
/// @param value as JSON has it: a table for an object, int64 for a whole number
public record Parameter(String component, String vhost, String name, FieldValue value) {
    public Parameter {
        Objects.requireNonNull(component);
        Objects.requireNonNull(vhost);
        Objects.requireNonNull(name);
        Objects.requireNonNull(value);
    }

    /// The value if it is an object, else an empty one.
    public FieldTable table() {
        return value instanceof FieldValue.Table(FieldTable table) ? table : FieldTable.EMPTY;
    }
}
