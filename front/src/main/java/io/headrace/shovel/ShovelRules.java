package io.headrace.shovel;

import io.headrace.catalog.Catalog;
import io.headrace.catalog.ErlangTerm;
import io.headrace.catalog.Parameter;
import io.headrace.catalog.ParameterCheck;
import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Whether a parameter describes a shovel. All mistakes are told at once, in RabbitMQ's words and order: what
/// does not fit together, what is not known, then the values, the last key first.
///
/// Threads: the catalog's owner.
final class ShovelRules implements ParameterCheck {
    private static final List<String> PROTOCOLS = List.of("amqp091");
    private static final List<String> SHORT_STRINGS = List.of(
            "content_type",
            "content_encoding",
            "correlation_id",
            "reply_to",
            "expiration",
            "message_id",
            "type",
            "user_id",
            "app_id",
            "cluster_id");
    private static final List<String> NUMBERS = List.of("delivery_mode", "priority", "timestamp");
    private static final int OCTET_MAX = 255;

    private final Catalog catalog;

    ShovelRules(Catalog catalog) {
        this.catalog = catalog;
    }

    /// What is wrong with the value of a key, each in a line.
    private interface Rule {
        List<String> wrong(String key, FieldValue value);
    }

    private Map<String, Rule> rules(Optional<String> by) {
        Map<String, Rule> rules = new LinkedHashMap<>();
        rules.put("reconnect-delay", ShovelRules::seconds);
        rules.put("ack-mode", oneOf(List.of("no-ack", "on-publish", "on-confirm")));
        rules.put("src-protocol", oneOf(PROTOCOLS));
        rules.put("dest-protocol", oneOf(PROTOCOLS));
        rules.put("src-uri", (key, value) -> uris(key, value, by));
        rules.put("src-exchange", ShovelRules::text);
        rules.put("src-exchange-key", ShovelRules::text);
        rules.put("src-queue", ShovelRules::text);
        rules.put("src-queue-args", ShovelRules::object);
        rules.put("src-consumer-args", ShovelRules::object);
        rules.put("prefetch-count", ShovelRules::prefetch);
        rules.put("src-prefetch-count", ShovelRules::prefetch);
        rules.put("delete-after", ShovelRules::deleteAfter);
        rules.put("src-delete-after", ShovelRules::deleteAfter);
        rules.put("dest-uri", (key, value) -> uris(key, value, by));
        rules.put("dest-exchange", ShovelRules::text);
        rules.put("dest-exchange-key", ShovelRules::text);
        rules.put("dest-queue", ShovelRules::text);
        rules.put("dest-queue-args", ShovelRules::object);
        rules.put("add-forward-headers", ShovelRules::flag);
        rules.put("add-timestamp-header", ShovelRules::flag);
        rules.put("dest-add-forward-headers", ShovelRules::flag);
        rules.put("dest-add-timestamp-header", ShovelRules::flag);
        rules.put("publish-properties", ShovelRules::properties);
        rules.put("dest-publish-properties", ShovelRules::properties);
        return rules;
    }

    @Override
    public Optional<String> wrong(Parameter parameter, Optional<String> by) {
        boolean empty = parameter.value() instanceof FieldValue.Array(List<FieldValue> values) && values.isEmpty();
        if (!(parameter.value() instanceof FieldValue.Table) && !empty) {
            return Optional.of(parameter.name() + " not a list " + ErlangTerm.of(parameter.value()));
        }
        var fields = parameter.table().fields();
        var rules = rules(by);
        List<String> all = new ArrayList<>(unsuitable(fields));
        unrecognised(fields, rules.keySet(), parameter.name()).ifPresent(all::add);
        for (String key : List.copyOf(rules.keySet()).reversed()) {
            var value = fields.get(key);
            if (value != null) {
                all.addAll(rules.get(key).wrong(key, value));
            } else if (key.equals("src-uri") || key.equals("dest-uri")) {
                all.add("Key \"" + key + "\" not found in " + parameter.name());
            }
        }
        return all.isEmpty() ? Optional.empty() : Optional.of(String.join("\n", all));
    }

    private static Optional<String> unrecognised(
            Map<String, FieldValue> fields, Iterable<String> known, String parameter) {
        Map<String, FieldValue> unknown = new TreeMap<>(fields);
        known.forEach(unknown::remove);
        return unknown.isEmpty()
                ? Optional.empty()
                : Optional.of("Unrecognised terms " + ErlangTerm.pairs(unknown) + " in " + parameter);
    }

