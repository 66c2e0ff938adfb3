package io.headrace.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// A column of a list.
///
/// @param from finds it in what the API says of a thing; missing if that has none
record Column(String name, Function<JsonNode, JsonNode> from) {
    /// Those that the API calls as RabbitMQ's tools do.
    static List<Column> alike(String... names) {
        List<Column> columns = new ArrayList<>();
        for (String name : names) {
            columns.add(new Column(name, thing -> thing.path(name)));
        }
        return columns;
    }

    /// One that is a text which has to be made.
    static Column text(String name, Function<JsonNode, String> from) {
        return new Column(name, thing -> Api.JSON.getNodeFactory().textNode(from.apply(thing)));
    }

    /// One that the API has elsewhere, like `queue/name`.
    static Column at(String name, String pointer) {
        return new Column(name, thing -> thing.at("/" + pointer));
    }
}
