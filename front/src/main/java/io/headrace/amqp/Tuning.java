package io.headrace.amqp;

/// What both sides agreed on in tune and tune-ok.
///
/// @param heartbeatSeconds 0 for none
record Tuning(int channelMax, int maxFrameBytes, int heartbeatSeconds) {
    static ConnectionMethod.Tune proposal(AmqpConfig config) {
        return new ConnectionMethod.Tune(config.channelMax(), config.maxFrameBytes(), config.heartbeatSeconds());
    }

    static Tuning agreed(ConnectionMethod.TuneOk answer, AmqpConfig config) throws AmqpException {
        check("frame_max", answer.frameMax(), AmqpConfig.FRAME_BYTES_MIN, config.maxFrameBytes());
        check("channel_max", answer.channelMax(), 1, config.channelMax());
        return new Tuning(answer.channelMax(), (int) answer.frameMax(), answer.heartbeat());
    }

    private static void check(String field, long theirs, long least, long ours) throws AmqpException {
        if (theirs != 0 && theirs < least) {
            throw ReplyCode.NOT_ALLOWED.because(
                    "negotiated %s = %d is lower than the minimum allowed value (%d)".formatted(field, theirs, least));
        }
        if (theirs == 0 || theirs > ours) {
            throw ReplyCode.NOT_ALLOWED.because(
                    "negotiated %s = %d is higher than the maximum allowed value (%d)".formatted(field, theirs, ours));
        }
    }
}
