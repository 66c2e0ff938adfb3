package io.headrace.message;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;

/// A value of an AMQP field table, with the type it has on the wire (RabbitMQ's dialect: `s` is int16).
public sealed interface FieldValue {
    /// RabbitMQ's name of the wire type, as its error texts have it.
    default String typeName() {
        return switch (this) {
            case Bool _ -> "bool";
            case Int8 _ -> "byte";
            case UInt8 _ -> "unsignedbyte";
            case Int16 _ -> "short";
            case UInt16 _ -> "unsignedshort";
            case Int32 _ -> "signedint";
            case UInt32 _ -> "unsignedint";
            case Int64 _ -> "long";
            case Float32 _ -> "float";
            case Float64 _ -> "double";
            case Decimal _ -> "decimal";
            case Timestamp _ -> "timestamp";
            case Array _ -> "array";
            case Table _ -> "table";
            case Nothing _ -> "void";
            case LongString _ -> "longstr";
            case Binary _ -> "binary";
        };
    }

    /// The number, if this is an integer of any width and sign.
    default OptionalLong integer() {
        return switch (this) {
            case Int8(byte value) -> OptionalLong.of(value);
            case UInt8(short value) -> OptionalLong.of(value);
            case Int16(short value) -> OptionalLong.of(value);
            case UInt16(int value) -> OptionalLong.of(value);
            case Int32(int value) -> OptionalLong.of(value);
            case UInt32(long value) -> OptionalLong.of(value);
            case Int64(long value) -> OptionalLong.of(value);
            case Bool _, Float32 _, Float64 _, Decimal _, Timestamp _, Array _, Table _, Nothing _, LongString _ ->
                OptionalLong.empty();
            case Binary _ -> OptionalLong.empty();
        };
    }

    /// Whether the two mean the same where RabbitMQ compares arguments and headers: integers by value
    /// whatever their width, floating point numbers likewise, everything else by type and value. An integer
    /// never equals a floating point number or a text.
    default boolean sameMeaning(FieldValue other) {
        if (equals(other)) {
            return true;
        }
        OptionalLong integer = integer();
        if (integer.isPresent()) {
            return integer.equals(other.integer());
        }
        return isFloating(this) && isFloating(other) && floating(this) == floating(other);
    }

    private static boolean isFloating(FieldValue value) {
        return value instanceof Float32 || value instanceof Float64;
    }

    private static double floating(FieldValue value) {
        return value instanceof Float32(float single) ? single : ((Float64) value).value();
    }

    record Bool(boolean value) implements FieldValue {}

    record Int8(byte value) implements FieldValue {}

    record UInt8(short value) implements FieldValue {}

    record Int16(short value) implements FieldValue {}

    record UInt16(int value) implements FieldValue {}

    record Int32(int value) implements FieldValue {}

    record UInt32(long value) implements FieldValue {}

    record Int64(long value) implements FieldValue {}

    record Float32(float value) implements FieldValue {}

    record Float64(double value) implements FieldValue {}

    /// `unscaled / 10^scale`
    record Decimal(int scale, int unscaled) implements FieldValue {}

    /// Seconds since 1970.
    record Timestamp(long seconds) implements FieldValue {}

    record Array(List<FieldValue> values) implements FieldValue {
        public Array {
            values = List.copyOf(values);
        }
    }

    record Table(FieldTable table) implements FieldValue {
        public Table {
            Objects.requireNonNull(table);
        }
    }

    record Nothing() implements FieldValue {}

    /// `S`: bytes that are text by custom.
    record LongString(byte[] bytes) implements FieldValue {
        public static LongString of(String text) {
            return new LongString(text.getBytes(StandardCharsets.UTF_8));
        }

        public String text() {
            return new String(bytes, StandardCharsets.UTF_8);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof LongString(byte[] theirs) && Arrays.equals(bytes, theirs);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bytes);
        }

        @Override
        public String toString() {
            return text();
        }
    }

    /// `x`: bytes that are not text.
    record Binary(byte[] bytes) implements FieldValue {
        @Override
        public boolean equals(Object other) {
            return other instanceof Binary(byte[] theirs) && Arrays.equals(bytes, theirs);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bytes);
        }
    }
}
