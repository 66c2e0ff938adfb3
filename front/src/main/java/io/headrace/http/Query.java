package io.headrace.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The parameters after the question mark, in order.
public record Query(Map<String, List<String>> values) {
    static Query parse(String raw) {
        Map<String, List<String>> values = new LinkedHashMap<>();
        for (String part : raw.split("&")) {
            if (part.isEmpty()) {
                continue;
            }
            int equal = part.indexOf('=');
            var name = decoded(equal < 0 ? part : part.substring(0, equal));
            var value = equal < 0 ? "" : decoded(part.substring(equal + 1));
            values.computeIfAbsent(name, _ -> new ArrayList<>()).add(value);
        }
        return new Query(values);
    }

    private static String decoded(String text) {
        return Percent.decode(text.replace('+', ' '));
    }

    /// The first of this name; empty also if it has no value.
    public Optional<String> text(String name) {
        return Optional.ofNullable(values.get(name)).map(List::getFirst).filter(value -> !value.isEmpty());
    }

    public List<String> all(String name) {
        return values.getOrDefault(name, List.of());
    }

    public boolean has(String name) {
        return values.containsKey(name);
    }

    public boolean flag(String name) {
        return text(name).filter("true"::equals).isPresent();
    }
}
