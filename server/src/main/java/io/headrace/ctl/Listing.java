package io.headrace.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// A command that lists, as data.
///
/// @param things asks the API for all of them
/// @param byDefault columns, if none are named
/// @param columns by name, all that may be
record Listing(Function<Call, String> banner, Source things, List<String> byDefault, Map<String, Column> columns) {
    interface Source {
        Iterable<JsonNode> ask(Call call) throws Failure;
    }

    @SafeVarargs
    static Listing of(Function<Call, String> banner, Source things, List<String> byDefault, List<Column>... columns) {
        Map<String, Column> byName = new LinkedHashMap<>();
        for (List<Column> some : columns) {
            some.forEach(column -> byName.put(column.name(), column));
        }
        return new Listing(banner, things, byDefault, byName);
    }

    /// Of a vhost that may not be there: then there is nothing.
    static Source ofVhost(String... path) {
        return call -> {
            var whole = new ArrayList<>(List.of(path));
            whole.add(call.vhost());
            return call.find(whole.toArray(String[]::new)).orElseGet(Api.JSON::createArrayNode);
        };
    }

    Command command(String name) {
        return Command.of(name, "[--no-table-headers] [<column> ...]", 0, Command.ANY, this::run);
    }

    void run(Call call) throws Failure {
        var wanted = wanted(call);
        call.announce(banner.apply(call));
        call.terminal().rows(new Table(wanted.stream().map(columns::get).toList()).rows(things.ask(call)));
    }

    /// The columns that are asked for.
    List<String> wanted(Call call) throws Failure {
        List<String> wanted = new ArrayList<>();
        for (String argument : call.arguments()) {
            for (String name : argument.split(",")) {
                if (!name.isBlank()) {
                    wanted.add(name.strip());
                }
            }
        }
        var unknown = wanted.stream().filter(name -> !columns.containsKey(name)).toList();
        if (!unknown.isEmpty()) {
            throw Failure.usage(
                    Exit.USAGE,
                    "Info key(s) " + String.join(",", unknown) + " are not supported\nSupported: "
                            + String.join(" ", columns.keySet()));
        }
        return wanted.isEmpty() ? byDefault : wanted;
    }
}
