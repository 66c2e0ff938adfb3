package io.headrace.bridge;

import io.headrace.catalog.Refusal;
import io.headrace.catalog.Resource;
import io.headrace.catalog.StreamArguments;
import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;

/// Where a consumer of a stream wants to begin: its argument `x-stream-offset`.
public sealed interface OffsetSpec {
    record First() implements OffsetSpec {}

    /// With the last batch that is there.
    record Last() implements OffsetSpec {}

    /// With what comes from now on.
    record Next() implements OffsetSpec {}

    record At(long offset) implements OffsetSpec {}

    record Since(long timestampMillis) implements OffsetSpec {}

    sealed interface Reading {
        record Read(OffsetSpec spec) implements Reading {}

        record Refused(Refusal refusal) implements Reading {}
    }

    /// @param nowMillis what a span of time is counted back from
    public static Reading of(FieldTable arguments, Resource queue, long nowMillis) {
        var value = arguments.get(OffsetHeader.NAME);
        if (value.isEmpty()) {
            return new Reading.Read(new Next());
        }
        return switch (value.get()) {
            case FieldValue.LongString text -> ofText(text, queue, nowMillis);
            case FieldValue.Timestamp(long seconds) -> new Reading.Read(new Since(seconds * 1000));
            case FieldValue.Int8 _,
                    FieldValue.UInt8 _,
                    FieldValue.Int16 _,
                    FieldValue.UInt16 _,
                    FieldValue.Int32 _,
                    FieldValue.UInt32 _,
                    FieldValue.Int64 _ ->
                new Reading.Read(new At(value.get().integer().getAsLong()));
            case FieldValue.Bool _,
                    FieldValue.Float32 _,
                    FieldValue.Float64 _,
                    FieldValue.Decimal _,
                    FieldValue.Array _,
                    FieldValue.Table _,
                    FieldValue.Nothing _,
                    FieldValue.Binary _ ->
                refused(queue, "{unacceptable_type," + value.get().typeName() + "}");
        };
    }

    private static Reading ofText(FieldValue.LongString value, Resource queue, long nowMillis) {
        return switch (value.text()) {
            case "first" -> new Reading.Read(new First());
            case "last" -> new Reading.Read(new Last());
            case "next" -> new Reading.Read(new Next());
            case String span ->
                StreamArguments.millis(span)
                        .<Reading>map(millis -> new Reading.Read(new Since(nowMillis - millis)))
                        .orElseGet(() -> refused(queue, "{invalid_stream_offset_arg,{longstr,<<\"" + span + "\">>}}"));
        };
    }

    private static Reading refused(Resource queue, String detail) {
        return new Reading.Refused(new Refusal.InvalidArgument(queue, OffsetHeader.NAME, detail));
    }
}
