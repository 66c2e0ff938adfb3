package io.headrace.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/// A table to show.
///
/// @param values a row for each thing, with a value for each column; missing where a thing has none
record Rows(List<String> columns, List<List<JsonNode>> values) {
    /// As text, in the manner of a table.
    List<List<String>> cells() {
        return values.stream()
                .map(row -> row.stream().map(ErlangTerm::cell).toList())
                .toList();
    }
}
