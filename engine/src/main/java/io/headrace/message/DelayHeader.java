package io.headrace.message;

import java.util.LinkedHashMap;

/// The header `x-delay`, by which a publisher asks an exchange of type `x-delayed-message` to wait. Consumers see it
/// negated.
public final class DelayHeader {
    private static final String NAME = "x-delay";
    private static final long MILLIS_MAX = 0xffff_ffffL;

    private DelayHeader() {}

    /// How long to wait, 0 for not at all.
    public static long millis(FieldTable headers) {
        long asked = headers.get(NAME).map(value -> value.integer().orElse(0)).orElse(0L);
        return asked > 0 && asked <= MILLIS_MAX ? asked : 0;
    }

    /// The headers after the wait.
    public static FieldTable negated(FieldTable headers) {
        var fields = new LinkedHashMap<>(headers.fields());
        fields.computeIfPresent(NAME, (_, value) -> negated(value));
        return new FieldTable(fields);
    }

    private static FieldValue negated(FieldValue value) {
        return switch (value) {
            case FieldValue.Int8(byte number) -> new FieldValue.Int16((short) -number);
            case FieldValue.UInt8(short number) -> new FieldValue.Int16((short) -number);
            case FieldValue.Int16(short number) -> new FieldValue.Int32(-number);
            case FieldValue.UInt16(int number) -> new FieldValue.Int32(-number);
            case FieldValue.Int32(int number) -> new FieldValue.Int32(-number);
            case FieldValue.UInt32(long number) -> new FieldValue.Int64(-number);
            case FieldValue.Int64(long number) -> new FieldValue.Int64(-number);
            case FieldValue.Bool _,
                    FieldValue.Float32 _,
                    FieldValue.Float64 _,
                    FieldValue.Decimal _,
                    FieldValue.Timestamp _,
                    FieldValue.Array _,
                    FieldValue.Table _,
                    FieldValue.Nothing _,
                    FieldValue.LongString _,
                    FieldValue.Binary _ -> value;
        };
    }
}
