package io.headrace.catalog;

import io.headrace.message.FieldTable;
import io.headrace.message.FieldTableEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Where encoded operations go: into a buffer, or nowhere to learn their size, so that the layout is
/// spelled once.
sealed interface OperationSink {
    int MAX_STRING_BYTES = 0xffff;

    void u8(int value);

    void i32(int value);

    void i64(long value);

    /// Two bytes of length, then UTF-8.
    void string(String text);

    void table(FieldTable table);

    default void flag(boolean value) {
        u8(value ? 1 : 0);
    }

    final class Counting implements OperationSink {
        private int bytes;

        int bytes() {
            return bytes;
        }

        @Override
        public void u8(int value) {
            bytes += Byte.BYTES;
        }

        @Override
        public void i32(int value) {
            bytes += Integer.BYTES;
        }

        @Override
        public void i64(long value) {
            bytes += Long.BYTES;
        }

        @Override
        public void string(String text) {
            bytes += Short.BYTES + utf8(text).length;
        }

        @Override
        public void table(FieldTable table) {
            bytes += FieldTableEncoder.sizeBytes(table);
        }
    }

    final class Writing implements OperationSink {
        private final ByteBuffer target;
        private int at;

        Writing(ByteBuffer target, int at) {
            this.target = target;
            this.at = at;
        }

        int at() {
            return at;
        }

        @Override
        public void u8(int value) {
            target.put(at, (byte) value);
            at += Byte.BYTES;
        }

        @Override
        public void i32(int value) {
            target.putInt(at, value);
            at += Integer.BYTES;
        }

        @Override
        public void i64(long value) {
            target.putLong(at, value);
            at += Long.BYTES;
        }

        @Override
        public void string(String text) {
            byte[] bytes = utf8(text);
            target.putShort(at, (short) bytes.length);
            target.put(at + Short.BYTES, bytes);
            at += Short.BYTES + bytes.length;
        }

        @Override
        public void table(FieldTable table) {
            at = FieldTableEncoder.encode(table, target, at);
        }
    }

    private static byte[] utf8(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > MAX_STRING_BYTES) {
            throw new IllegalArgumentException("text of " + bytes.length + " bytes in the catalog");
        }
        return bytes;
    }
}
