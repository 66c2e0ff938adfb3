package io.headrace.message;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;

/// A flyweight over the raw property flags and list of a basic message (AMQP 0-9-1 §4.2.6.1). Valid until
/// it is positioned elsewhere or the bytes change. Positioning allocates nothing.
///
/// ```text
///  flags u16 | content-type S content-encoding S headers F delivery-mode u8 priority u8 correlation-id S reply-to S
///            | expiration S message-id S timestamp u64 type S user-id S app-id S cluster-id S
/// ```
/// Bit 15 of the flags is the first property; only those with their bit set are in the list. S is a short
/// string. Bit 0 announces a second flags word, which class basic has no use for: it is malformed here, and
/// so is bit 1.
///
/// Threads: the one that positions it.
public final class MessageProperties {
    /// The properties of class basic in wire order.
    public enum Property {
        CONTENT_TYPE(Form.SHORT_STRING),
        CONTENT_ENCODING(Form.SHORT_STRING),
        HEADERS(Form.TABLE),
        DELIVERY_MODE(Form.OCTET),
        PRIORITY(Form.OCTET),
        CORRELATION_ID(Form.SHORT_STRING),
        REPLY_TO(Form.SHORT_STRING),
        EXPIRATION(Form.SHORT_STRING),
        MESSAGE_ID(Form.SHORT_STRING),
        TIMESTAMP(Form.LONG),
        TYPE(Form.SHORT_STRING),
        USER_ID(Form.SHORT_STRING),
        APP_ID(Form.SHORT_STRING),
        CLUSTER_ID(Form.SHORT_STRING);

        private static final Property[] IN_WIRE_ORDER = values();
        private final Form form;

        Property(Form form) {
            this.form = form;
        }

        /// Of the word of flags.
        public int flag() {
            return 0x8000 >>> ordinal();
        }

        /// Bytes of the length before a value.
        int prefixBytes() {
            return switch (form) {
                case SHORT_STRING -> 1;
                case TABLE -> Integer.BYTES;
                case OCTET, LONG -> 0;
            };
        }
    }

    private enum Form {
        SHORT_STRING,
        TABLE,
        OCTET,
        LONG
    }

    /// The property list of a message that has none: two zero octets.
    public static final int EMPTY_BYTES = Short.BYTES;

    private static final int PERSISTENT = 2;
    private static final int UNUSED_FLAGS = 0x0003;
    private static final int ABSENT = -1;

    private final int[] starts = new int[Property.IN_WIRE_ORDER.length];
    private ByteBuffer buffer;
    private int end;

    /// Positions this on the block of `length` bytes at `start` and finds each property's place.
    ///
    /// The inside of the headers table is not looked at; see [#checkHeaders].
    ///
    /// @param buffer big-endian; read absolutely
    /// @throws MalformedException a length points outside the block, bytes are left over, or a flag is
    ///     unknown; this is then positioned nowhere
    public MessageProperties wrap(ByteBuffer buffer, int start, int length) {
        this.buffer = buffer;
        Arrays.fill(starts, ABSENT);
        end = start + length;
        if (length < Short.BYTES) {
            throw new MalformedException("property flags cut short");
        }
        int flags = buffer.getShort(start) & 0xffff;
        if ((flags & UNUSED_FLAGS) != 0) {
            throw new MalformedException("unknown property flags 0x%04x".formatted(flags));
        }
        int at = start + Short.BYTES;
        for (Property property : Property.IN_WIRE_ORDER) {
            if ((flags & property.flag()) != 0) {
                starts[property.ordinal()] = at;
                at = pass(property, at);
            }
        }
        if (at != end) {
            throw new MalformedException((end - at) + " bytes after the last property");
        }
        return this;
    }

    private int pass(Property property, int at) {
        long after = switch (property.form) {
            case OCTET -> at + 1L;
            case LONG -> at + (long) Long.BYTES;
            case SHORT_STRING -> at < end ? at + 1L + (buffer.get(at) & 0xff) : Long.MAX_VALUE;
            case TABLE ->
                at + Integer.BYTES <= end
                        ? at + Integer.BYTES + Integer.toUnsignedLong(buffer.getInt(at))
                        : Long.MAX_VALUE;
        };
        if (after > end) {
            throw new MalformedException("property " + property + " cut short");
        }
        return (int) after;
    }

