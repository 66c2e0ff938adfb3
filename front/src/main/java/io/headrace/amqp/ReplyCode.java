package io.headrace.amqp;

/// The reply codes of AMQP 0-9-1 §1.1 that we use.
enum ReplyCode {
    OK(200, false),
    NO_ROUTE(312, false),
    ACCESS_REFUSED(403, false),
    NOT_FOUND(404, false),
    RESOURCE_LOCKED(405, false),
    PRECONDITION_FAILED(406, false),
    CONNECTION_FORCED(320, true),
    FRAME_ERROR(501, true),
    SYNTAX_ERROR(502, true),
    COMMAND_INVALID(503, true),
    CHANNEL_ERROR(504, true),
    UNEXPECTED_FRAME(505, true),
    RESOURCE_ERROR(506, true),
    NOT_ALLOWED(530, true),
    NOT_IMPLEMENTED(540, true),
    INTERNAL_ERROR(541, true);

    private final int code;
    private final boolean hard;

    ReplyCode(int code, boolean hard) {
        this.code = code;
        this.hard = hard;
    }

    int code() {
        return code;
    }

    /// Ends the connection; a soft one ends the channel only.
    boolean hard() {
        return hard;
    }

    AmqpException because(String explanation) {
        return new AmqpException(this, explanation);
    }
}
