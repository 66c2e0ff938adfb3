package io.headrace.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;

/// JSON as Erlang would show it, since RabbitMQ's tables do.
final class ErlangTerm {
    private ErlangTerm() {}

    /// In a cell of a table: a text stands for itself, `[{"x-queue-type","quorum"}]`, `[administrator]`.
    static String cell(JsonNode value) {
        return switch (value.getNodeType()) {
            case STRING -> value.textValue();
            case ARRAY -> words(value);
            case OBJECT -> term(value);
            case MISSING, NULL -> "";
            case NUMBER, BOOLEAN, BINARY, POJO -> value.asText();
        };
    }

    /// Names with commas between: nodes, tags.
    static String words(JsonNode array) {
        var text = new StringBuilder("[");
        array.forEach(element -> text.append(text.length() == 1 ? "" : ", ").append(element.asText()));
        return text.append(']').toString();
    }

    /// Of an AMQP table and what is in it.
    static String term(JsonNode value) {
        return switch (value.getNodeType()) {
            case STRING -> '"' + escaped(value.textValue()) + '"';
            case ARRAY -> {
                var text = new StringBuilder("[");
                value.forEach(
                        element -> text.append(text.length() == 1 ? "" : ",").append(term(element)));
                yield text.append(']').toString();
            }
            case OBJECT -> {
                var text = new StringBuilder("[");
                value.properties()
                        .forEach(field -> text.append(text.length() == 1 ? "{\"" : ",{\"")
                                .append(escaped(field.getKey()))
                                .append("\",")
                                .append(term(field.getValue()))
                                .append('}'));
                yield text.append(']').toString();
            }
            case MISSING, NULL -> "undefined";
            case NUMBER, BOOLEAN, BINARY, POJO -> value.asText();
        };
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"");
    }

    /// With strings as binaries, for `--formatter erlang`.
    static String binaries(JsonNode value) {
        return switch (value.getNodeType()) {
            case STRING -> "<<\"" + escaped(value.textValue()) + "\">>";
            case ARRAY -> {
                var text = new StringBuilder("[");
                value.forEach(
                        element -> text.append(text.length() == 1 ? "" : ",").append(binaries(element)));
                yield text.append(']').toString();
            }
            case OBJECT -> {
                var text = new StringBuilder("[");
                value.properties()
                        .forEach(field -> text.append(text.length() == 1 ? "{<<\"" : ",{<<\"")
                                .append(escaped(field.getKey()))
                                .append("\">>,")
                                .append(kind(field.getValue()))
                                .append(',')
                                .append(binaries(field.getValue()))
                                .append('}'));
                yield text.append(']').toString();
            }
            case MISSING, NULL -> "''";
            case NUMBER, BOOLEAN, BINARY, POJO -> value.asText();
        };
    }

    /// An AMQP table as `--formatter json` has it: `[["x-max-length","signedint",5]]`. Of numbers the API tells no
    /// width, so it is the smallest that holds them.
    static JsonNode typed(JsonNode value) {
        if (value.isObject()) {
            ArrayNode fields = JsonNodeFactory.instance.arrayNode();
            value.properties()
                    .forEach(field -> fields.addArray()
                            .add(field.getKey())
                            .add(kind(field.getValue()))
                            .add(typed(field.getValue())));
            return fields;
        }
        return value;
    }

    private static String kind(JsonNode value) {
        return switch (value.getNodeType()) {
            case STRING -> "longstr";
            case ARRAY -> "array";
            case OBJECT -> "table";
            case BOOLEAN -> "bool";
            case NUMBER -> value.isIntegralNumber() ? value.canConvertToInt() ? "signedint" : "long" : "double";
            case MISSING, NULL -> "void";
            case BINARY, POJO -> throw new IllegalStateException("no JSON: " + value);
        };
    }
}
