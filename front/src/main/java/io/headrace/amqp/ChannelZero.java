package io.headrace.amqp;

import java.nio.ByteBuffer;

/// Channel 0: the methods of the connection itself, and what else must not come there.
///
/// Threads: the loop of its connection.
final class ChannelZero {
    private final AmqpConnection connection;
    private final Handshake handshake;

    ChannelZero(AmqpConnection connection, Handshake handshake) {
        this.connection = connection;
        this.handshake = handshake;
    }

    boolean running(int type, ByteBuffer bytes, int at, int length) throws AmqpException {
        if (type == Frame.HEARTBEAT) {
            return true;
        }
        switch (method(type, bytes, at, length)) {
            case ConnectionMethod.Close _ -> connection.peerCloses();
            case ConnectionMethod.UpdateSecret _ -> connection.send(0, new ConnectionMethod.UpdateSecretOk());
            case ConnectionMethod.StartOk _,
                    ConnectionMethod.SecureOk _,
                    ConnectionMethod.TuneOk _,
                    ConnectionMethod.Open _,
                    ConnectionMethod.CloseOk _ -> throw outOfPlace();
        }
        return true;
    }

    private static AmqpException outOfPlace() {
        return ReplyCode.CHANNEL_ERROR.because("unexpected method in connection state running");
    }

    boolean handshaking(int type, int channel, ByteBuffer bytes, int at, int length) throws AmqpException {
        if (channel != 0) {
            throw ReplyCode.UNEXPECTED_FRAME.because(
                    "frame of type %d on channel %d before connection.open".formatted(type, channel));
        }
        if (type == Frame.HEARTBEAT) {
            return true;
        }
        switch (method(type, bytes, at, length)) {
            case ConnectionMethod.Close _ -> connection.peerCloses();
            case ConnectionMethod.CloseOk _ -> connection.end();
            case ConnectionMethod.Request step -> handshake.handle(step);
        }
        return true;
    }

    /// We have sent `connection.close`: only its answer counts, or the peer's own close that crossed it.
    boolean closing(int type, int channel, ByteBuffer bytes, int at, int length) throws AmqpException {
        if (type == Frame.METHOD && channel == 0) {
            switch (method(type, bytes, at, length)) {
                case ConnectionMethod.Close _ -> {
                    connection.send(0, new ConnectionMethod.CloseOk());
                    connection.end();
                }
                case ConnectionMethod.CloseOk _ -> connection.end();
                case ConnectionMethod.Request _ -> {}
            }
        }
        return true;
    }

    private ConnectionMethod.Request method(int type, ByteBuffer bytes, int at, int length) throws AmqpException {
        if (type != Frame.METHOD) {
            throw Channels.unexpected(type, bytes, at, length);
        }
        var reader = new MethodReader(bytes, at, at + length);
        connection.handling(reader.classId() << 16 | reader.methodId());
        return switch (reader.classId()) {
            case ConnectionMethod.CLASS_ID -> ConnectionMethod.request(reader.methodId(), reader);
            case ChannelMethod.CLASS_ID,
                    AccessMethod.CLASS_ID,
                    ExchangeMethod.CLASS_ID,
                    QueueMethod.CLASS_ID,
                    BasicMethod.CLASS_ID,
                    ConfirmMethod.CLASS_ID,
                    TxMethod.CLASS_ID -> throw outOfPlace();
            default -> throw reader.unimplemented();
        };
    }
}
