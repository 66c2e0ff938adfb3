package io.headrace.amqp;

import java.nio.ByteBuffer;

/// Writes frames to the [Output].
///
/// Threads: the loop of its connection.
final class FrameWriter {
    private final Output output;

    FrameWriter(Output output) {
        this.output = output;
    }

    void method(int channel, Method method) {
        var payload = MethodWriter.of(method);
        int at = output.reserve(Frame.OVERHEAD_BYTES + payload.size());
        ByteBuffer out = output.bytes();
        at = Frame.putHeader(out, at, Frame.METHOD, channel, payload.size());
        out.put(at, payload.bytes(), 0, payload.size());
        output.advance(Frame.putEnd(out, at + payload.size()));
    }

    void ack(int channel, long tag, boolean multiple) {
        int size = BasicAckLayout.sizeBytes();
        int at = output.reserve(Frame.OVERHEAD_BYTES + size);
        ByteBuffer out = output.bytes();
        at = Frame.putHeader(out, at, Frame.METHOD, channel, size);
        at = BasicAckLayout.put(out, at, tag, multiple);
        output.advance(Frame.putEnd(out, at));
    }

    void nack(int channel, long tag) {
        int size = BasicNackLayout.sizeBytes();
        int at = output.reserve(Frame.OVERHEAD_BYTES + size);
        ByteBuffer out = output.bytes();
        at = Frame.putHeader(out, at, Frame.METHOD, channel, size);
        at = BasicNackLayout.put(out, at, tag, false, false);
        output.advance(Frame.putEnd(out, at));
    }

    void heartbeat() {
        int at = output.reserve(Frame.OVERHEAD_BYTES);
        ByteBuffer out = output.bytes();
        output.advance(Frame.putEnd(out, Frame.putHeader(out, at, Frame.HEARTBEAT, 0, 0)));
    }
}
