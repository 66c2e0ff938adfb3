package io.headrace.amqp;

import java.nio.charset.StandardCharsets;

/// A peer broke the protocol or asked the impossible: a channel or a connection has to be closed with this
/// code and text. Without a stack trace, for it is not ours.
final class AmqpException extends Exception {
    private static final long serialVersionUID = 1L;
    static final int TEXT_BYTES_MAX = 255;

    private final ReplyCode code;
    private final boolean blamesMethod;

    AmqpException(ReplyCode code, String explanation) {
        this(code, explanation, true);
    }

    private AmqpException(ReplyCode code, String explanation, boolean blamesMethod) {
        super(explanation, null, false, false);
        this.code = code;
        this.blamesMethod = blamesMethod;
    }

    /// The same, where the close does not name the method in hand: the frame was no proper part of one.
    AmqpException ofNoMethod() {
        return new AmqpException(code, getMessage(), false);
    }

    /// Whether the close names the method that failed.
    boolean blamesMethod() {
        return blamesMethod;
    }

    ReplyCode code() {
        return code;
    }

    /// `CODE_NAME - explanation`, cut where a short string ends.
    String replyText() {
        return cut(code + " - " + getMessage());
    }

    private static String cut(String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= TEXT_BYTES_MAX) {
            return text;
        }
        int end = TEXT_BYTES_MAX;
        while ((bytes[end] & 0xc0) == 0x80) {
            end--;
        }
        return new String(bytes, 0, end, StandardCharsets.UTF_8);
    }
}
