package io.headrace.conformance.kafka;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.RequestUtils;

/// One connection, on which requests are written as they are given, in any version, and answers read in their order.
/// Not a client: it asks for nothing by itself.
///
/// Threads: one.
final class Wire implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 40_000;
    private static final String CLIENT_ID = "script";

    private final Socket socket;
    private final DataInputStream in;
    private final Queue<RequestHeader> unanswered = new ArrayDeque<>();
    private int correlationId;

    Wire(KafkaEndpoint kafka) throws IOException {
        socket = new Socket(kafka.host(), kafka.port());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        in = new DataInputStream(socket.getInputStream());
    }

    /// Writes a request and waits for the answer to it, which is the next.
    Optional<AbstractResponse> call(ApiKeys key, int version, ApiMessage request) throws IOException {
        send(key, version, request);
        return receive();
    }

    void send(ApiKeys key, int version, ApiMessage request) throws IOException {
        unanswered.add(write(key, version, request));
    }

    /// One that gets no answer.
    void sendUnanswered(ApiKeys key, int version, ApiMessage request) throws IOException {
        write(key, version, request);
    }

    private RequestHeader write(ApiKeys key, int version, ApiMessage request) throws IOException {
        return write(key, version, request, header -> {}, frame -> frame);
    }

    private RequestHeader write(
            ApiKeys key,
            int version,
            ApiMessage request,
            Consumer<RequestHeaderData> headed,
            UnaryOperator<ByteBuffer> changed)
            throws IOException {
        var header = new RequestHeader(key, (short) version, CLIENT_ID, ++correlationId);
        var data = header.data().duplicate();
        headed.accept(data);
        var frame = RequestUtils.serialize(data, header.headerVersion(), request, (short) version);
        sendBytes(changed.apply(frame));
        return header;
    }

    /// Writes a request that is not as it should be, and waits for what comes.
    ///
    /// @param headed what becomes of the header before it is written
    /// @param changed what becomes of the bytes of header and body
    Optional<AbstractResponse> call(
            ApiKeys key,
            int version,
            ApiMessage request,
            Consumer<RequestHeaderData> headed,
            UnaryOperator<ByteBuffer> changed)
            throws IOException {
        unanswered.add(write(key, version, request, headed, changed));
        return receive();
    }

    /// Header and body as they are, after their size.
    void sendBytes(ByteBuffer frame) throws IOException {
        var bytes = ByteBuffer.allocate(Integer.BYTES + frame.remaining());
        bytes.putInt(frame.remaining()).put(frame);
        socket.getOutputStream().write(bytes.array());
    }

    /// Empty if the broker closes the connection instead.
    Optional<AbstractResponse> receive() throws IOException {
        var frame = receiveBytes();
        var header = unanswered.remove();
        return frame.map(bytes -> AbstractResponse.parseResponse(bytes, header));
    }

    Optional<ByteBuffer> receiveBytes() throws IOException {
        try {
            var frame = new byte[in.readInt()];
            in.readFully(frame);
            return Optional.of(ByteBuffer.wrap(frame));
        } catch (EOFException | SocketException e) {
            return Optional.empty();
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
