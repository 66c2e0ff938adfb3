package io.headrace.message;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/// A value of an AMQP field table, with the type it has on the wire (RabbitMQ's dialect: `s` is int16).
public sealed interface FieldValue {
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
