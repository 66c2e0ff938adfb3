package io.headrace.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headrace.catalog.SearchPattern;
import io.headrace.http.HttpResponse;
import io.headrace.http.Query;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/// Lists of anything: `columns`, `sort`, `sort_reverse`, `page`, `page_size`, `name`, `use_regex`.
///
/// Only the rows of the page are rendered, unless they are sorted by something that rendering finds out. However many
/// there are, no more than [#AT_ONCE] of them are in memory as JSON: a long list without pages is written as it is
/// rendered, and one that is sorted is rendered twice.
final class Listing {
    private static final int AT_ONCE = 1_000;
    private static final int PAGE_SIZE = 100;
    private static final int PAGE_SIZE_MAX = 500;

    private Listing() {}

    /// Makes JSON of rows, at most [#AT_ONCE], one for each and in their order; may ask the loop for all of them at
    /// once.
    interface Renderer<T> {
        List<ObjectNode> render(List<T> rows) throws Problem, InterruptedException;
    }

    /// A row that is rendered by itself.
    static <T> Renderer<T> each(Function<T, ObjectNode> one) {
        return rows -> rows.stream().map(one).toList();
    }

    /// @param rows in the order they have without `sort`
    /// @param name of a row, which `name` is compared with
    static <T> HttpResponse list(Call call, List<T> rows, Function<T, String> name, Renderer<T> renderer)
            throws Problem, InterruptedException {
        var query = call.query();
        var page = Page.of(query);
        if (page.isEmpty()) {
            return whole(query, rows, renderer);
        }
        var named = filtered(query, rows, name);
        int pages =
                Math.max(1, (named.size() + page.get().size() - 1) / page.get().size());
        if (page.get().number() > pages) {
            throw Problem.of(
                    400,
                    "page_out_of_range",
                    "Page out of range, page: %d page size: %d, len: %d"
                            .formatted(page.get().number(), page.get().size(), named.size()));
        }
        int from = (page.get().number() - 1) * page.get().size();
        int to = Math.min(named.size(), from + page.get().size());
        List<ObjectNode> items = named.size() <= AT_ONCE && sortKey(query).isPresent()
                ? sorted(query, renderer.render(named)).subList(from, to)
                : renderer.render(ordered(query, named, renderer).subList(from, to));
        var envelope = Json.object()
                .put("total_count", rows.size())
                .put("filtered_count", named.size())
                .put("item_count", items.size())
                .put("page", page.get().number())
                .put("page_size", page.get().size())
                .put("page_count", pages);
        envelope.set("items", shown(items, query));
        return json(envelope);
    }

    private static <T> HttpResponse whole(Query query, List<T> rows, Renderer<T> renderer)
            throws Problem, InterruptedException {
        if (rows.size() <= AT_ONCE) {
            return json(shown(sorted(query, renderer.render(rows)), query));
        }
        var ordered = ordered(query, rows, renderer);
        return HttpResponse.of(200, HttpResponse.JSON, out -> write(query, ordered, renderer, out));
    }

    private static <T> void write(Query query, List<T> rows, Renderer<T> renderer, OutputStream out)
            throws IOException, InterruptedException {
        byte[] before = {'['};
        for (int from = 0; from < rows.size(); from += AT_ONCE) {
            for (var node : shown(rendered(renderer, part(rows, from)), query)) {
                out.write(before);
                out.write(Json.bytes(node));
                before = new byte[] {','};
            }
        }
        out.write(']');
    }

    private static <T> List<ObjectNode> rendered(Renderer<T> renderer, List<T> rows)
            throws IOException, InterruptedException {
        try {
            return renderer.render(rows);
        } catch (Problem late) { // the status is told already
            throw new IOException(late);
        }
    }

    private static <T> List<T> part(List<T> rows, int from) {
        return rows.subList(from, Math.min(rows.size(), from + AT_ONCE));
    }

    /// `rows` in the order that is asked for.
    private static <T> List<T> ordered(Query query, List<T> rows, Renderer<T> renderer)
            throws Problem, InterruptedException {
        boolean reverse = query.flag("sort_reverse");
        if (sortKey(query).isEmpty()) {
            return reverse ? rows.reversed() : rows;
        }
        record Keyed<T>(T row, JsonNode key) {}
        var path = path(sortKey(query).get());
        List<Keyed<T>> keyed = new ArrayList<>(rows.size());
        for (int from = 0; from < rows.size(); from += AT_ONCE) {
            var some = part(rows, from);
            var nodes = renderer.render(some);
            for (int i = 0; i < nodes.size(); i++) {
                keyed.add(new Keyed<>(some.get(i), at(nodes.get(i), path)));
            }
        }
        Comparator<Keyed<T>> order = (a, b) -> compare(a.key(), b.key());
        keyed.sort(reverse ? order.reversed() : order);
        return keyed.stream().map(Keyed::row).toList();
    }

