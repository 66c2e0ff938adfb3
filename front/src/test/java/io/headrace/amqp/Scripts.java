package io.headrace.amqp;

import io.headrace.message.FieldTable;
import java.io.ByteArrayOutputStream;

/// Bytes that a client would send.
final class Scripts {
    private Scripts() {}

    /// Up to an open channel 1.
    static byte[] handshake(int heartbeatSeconds) {
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes(new byte[] {'A', 'M', 'Q', 'P', 0, 0, 9, 1});
        bytes.writeBytes(method(
                0, new ConnectionMethod.StartOk(FieldTable.EMPTY, "PLAIN", "\0guest\0guest".getBytes(), "en_US")));
        bytes.writeBytes(method(0, new ConnectionMethod.TuneOk(2047, 131_072, heartbeatSeconds)));
        bytes.writeBytes(method(0, new ConnectionMethod.Open("/")));
        bytes.writeBytes(method(1, new ChannelMethod.Open()));
        return bytes.toByteArray();
    }

    static byte[] method(int channel, Method method) {
        var payload = MethodWriter.of(method);
        var bytes = new byte[payload.size()];
        payload.bytes().get(0, bytes);
        return TestClient.frame(Frame.METHOD, channel, bytes);
    }

    static byte[] publish(int channel, String exchange, String key, byte[] body) {
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes(method(channel, new BasicMethod.Publish(exchange, key, false, false)));
        bytes.writeBytes(TestClient.frame(
                Frame.HEADER, channel, TestClient.contentHeader(body.length, TestClient.NO_PROPERTIES)));
        if (body.length > 0) {
            bytes.writeBytes(TestClient.frame(Frame.BODY, channel, body));
        }
        return bytes.toByteArray();
    }
}
