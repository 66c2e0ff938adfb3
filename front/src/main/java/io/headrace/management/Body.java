package io.headrace.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headrace.message.FieldTable;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.SequencedSet;

/// A JSON object that somebody sent. Scripts send booleans and numbers as strings; both are taken.
///
/// A field that is `null` counts as absent.
record Body(ObjectNode node) {
    static Body parse(byte[] bytes) throws Problem {
        if (bytes.length == 0) {
            return new Body(Json.object());
        }
        return of(Json.parse(bytes));
    }

    static Body of(JsonNode node) throws Problem {
        if (node instanceof ObjectNode object) {
            return new Body(object);
        }
        throw Problem.badRequest("not_json");
    }

    Optional<JsonNode> get(String key) {
        return Optional.ofNullable(node.get(key)).filter(value -> !value.isNull());
    }

    JsonNode required(String key) throws Problem {
        return get(key).orElseThrow(() -> Problem.missingKey(key));
    }

    Optional<String> text(String key) {
        return get(key).map(JsonNode::asText);
    }

    String text(String key, String byDefault) {
        return text(key).orElse(byDefault);
    }

    String requiredText(String key) throws Problem {
        return required(key).asText();
    }

    boolean flag(String key, boolean byDefault) throws Problem {
        var value = get(key);
        if (value.isEmpty()
                || value.get().isTextual() && value.get().textValue().isEmpty()) {
            return byDefault;
        }
        return switch (value.get().asText()) {
            case "true" -> true;
            case "false" -> false;
            default -> throw Problem.badRequest("not_boolean: " + value.get().asText());
        };
    }

    Optional<Long> integer(String key) throws Problem {
        var value = get(key);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        if (value.get().isIntegralNumber() && value.get().canConvertToLong()) {
            return value.map(JsonNode::longValue);
        }
        try {
            return Optional.of(Long.parseLong(value.get().asText().strip()));
        } catch (NumberFormatException _) {
            throw Problem.badRequest(
                    "not_integer: " + key + " is " + value.get().asText());
        }
    }

    FieldTable table(String key) throws Problem {
        var value = get(key);
        return value.isEmpty() ? FieldTable.EMPTY : Json.table(value.get(), key);
    }

    /// A list, or words with commas between.
    Optional<SequencedSet<String>> words(String key) {
        return get(key).map(value -> {
            SequencedSet<String> words = new LinkedHashSet<>();
            if (value.isArray()) {
                value.forEach(element -> words.add(element.asText().strip()));
            } else {
                for (String word : value.asText().split(",")) {
                    words.add(word.strip());
                }
            }
            words.remove("");
            return words;
        });
    }
}
