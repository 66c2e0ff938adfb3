package io.headrace.catalog;

import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Values as RabbitMQ's refusals print them, for those who compare texts.
public final class ErlangTerm {
    /// Erlang breaks longer ones over several lines.
    private static final int LINE_CHARS = 80;

    private ErlangTerm() {}

    /// `[{<<"foo">>,1}]`
    public static String pairs(Map<String, FieldValue> fields) {
        return list(fields, ",", LINE_CHARS)
                .orElseGet(() -> list(fields, ",\n ", Integer.MAX_VALUE).orElseThrow());
    }

    private static Optional<String> list(Map<String, FieldValue> fields, String separator, int chars) {
        String text = new TreeMap<>(fields)
                .entrySet().stream()
                        .map(field -> "{" + binary(field.getKey()) + "," + of(field.getValue()) + "}")
                        .collect(Collectors.joining(separator, "[", "]"));
        return text.length() > chars ? Optional.empty() : Optional.of(text);
    }

    public static String of(FieldValue value) {
        return switch (value) {
            case FieldValue.LongString string -> binary(string.text());
            case FieldValue.Nothing _ -> "null";
            case FieldValue.Array array ->
                array.values().stream().map(ErlangTerm::of).collect(Collectors.joining(",", "[", "]"));
            case FieldValue.Table(FieldTable table) ->
                new TreeMap<>(table.fields())
                        .entrySet().stream()
                                .map(field -> binary(field.getKey()) + " => " + of(field.getValue()))
                                .collect(Collectors.joining(",", "#{", "}"));
            case FieldValue.Bool _,
                    FieldValue.Int8 _,
                    FieldValue.UInt8 _,
                    FieldValue.Int16 _,
                    FieldValue.UInt16 _,
                    FieldValue.Int32 _,
                    FieldValue.UInt32 _,
                    FieldValue.Int64 _,
                    FieldValue.Float32 _,
                    FieldValue.Float64 _,
                    FieldValue.Decimal _,
                    FieldValue.Timestamp _,
                    FieldValue.Binary _ -> Equivalence.display(value);
        };
    }

    static String binary(String text) {
        return text.isEmpty() ? "<<>>" : "<<\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\">>";
    }
}
