package io.headrace.management;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headrace.message.FieldTable;
import io.headrace.message.FieldTableDecoder;
import io.headrace.message.FieldValue;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// JSON, and its way to AMQP's field tables and back.
final class Json {
    private static final int DEPTH_MAX = 64;
    /// Of a table: some less than what decoders take, since tables lie in other things.
    private static final int TABLE_DEPTH_MAX = FieldTableDecoder.MAX_DEPTH - 8;

    private static final int NAME_BYTES_MAX = 255;
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEPTH_MAX)
                            .maxStringLength(Integer.MAX_VALUE)
                            .build())
                    .build())
            .build();

    private Json() {}

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    static ArrayNode array() {
        return JsonNodeFactory.instance.arrayNode();
    }

    static ArrayNode strings(Iterable<String> texts) {
        var array = array();
        texts.forEach(array::add);
        return array;
    }

    static byte[] bytes(JsonNode node) {
        try {
            return MAPPER.writeValueAsBytes(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree cannot be written", e);
        }
    }

    /// @throws Problem it is no JSON
    static JsonNode parse(byte[] bytes) throws Problem {
        try {
            var node = MAPPER.readTree(bytes);
            if (node == null || node.isMissingNode()) {
                throw Problem.badRequest("not_json");
            }
            return node;
        } catch (IOException _) {
            throw Problem.badRequest("not_json");
        }
    }

    // ---- to JSON ----

    static ObjectNode of(FieldTable table) {
        var object = object();
        table.fields().forEach((name, value) -> object.set(name, of(value)));
        return object;
    }

    static JsonNode of(FieldValue value) {
        var nodes = JsonNodeFactory.instance;
        var integer = value.integer();
        if (integer.isPresent()) {
            return nodes.numberNode(integer.getAsLong());
        }
        return switch (value) {
            case FieldValue.Bool(boolean set) -> nodes.booleanNode(set);
            case FieldValue.Float32(float number) -> number(number);
            case FieldValue.Float64(double number) -> number(number);
            case FieldValue.Decimal(int scale, int unscaled) -> number(unscaled / Math.pow(10, scale));
            case FieldValue.Timestamp(long seconds) -> nodes.numberNode(seconds);
            case FieldValue.Array(List<FieldValue> values) -> {
                var array = array();
                values.forEach(element -> array.add(of(element)));
                yield array;
            }
            case FieldValue.Table(FieldTable table) -> of(table);
            case FieldValue.Nothing _ -> nodes.nullNode();
            case FieldValue.LongString(byte[] bytes) -> nodes.textNode(text(bytes));
            case FieldValue.Binary(byte[] bytes) -> nodes.textNode(text(bytes));
            case FieldValue.Int8 _,
                    FieldValue.UInt8 _,
                    FieldValue.Int16 _,
                    FieldValue.UInt16 _,
                    FieldValue.Int32 _,
                    FieldValue.UInt32 _,
                    FieldValue.Int64 _ -> throw new IllegalStateException("an integer that is none: " + value);
        };
    }

    /// JSON has no word for what is not a number.
    private static JsonNode number(double value) {
        return Double.isFinite(value)
                ? DoubleNode.valueOf(value)
                : JsonNodeFactory.instance.textNode(Double.toString(value));
    }

    private static String text(byte[] bytes) {
        return utf8(bytes).orElseGet(() -> Base64.getEncoder().encodeToString(bytes));
    }

    /// Empty if the bytes are no text.
    static Optional<String> utf8(byte[] bytes) {
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (CharacterCodingException _) {
            return Optional.empty();
        }
    }

    // ---- from JSON ----

    /// @throws Problem it is no object, or more than a field table can be
    static FieldTable table(JsonNode node, String what) throws Problem {
        if (node.isArray() && node.isEmpty()) {
            return FieldTable.EMPTY; // how some languages write an empty object
        }
        if (!node.isObject()) {
            throw Problem.badRequest(what + " is not an object");
        }
        return table(node, what, 1);
    }

    private static FieldTable table(JsonNode node, String what, int depth) throws Problem {
        Map<String, FieldValue> fields = new LinkedHashMap<>();
        for (var field : node.properties()) {
            if (field.getKey().getBytes(StandardCharsets.UTF_8).length > NAME_BYTES_MAX) {
                throw Problem.badRequest("a name in " + what + " is longer than " + NAME_BYTES_MAX + " bytes");
            }
            fields.put(field.getKey(), value(field.getValue(), what, depth + 1));
        }
        if (fields.size() > FieldTableDecoder.MAX_VALUES / 2) {
            throw Problem.badRequest(what + " has too many fields");
        }
        return new FieldTable(fields);
    }

    static FieldValue value(JsonNode node, String what) throws Problem {
        return value(node, what, 1);
    }

    private static FieldValue value(JsonNode node, String what, int depth) throws Problem {
        if (depth > TABLE_DEPTH_MAX) {
            throw Problem.badRequest(what + " is nested too deeply");
        }
        return switch (node.getNodeType()) {
            case BOOLEAN -> new FieldValue.Bool(node.booleanValue());
            case STRING -> FieldValue.LongString.of(node.textValue());
            case NULL, MISSING -> new FieldValue.Nothing();
            case NUMBER -> number(node, what);
            case OBJECT, POJO -> new FieldValue.Table(table(node, what, depth));
            case BINARY -> throw new IllegalStateException("JSON has no binary");
            case ARRAY -> {
                if (node.size() > FieldTableDecoder.MAX_VALUES / 2) {
                    throw Problem.badRequest(what + " has too many elements");
                }
                List<FieldValue> values = new ArrayList<>();
                for (var element : node) {
                    values.add(value(element, what, depth + 1));
                }
                yield new FieldValue.Array(values);
            }
        };
    }

    private static FieldValue number(JsonNode node, String what) throws Problem {
        if (node.isIntegralNumber()) {
            if (!node.canConvertToLong()) {
                throw Problem.badRequest("a number in " + what + " does not fit into 64 bits");
            }
            return new FieldValue.Int64(node.longValue());
        }
        return new FieldValue.Float64(node.doubleValue());
    }
}
