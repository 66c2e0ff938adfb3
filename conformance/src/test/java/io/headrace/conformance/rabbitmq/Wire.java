package io.headrace.conformance.rabbitmq;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.LongString;
import com.rabbitmq.client.Method;
import com.rabbitmq.client.impl.AMQImpl;
import com.rabbitmq.client.impl.Frame;
import com.rabbitmq.client.impl.LongStringHelper;
import io.headrace.conformance.Endpoint;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.Map;

/// A connection frame by frame, for what no client would send.
///
/// Threads: one.
final class Wire implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 5_000;
    private static final int FRAME_MAX = 131_072;
    private static final byte[] HEADER = {'A', 'M', 'Q', 'P', 0, 0, 9, 1};

    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;

    Wire(Endpoint broker) throws IOException {
        socket = new Socket(broker.host(), broker.port());
        socket.setSoTimeout(PATIENCE_MILLIS);
        in = new DataInputStream(socket.getInputStream());
        out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
    }

    /// As far as the start, which is read.
    static AMQP.Connection.Start started(Endpoint broker, Wire wire) throws IOException {
        wire.bytes(HEADER);
        return (AMQP.Connection.Start) wire.method();
    }

    /// As far as the tune, which is not read yet.
    static Wire tuning(Endpoint broker) throws IOException {
        var wire = new Wire(broker);
        started(broker, wire);
        wire.startOk("PLAIN", "\0guest\0guest", true);
        return wire;
    }

    /// With an open connection to a vhost.
    static Wire open(Endpoint broker, String vhost) throws IOException {
        var wire = tuning(broker);
        wire.method();
        wire.send(
                0,
                new AMQP.Connection.TuneOk.Builder()
                        .channelMax(100)
                        .frameMax(FRAME_MAX)
                        .heartbeat(0)
                        .build());
        wire.send(0, new AMQP.Connection.Open.Builder().virtualHost(vhost).build());
        wire.method();
        return wire;
    }

    /// With an open channel 1, too.
    static Wire channel(Endpoint broker, String vhost) throws IOException {
        var wire = open(broker, vhost);
        wire.send(1, new AMQP.Channel.Open.Builder().build());
        wire.method();
        return wire;
    }

    void startOk(String mechanism, String response, boolean hearsOfFailures) throws IOException {
        startOk(mechanism, LongStringHelper.asLongString(response), hearsOfFailures);
    }

    void startOk(String mechanism, LongString response, boolean hearsOfFailures) throws IOException {
        Map<String, Object> properties =
                Map.of("capabilities", Map.of("authentication_failure_close", hearsOfFailures));
        send(0, new AMQImpl.Connection.StartOk(properties, mechanism, response, "en_US"));
    }

    void bytes(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    void send(int channel, Method method) throws IOException {
        ((com.rabbitmq.client.impl.Method) method).toFrame(channel).writeTo(out);
        out.flush();
    }

    void frame(int type, int channel, byte... payload) throws IOException {
        out.writeByte(type);
        out.writeShort(channel);
        out.writeInt(payload.length);
        out.write(payload);
        out.writeByte(AMQP.FRAME_END);
        out.flush();
    }

    byte[] read(int bytes) throws IOException {
        return in.readNBytes(bytes);
    }

    com.rabbitmq.client.impl.Method method() throws IOException {
        while (true) {
            var frame = Frame.readFrom(in, () -> Integer.MAX_VALUE);
            if (frame == null) {
                throw new SocketTimeoutException();
            }
            if (frame.getType() == AMQP.FRAME_METHOD) {
                return AMQImpl.readMethodFrom(frame.getInputStream());
            }
        }
    }

    /// What comes next: a method, or the end.
    String next(Answers answers) {
        try {
            return switch (method()) {
                case AMQP.Connection.Close close ->
                    "connection.close "
                            + reason(
                                    answers,
                                    close.getReplyCode(),
                                    close.getReplyText(),
                                    close.getClassId(),
                                    close.getMethodId());
                case AMQP.Channel.Close close ->
                    "channel.close "
                            + reason(
                                    answers,
                                    close.getReplyCode(),
                                    close.getReplyText(),
                                    close.getClassId(),
                                    close.getMethodId());
                case com.rabbitmq.client.impl.Method other -> answers.text(other.toString());
            };
        } catch (SocketTimeoutException e) {
            return "nothing";
        } catch (EOFException | SocketException e) {
            return "the end of the connection";
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static String reason(Answers answers, int code, String text, int classId, int methodId) {
        return "%d %s (%d.%d)".formatted(code, answers.text(text), classId, methodId);
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // It is of no use any more.
        }
    }
}