    public boolean has(Property property) {
        return starts[property.ordinal()] != ABSENT;
    }

    /// Where the bytes of a property begin: of a short string or table after the length.
    public int start(Property property) {
        return starts[property.ordinal()] + property.prefixBytes();
    }

    /// Bytes of a property that is there, without a length prefix.
    public int bytes(Property property) {
        int at = starts[property.ordinal()];
        return switch (property.form) {
            case SHORT_STRING -> buffer.get(at) & 0xff;
            case TABLE -> buffer.getInt(at);
            case OCTET -> Byte.BYTES;
            case LONG -> Long.BYTES;
        };
    }

    /// Delivery mode 2. Anything else, and nothing, is transient.
    public boolean persistent() {
        return has(Property.DELIVERY_MODE) && buffer.get(start(Property.DELIVERY_MODE)) == PERSISTENT;
    }

    /// 0 to 255, or -1 if the message has none.
    public int priority() {
        return has(Property.PRIORITY) ? buffer.get(start(Property.PRIORITY)) & 0xff : -1;
    }

    /// Seconds since 1970; empty if the message has none.
    public OptionalLong timestampSeconds() {
        return has(Property.TIMESTAMP)
                ? OptionalLong.of(buffer.getLong(start(Property.TIMESTAMP)))
                : OptionalLong.empty();
    }

    /// How long the message may wait, in milliseconds; -1 if it does not say. Allocates if it does.
    ///
    /// @throws MalformedException not a decimal number of at most ten years, in RabbitMQ's words
    public long expirationMillis() {
        Optional<String> expiration = text(Property.EXPIRATION);
        return expiration.isPresent() ? Expiration.parse(expiration.get()) : -1;
    }

    /// A short string property; allocates.
    public Optional<String> text(Property property) {
        if (property.form != Form.SHORT_STRING || !has(property)) {
            return Optional.empty();
        }
        byte[] bytes = new byte[bytes(property)];
        buffer.get(start(property), bytes);
        return Optional.of(new String(bytes, StandardCharsets.UTF_8));
    }

    /// Whether a short string property is there and has exactly these bytes.
    public boolean textEquals(Property property, byte[] bytes) {
        return has(property) && bytes(property) == bytes.length && same(start(property), bytes);
    }

    /// Whether the message has `user-id` and it is not this one.
    public boolean userIdDiffersFrom(byte[] userName) {
        return has(Property.USER_ID) && !textEquals(Property.USER_ID, userName);
    }

    /// The decoded headers, [FieldTable#EMPTY] if there are none; allocates.
    ///
    /// @throws MalformedException the table's inside is not in order
    public FieldTable headers() {
        return has(Property.HEADERS)
                ? FieldTableDecoder.decode(buffer, starts[Property.HEADERS.ordinal()], headersEnd())
                : FieldTable.EMPTY;
    }

    /// Walks the headers table without allocating.
    ///
    /// @throws MalformedException the table's inside is not in order
    public void checkHeaders() {
        if (has(Property.HEADERS)) {
            FieldTableDecoder.check(buffer, starts[Property.HEADERS.ordinal()], headersEnd());
        }
    }

    /// Whether the headers have a field of this name (at the top level). Allocates nothing.
    ///
    /// @throws MalformedException the table's inside is not in order
    public boolean hasHeader(byte[] name) {
        if (!has(Property.HEADERS)) {
            return false;
        }
        int at = start(Property.HEADERS);
        int stop = headersEnd();
        while (at < stop) {
            int nameBytes = buffer.get(at) & 0xff;
            if (nameBytes >= stop - at - 1) {
                throw new MalformedException("header name cut short");
            }
            if (nameBytes == name.length && same(at + 1, name)) {
                return true;
            }
            at = FieldTableDecoder.skipValue(buffer, at + 1 + nameBytes, stop);
        }
        return false;
    }

    private int headersEnd() {
        return start(Property.HEADERS) + bytes(Property.HEADERS);
    }

    private boolean same(int at, byte[] bytes) {
        for (int i = 0; i < bytes.length; i++) {
            if (buffer.get(at + i) != bytes[i]) {
                return false;
            }
        }
        return true;
    }
}
