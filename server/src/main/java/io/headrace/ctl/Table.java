package io.headrace.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/// Columns, side by side.
record Table(List<Column> columns) {
    @SafeVarargs
    static Table of(List<Column>... columns) {
        List<Column> all = new ArrayList<>();
        for (List<Column> some : columns) {
            all.addAll(some);
        }
        return new Table(all);
    }

    Rows rows(Iterable<JsonNode> things) {
        List<List<JsonNode>> values = new ArrayList<>();
        for (JsonNode thing : things) {
            values.add(
                    columns.stream().map(column -> column.from().apply(thing)).toList());
        }
        return new Rows(columns.stream().map(Column::name).toList(), values);
    }
}