    /// One thing, of which `columns` shows a part.
    static HttpResponse one(Call call, ObjectNode node) {
        return json(columns(call.query()).map(columns -> picked(node, columns)).orElse(node));
    }

    static HttpResponse json(JsonNode node) {
        return HttpResponse.of(200, HttpResponse.JSON, Json.bytes(node));
    }

    private record Page(int number, int size) {
        static Optional<Page> of(Query query) throws Problem {
            if (!query.has("page")) {
                return Optional.empty();
            }
            int number = number(query, "page", 1);
            int size = number(query, "page_size", PAGE_SIZE);
            if (number < 1 || size < 1 || size > PAGE_SIZE_MAX) {
                throw Problem.of(
                        400,
                        "invalid_pagination_parameters",
                        "Invalid pagination parameters: page number " + number + ", page size " + size);
            }
            return Optional.of(new Page(number, size));
        }

        private static int number(Query query, String key, int byDefault) throws Problem {
            try {
                return query.text(key).map(Integer::parseInt).orElse(byDefault);
            } catch (NumberFormatException _) {
                throw invalid();
            }
        }
    }

    private static Problem invalid() {
        return Problem.badRequest("Pagination parameters are invalid");
    }

    private static <T> List<T> filtered(Query query, List<T> rows, Function<T, String> name) throws Problem {
        var wanted = query.text("name");
        if (wanted.isEmpty()) {
            return rows;
        }
        Predicate<String> matches;
        if (query.flag("use_regex")) {
            matches = pattern(wanted.get());
        } else {
            var part = wanted.get().toLowerCase(Locale.ROOT);
            matches = text -> text.toLowerCase(Locale.ROOT).contains(part);
        }
        return rows.stream().filter(row -> matches.test(name.apply(row))).toList();
    }

    private static Predicate<String> pattern(String expression) throws Problem {
        var ignoringCase = "(?i)" + expression;
        if (SearchPattern.refusal(ignoringCase).isPresent()) {
            throw invalid();
        }
        return SearchPattern.of(ignoringCase)::foundIn;
    }

    private static Optional<String> sortKey(Query query) {
        return query.text("sort");
    }

    private static List<ObjectNode> sorted(Query query, List<ObjectNode> nodes) {
        var key = sortKey(query);
        boolean reverse = query.flag("sort_reverse");
        if (key.isEmpty()) {
            return reverse ? nodes.reversed() : nodes;
        }
        var path = path(key.get());
        Comparator<ObjectNode> order = (a, b) -> compare(at(a, path), at(b, path));
        return nodes.stream().sorted(reverse ? order.reversed() : order).toList();
    }

    private static List<String> path(String key) {
        return List.of(key.split("\\."));
    }

    private static JsonNode at(JsonNode node, List<String> path) {
        for (String step : path) {
            node = node.path(step);
        }
        return node;
    }

    /// Absent before numbers before booleans before texts, as Erlang orders them.
    private static int compare(JsonNode a, JsonNode b) {
        if (a.isNumber() && b.isNumber()) {
            return Double.compare(a.doubleValue(), b.doubleValue());
        }
        int kinds = Integer.compare(kind(a), kind(b));
        return kinds != 0 ? kinds : a.asText().compareTo(b.asText());
    }

    private static int kind(JsonNode node) {
        return switch (node.getNodeType()) {
            case MISSING, NULL -> 0;
            case NUMBER -> 1;
            case BOOLEAN -> 2;
            case STRING, BINARY -> 3;
            case ARRAY, OBJECT, POJO -> 4;
        };
    }

    private static ArrayNode shown(List<ObjectNode> nodes, Query query) {
        var array = Json.array();
        var columns = columns(query);
        nodes.forEach(node -> array.add(columns.isEmpty() ? node : picked(node, columns.get())));
        return array;
    }

    private static Optional<List<List<String>>> columns(Query query) {
        return query.text("columns").map(text -> {
            List<List<String>> columns = new ArrayList<>();
            for (String column : text.split(",")) {
                columns.add(List.of(column.strip().split("\\.")));
            }
            return columns;
        });
    }

    private static ObjectNode picked(ObjectNode node, List<List<String>> columns) {
        var picked = Json.object();
        columns.forEach(column -> pick(node, column, picked));
        return picked;
    }

    private static void pick(ObjectNode from, List<String> path, ObjectNode to) {
        var name = path.getFirst();
        var value = from.get(name);
        if (value == null) {
            return;
        }
        var rest = path.subList(1, path.size());
        if (rest.isEmpty()) {
            to.set(name, value);
        } else if (value instanceof ObjectNode object) {
            pick(object, rest, to.withObjectProperty(name));
        } else if (value instanceof ArrayNode array) {
            var parts = Json.array();
            array.forEach(element -> {
                if (element instanceof ObjectNode object) {
                    pick(object, rest, parts.addObject());
                }
            });
            to.set(name, parts);
        }
    }
}
