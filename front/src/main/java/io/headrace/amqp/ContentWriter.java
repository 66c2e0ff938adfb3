package io.headrace.amqp;

import io.headrace.broker.Session;
import io.headrace.message.StoredMessage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Writes messages to the [Output]: method, header and as many body frames as the negotiated size asks for.
/// Names, properties and body are copied from where the message lies, as they are.
///
/// Threads: the loop of its connection.
final class ContentWriter {
    private static final byte[] NO_ROUTE = ReplyCode.NO_ROUTE.name().getBytes(StandardCharsets.US_ASCII);

    private final Output output;
    // of the message being written
    private ByteBuffer properties;
    private int propertiesStart;
    private int propertiesBytes;
    private int maxBodyFrameBytes = AmqpConfig.FRAME_BYTES_MIN - Frame.OVERHEAD_BYTES;

    ContentWriter(Output output) {
        this.output = output;
    }

    void negotiated(int maxFrameBytes) {
        maxBodyFrameBytes = maxFrameBytes - Frame.OVERHEAD_BYTES;
    }

    /// @param attempts that failed before, for the header `x-delivery-count`; 0 if the queue does not count
    void deliver(
            int channel,
            byte[] consumerTag,
            long deliveryTag,
            boolean redelivered,
            StoredMessage message,
            int attempts) {
        chooseProperties(message, attempts);
        int namesAt = message.exchangeStart() - 1;
        int namesBytes = message.keyStart() + message.keyBytes() - namesAt;
        int size = BasicDeliverLayout.sizeBytes(consumerTag.length, namesBytes);
        int at = start(channel, size, message);
        ByteBuffer out = output.bytes();
        at = BasicDeliverLayout.put(
                out, at, consumerTag, deliveryTag, redelivered, message.page(), namesAt, namesBytes);
        content(channel, at, message);
    }

    void getOk(
            int channel, long deliveryTag, boolean redelivered, long remaining, StoredMessage message, int attempts) {
        chooseProperties(message, attempts);
        int namesAt = message.exchangeStart() - 1;
        int namesBytes = message.keyStart() + message.keyBytes() - namesAt;
        int size = BasicGetOkLayout.sizeBytes(namesBytes);
        int at = start(channel, size, message);
        ByteBuffer out = output.bytes();
        at = BasicGetOkLayout.put(
                out,
                at,
                deliveryTag,
                redelivered,
                message.page(),
                namesAt,
                namesBytes,
                Math.min(remaining, 0xffffffffL));
        content(channel, at, message);
    }

    // as they are stored, but for a message that was given out in vain before
    private void chooseProperties(StoredMessage message, int attempts) {
        properties = message.page();
        propertiesStart = message.propertiesStart();
        propertiesBytes = message.propertiesBytes();
        if (attempts > 0) {
            properties = DeliveryCount.added(message, attempts);
            propertiesStart = 0;
            propertiesBytes = properties.limit();
        }
    }

    private int start(int channel, int methodBytes, StoredMessage message) {
        int at = output.reserve(whole(methodBytes, propertiesBytes, message.bodyBytes()));
        return Frame.putHeader(output.bytes(), at, Frame.METHOD, channel, methodBytes);
    }

    /// Bytes of method and header frame, and of the body frame if it is small: then one piece takes them
    /// all.
    private int whole(int methodBytes, int propertiesBytes, int bodyBytes) {
        int headers = methodBytes + Frame.CONTENT_PREFIX_BYTES + propertiesBytes + 2 * Frame.OVERHEAD_BYTES;
        return bodyBytes + headers > Output.PIECE_BYTES_MAX / 2 ? headers : headers + bodyBytes + Frame.OVERHEAD_BYTES;
    }

    private void content(int channel, int methodEnd, StoredMessage message) {
        ByteBuffer out = output.bytes();
        int at = Frame.putEnd(out, methodEnd);
        int bodyBytes = message.bodyBytes();
        at = header(out, at, channel, propertiesBytes, bodyBytes);
        out.put(at, properties, propertiesStart, propertiesBytes);
        properties = null;
        output.advance(Frame.putEnd(out, at + propertiesBytes));
        int bodyStart = message.bodyStart();
        for (int sent = 0; sent < bodyBytes; ) {
            int size = Math.min(bodyBytes - sent, maxBodyFrameBytes);
            int start = output.reserve(size + Frame.OVERHEAD_BYTES);
            ByteBuffer body = output.bytes();
            start = Frame.putHeader(body, start, Frame.BODY, channel, size);
            body.put(start, message.page(), bodyStart + sent, size);
            output.advance(Frame.putEnd(body, start + size));
            sent += size;
        }
    }

    private static int header(ByteBuffer out, int at, int channel, int propertiesBytes, int bodyBytes) {
        int start = Frame.putHeader(out, at, Frame.HEADER, channel, Frame.CONTENT_PREFIX_BYTES + propertiesBytes);
        out.putInt(start, Frame.BASIC_CLASS << 16); // and a weight of 0
        out.putLong(start + Integer.BYTES, bodyBytes);
        return start + Frame.CONTENT_PREFIX_BYTES;
    }

    /// Gives an unroutable message back to its publisher.
    ///
    /// @param names exchange and routing key as two short strings
    void noRoute(int channel, ByteBuffer names, Session.Content content) {
        int size = BasicReturnLayout.sizeBytes(NO_ROUTE.length, names.capacity());
        int at = output.reserve(whole(size, content.propertiesBytes(), content.bodyBytes()));
        ByteBuffer out = output.bytes();
        at = Frame.putHeader(out, at, Frame.METHOD, channel, size);
        at = BasicReturnLayout.put(out, at, ReplyCode.NO_ROUTE.code(), NO_ROUTE, names, 0, names.capacity());
        at = header(out, Frame.putEnd(out, at), channel, content.propertiesBytes(), content.bodyBytes());
        content.copyProperties(out, at);
        output.advance(Frame.putEnd(out, at + content.propertiesBytes()));
        returnedBody(channel, content);
    }

    /// The engine's content can only be copied whole, so a large one takes a detour to be cut into frames.
    private void returnedBody(int channel, Session.Content content) {
        int bodyBytes = content.bodyBytes();
        ByteBuffer detour = null;
        for (int sent = 0; sent < bodyBytes; ) {
            int size = Math.min(bodyBytes - sent, maxBodyFrameBytes);
            int start = output.reserve(size + Frame.OVERHEAD_BYTES);
            ByteBuffer out = output.bytes();
            start = Frame.putHeader(out, start, Frame.BODY, channel, size);
            if (size == bodyBytes) {
                content.copyBody(out, start);
            } else {
                if (detour == null) {
                    detour = ByteBuffer.allocate(bodyBytes);
                    content.copyBody(detour, 0);
                }
                out.put(start, detour, sent, size);
            }
            output.advance(Frame.putEnd(out, start + size));
            sent += size;
        }
    }
}
