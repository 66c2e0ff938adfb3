package io.headrace.amqp;

import io.headrace.message.MalformedException;
import io.headrace.message.MessageProperties;
import io.headrace.message.MessageProperties.Property;
import io.headrace.security.User;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// What is looked at in a publisher's properties before the message is taken; they are stored as they came.
///
/// Threads: the loop of its connection.
final class PropertyChecks {
    private static final String IMPERSONATOR = "impersonator";
    private static final short DELIVERY_MODE_ONLY = 0x1000;
    private static final short TYPE_AND_DELIVERY_MODE = (short) 0x9000;

    private final MessageProperties properties = new MessageProperties();
    private final String userName;
    private final byte[] userNameBytes;
    private final boolean mayImpersonate;

    PropertyChecks(User user) {
        userName = user.name();
        userNameBytes = userName.getBytes(StandardCharsets.UTF_8);
        mayImpersonate = user.tags().contains(IMPERSONATOR);
    }

    /// Allocates nothing for a message without expiration.
    ///
    /// @throws AmqpException the block is malformed, or a property has a value that it cannot have
    void check(ByteBuffer bytes, int at, int length) throws AmqpException {
        if (plain(bytes, at, length)) {
            return;
        }
        try {
            properties.wrap(bytes, at, length);
            properties.checkHeaders();
        } catch (MalformedException malformed) {
            throw ReplyCode.SYNTAX_ERROR.because("content header: " + malformed.getMessage());
        }
        if (properties.has(Property.EXPIRATION)) {
            checkExpiration();
        }
        if (!mayImpersonate && properties.userIdDiffersFrom(userNameBytes)) {
            throw ReplyCode.PRECONDITION_FAILED.because("user_id property set to '%s' but authenticated user was '%s'"
                    .formatted(properties.text(Property.USER_ID).orElse(""), userName));
        }
    }

    /// The three commonest forms, which need no further look: nothing, a delivery mode, and a content type
    /// before it.
    private static boolean plain(ByteBuffer bytes, int at, int length) {
        if (length < Short.BYTES) {
            return false;
        }
        return switch (bytes.getShort(at)) {
            case 0 -> length == Short.BYTES;
            case DELIVERY_MODE_ONLY -> length == Short.BYTES + 1;
            case TYPE_AND_DELIVERY_MODE ->
                length > Short.BYTES && length == Short.BYTES + 2 + (bytes.get(at + 2) & 0xff);
            default -> false;
        };
    }

    private void checkExpiration() throws AmqpException {
        try {
            properties.expirationMillis();
        } catch (MalformedException malformed) {
            throw ReplyCode.PRECONDITION_FAILED.because(malformed.getMessage());
        }
    }
}
