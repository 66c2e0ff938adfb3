package io.headrace.amqp;

import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/// A blocking client that knows the frames and nothing else, so that a test sees every byte that matters.
final class TestClient implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 10_000;
    private static final byte[] HEADER = {'A', 'M', 'Q', 'P', 0, 0, 9, 1};
    static final byte[] NO_PROPERTIES = {0, 0};

    private final Socket socket;
    private final DataInputStream in;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /// A frame as it came.
    record Received(int type, int channel, ByteBuffer payload) {
        Method method() {
            try {
                var reader = new MethodReader(payload, 0, payload.capacity());
                int id = reader.methodId();
                return switch (reader.classId()) {
                    case 10 -> ConnectionMethod.reply(id, reader);
                    case 20 -> ChannelMethod.reply(id, reader);
                    case 30 -> AccessMethod.reply(id, reader);
                    case 40 -> ExchangeMethod.reply(id, reader);
                    case 50 -> QueueMethod.reply(id, reader);
                    case 60 -> BasicMethod.reply(id, reader);
                    case 85 -> ConfirmMethod.reply(id, reader);
                    case 90 -> TxMethod.reply(id, reader);
                    default -> throw new AssertionError("class " + reader.classId());
                };
            } catch (AmqpException malformed) {
                throw new AssertionError("the server sent a malformed method", malformed);
            }
        }
    }

    /// A message with the method that brought it.
    record Message<M extends Method>(M method, byte[] properties, byte[] body, int bodyFrames) {
        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    TestClient(int port) throws IOException {
        this(new Socket("127.0.0.1", port));
    }

    TestClient(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(socket.getInputStream());
    }

    /// Logged in as guest, with channel 1 open.
    static TestClient ready(int port, String... capabilities) throws IOException {
        var client = new TestClient(port);
        client.handshake(131_072, capabilities);
        client.call(1, new ChannelMethod.Open(), ChannelMethod.OpenOk.class);
        return client;
    }

    void handshake(int frameMax, String... capabilities) throws IOException {
        header();
        expect(ConnectionMethod.Start.class);
        startOk("PLAIN", "\0guest\0guest".getBytes(StandardCharsets.UTF_8), capabilities);
        var tune = expect(ConnectionMethod.Tune.class);
        send(0, new ConnectionMethod.TuneOk(tune.channelMax(), frameMax, 0));
        call(0, new ConnectionMethod.Open("/"), ConnectionMethod.OpenOk.class);
    }

    void header() throws IOException {
        write(HEADER);
    }

    void startOk(String mechanism, byte[] response, String... capabilities) throws IOException {
        Map<String, FieldValue> offered = new LinkedHashMap<>();
        for (String capability : capabilities) {
            offered.put(capability, new FieldValue.Bool(true));
        }
        var properties = new FieldTable(Map.of("capabilities", new FieldValue.Table(new FieldTable(offered))));
        send(0, new ConnectionMethod.StartOk(properties, mechanism, response, "en_US"));
    }

    // ------------------------------------------------------------------------------------------------- writing

    void write(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    void send(int channel, Method method) throws IOException {
        put(channel, method);
        flush();
    }

    /// Collected until [#flush].
    void put(int channel, Method method) {
        var payload = MethodWriter.of(method);
        var bytes = new byte[payload.size()];
        payload.bytes().get(0, bytes);
        putFrame(Frame.METHOD, channel, bytes);
    }

    void putFrame(int type, int channel, byte[] payload) {
        out.writeBytes(frame(type, channel, payload));
    }

    static byte[] frame(int type, int channel, byte[] payload) {
        return ByteBuffer.allocate(payload.length + 8)
                .put((byte) type)
                .putShort((short) channel)
                .putInt(payload.length)
                .put(payload)
                .put(Frame.END)
                .array();
    }

    void flush() throws IOException {
        write(out.toByteArray());
        out.reset();
    }

    void putPublish(int channel, String exchange, String key, boolean mandatory, byte[] properties, byte[] body) {
        put(channel, new BasicMethod.Publish(exchange, key, mandatory, false));
        putFrame(Frame.HEADER, channel, contentHeader(body.length, properties));
        if (body.length > 0) {
            putFrame(Frame.BODY, channel, body);
        }
    }

    void publish(int channel, String exchange, String key, String body) throws IOException {
        putPublish(channel, exchange, key, false, NO_PROPERTIES, body.getBytes(StandardCharsets.UTF_8));
        flush();
    }

    static byte[] contentHeader(long bodyBytes, byte[] properties) {
        return ByteBuffer.allocate(12 + properties.length)
                .putShort((short) 60)
                .putShort((short) 0)
                .putLong(bodyBytes)
                .put(properties)
                .array();
    }

    // ------------------------------------------------------------------------------------------------- reading

    Received read() throws IOException {
        int type = in.readUnsignedByte();
        int channel = in.readUnsignedShort();
        var payload = new byte[in.readInt()];
        in.readFully(payload);
        if (in.readByte() != Frame.END) {
            throw new AssertionError("no end octet");
        }
        return new Received(type, channel, ByteBuffer.wrap(payload));
    }

    /// The next frame, which must be this method.
    <M extends Method> M expect(Class<M> type) throws IOException {
        var received = read();
        if (received.type() != Frame.METHOD) {
            throw new AssertionError("expected " + type.getSimpleName() + ", got frame of type " + received.type());
        }
        var method = received.method();
        if (!type.isInstance(method)) {
            throw new AssertionError("expected " + type.getSimpleName() + ", got " + method);
        }
        return type.cast(method);
    }

    <M extends Method> M call(int channel, Method request, Class<M> reply) throws IOException {
        send(channel, request);
        return expect(reply);
    }

    <M extends Method> Message<M> message(Class<M> type) throws IOException {
        var method = expect(type);
        var header = read().payload();
        int size = (int) header.getLong(4);
        var properties = new byte[header.capacity() - 12];
        header.get(12, properties);
        var body = new ByteArrayOutputStream();
        int frames = 0;
        while (body.size() < size) {
            body.writeBytes(read().payload().array());
            frames++;
        }
        return new Message<>(method, properties, body.toByteArray(), frames);
    }

    <M extends Method> Message<M> callForMessage(int channel, Method request, Class<M> reply) throws IOException {
        send(channel, request);
        return message(reply);
    }

    boolean closedByServer() throws IOException {
        try {
            return in.read() < 0;
        } catch (EOFException | SocketException closed) {
            return true;
        }
    }

    int readByte() throws IOException {
        return in.read();
    }

    Socket socket() {
        return socket;
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException trouble) {
            throw new UncheckedIOException(trouble);
        }
    }
}