    /// Keys that need or exclude each other.
    private static List<String> unsuitable(Map<String, FieldValue> fields) {
        List<String> wrong = new ArrayList<>();
        if (!fields.containsKey("src-exchange") && !fields.containsKey("src-queue")) {
            wrong.add("Must specify 'src-exchange' or 'src-queue'");
        } else if (fields.containsKey("src-exchange") && fields.containsKey("src-queue")) {
            wrong.add("Cannot specify 'src-exchange' and 'src-queue'");
        }
        var deleteAfter = fields.getOrDefault("src-delete-after", fields.get("delete-after"));
        if (deleteAfter != null
                && deleteAfter.integer().isPresent()
                && FieldValue.LongString.of("no-ack").equals(fields.get("ack-mode"))) {
            wrong.add("Cannot specify 'no-ack' and numerical 'delete-after'");
        }
        if (fields.containsKey("dest-exchange") && fields.containsKey("dest-queue")) {
            wrong.add("Cannot specify 'dest-exchange' and 'dest-queue'");
        }
        return wrong;
    }

    private static List<String> ok() {
        return List.of();
    }

    private static List<String> should(String key, String be, FieldValue value) {
        return List.of(key + " should be " + be + ", actually was " + ErlangTerm.of(value));
    }

    private static List<String> text(String key, FieldValue value) {
        if (!(value instanceof FieldValue.LongString(byte[] bytes))) {
            return should(key, "binary", value);
        }
        return bytes.length > OCTET_MAX ? should(key, "at most 255 bytes long", value) : ok();
    }

    private static List<String> flag(String key, FieldValue value) {
        return value instanceof FieldValue.Bool ? ok() : should(key, "boolean", value);
    }

    private static List<String> seconds(String key, FieldValue value) {
        return value instanceof FieldValue.Float64(double seconds) && seconds >= 0
                        || value.integer().orElse(-1) >= 0
                ? ok()
                : should(key, "a number", value);
    }

    private static List<String> prefetch(String key, FieldValue value) {
        long count = value.integer().orElse(-1);
        return count >= 0 && count <= 0xffff ? ok() : should(key, "a number", value);
    }

    private static List<String> object(String key, FieldValue value) {
        boolean none = value instanceof FieldValue.Array(List<FieldValue> values) && values.isEmpty();
        return none || value instanceof FieldValue.Table ? ok() : List.of(key + " not a list " + ErlangTerm.of(value));
    }

    private static List<String> deleteAfter(String key, FieldValue value) {
        return value.equals(FieldValue.LongString.of("never"))
                        || value.equals(FieldValue.LongString.of("queue-length"))
                        || value.integer().orElse(-1) >= 0
                ? ok()
                : should(key, "a number greater than or equal to 0, \"never\" or \"queue-length\"", value);
    }

    private static Rule oneOf(List<String> choices) {
        return (key, value) -> {
            if (!(value instanceof FieldValue.LongString text)) {
                return should(key, "binary", value);
            }
            return choices.contains(text.text())
                    ? ok()
                    : should(
                            key,
                            choices.stream()
                                    .map(choice -> "<<\"" + choice + "\">>")
                                    .collect(Collectors.joining(",", "one of [", "]")),
                            value);
        };
    }

    private static List<String> properties(String key, FieldValue value) {
        if (!object(key, value).isEmpty()) {
            return object(key, value);
        }
        var fields =
                value instanceof FieldValue.Table(FieldTable table) ? table.fields() : Map.<String, FieldValue>of();
        List<String> known = new ArrayList<>(SHORT_STRINGS);
        known.addAll(NUMBERS);
        List<String> wrong = new ArrayList<>();
        unrecognised(fields, known, key).ifPresent(wrong::add);
        fields.forEach((name, property) -> {
            if (SHORT_STRINGS.contains(name)) {
                wrong.addAll(text(name, property));
            } else if (NUMBERS.contains(name)) {
                long number = property.integer().orElse(-1);
                boolean fits = number >= 0 && (name.equals("timestamp") || number <= OCTET_MAX);
                wrong.addAll(fits ? ok() : should(name, "a number", property));
            }
        });
        return wrong;
    }

    private List<String> uris(String key, FieldValue value, Optional<String> by) {
        return switch (value) {
            case FieldValue.LongString text -> uri(text.text(), by);
            case FieldValue.Array(List<FieldValue> some)
            when !some.isEmpty() ->
                some.stream()
                        .flatMap(one -> uris(key, one, by).stream())
                        .limit(1)
                        .toList();
            default -> should(key, "list", value); // of all the other types
        };
    }

    private List<String> uri(String text, Optional<String> by) {
        return switch (ShovelUri.read(text)) {
            case ShovelUri.Reading.Wrong(String why) -> List.of(why);
            case ShovelUri.Reading.Read(ShovelUri uri) ->
                !uri.local() || by.isEmpty() || mayEnter(by.get(), uri.vhost())
                        ? ok()
                        : List.of("user \"" + by.get() + "\" may not connect to vhost \"" + uri.vhost() + "\"");
        };
    }

    /// Through an end without a user, a shovel may do everything in its vhost: nobody gets one for a vhost that
    /// is not open to them.
    private boolean mayEnter(String user, String vhost) {
        return catalog.hasVhost(vhost) && catalog.permission(user, vhost).isPresent();
    }
}
