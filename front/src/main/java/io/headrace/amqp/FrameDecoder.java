package io.headrace.amqp;

import io.headrace.net.InputMemory;
import io.headrace.net.Wire;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/// Cuts frames out of what the socket delivers and hands them on in place. Only a frame that lies in two
/// reads is copied, into a buffer that grows with what has arrived, not with what was declared.
///
/// While the [InputGate] is closed everything stays where it is; at most the read that was under way is
/// added.
///
/// Threads: the loop of its connection.
final class FrameDecoder {
    private static final int PARTIAL_BYTES_MIN = 256;

    /// What frames are handed to.
    interface Frames {
        /// Takes one frame; `bytes` is valid during the call.
        ///
        /// @return false: not now, the gate has been closed; offer it again when it opens
        boolean frame(int type, int channel, ByteBuffer bytes, int at, int length);

        /// The bytes that the last frames lay in go away.
        void endOfBytes();

        /// The bytes are no frames; nothing more can be read from this peer.
        void malformed(AmqpException error);
    }

    private final Wire wire;
    private final InputGate gate;
    private final Frames frames;
    private final PieceMemory memory;
    private int maxPayloadBytes;
    private ByteBuf current; // being decoded; null when all is consumed
    private ByteBuffer bytes; // current's memory
    private int at;
    private int end;
    private ByteBuf partial; // counted; the beginning of a frame whose rest has not arrived; null if there is none
    private ArrayDeque<ByteBuf> waiting; // arrived while current was not finished; null until needed
    private boolean running;
    private boolean broken;

    /// @param maxFrameBytes the negotiated size; like RabbitMQ we take 8 bytes more
    FrameDecoder(Wire wire, InputGate gate, InputMemory memory, Frames frames, int maxFrameBytes) {
        this.wire = wire;
        this.gate = gate;
        this.memory = new PieceMemory(memory, wire, gate, this::run);
        this.frames = frames;
        this.maxPayloadBytes = maxFrameBytes;
    }

    void negotiated(int maxFrameBytes) {
        maxPayloadBytes = maxFrameBytes;
    }

    /// Takes `input` and decodes as far as the gate allows.
    void received(ByteBuf input) {
        memory.received(input.readableBytes());
        if (broken) {
            input.release();
        } else if (current == null) {
            begin(input);
            run();
        } else {
            if (waiting == null) {
                waiting = new ArrayDeque<>();
            }
            waiting.add(input);
            wire.reading(false);
        }
    }

    /// Goes on after the gate was opened. Harmless while it is closed, or from inside a frame.
    void run() {
        if (running) {
            return;
        }
        running = true;
        try {
            while (current != null && gate.open() && !broken) {
                if (partial == null || completePartial()) {
                    decode();
                }
            }
        } catch (AmqpException malformed) {
            drop();
            frames.malformed(malformed);
        } finally {
            running = false;
        }
        if (gate.open()) {
            wire.reading(true);
        }
    }

    private void begin(ByteBuf input) {
        current = input;
        bytes = input.nioBuffer(input.readerIndex(), input.readableBytes());
        at = 0;
        end = bytes.capacity();
    }

    private void decode() throws AmqpException {
        while (gate.open() && !broken) {
            int frameBytes = frameBytes(bytes, at, end - at);
            if (frameBytes > end - at || frameBytes == 0) {
                keepRest(frameBytes);
                return;
            }
            if (!offer(bytes, at, frameBytes)) {
                return;
            }
            at += frameBytes;
            if (at == end) {
                next();
                return;
            }
        }
    }

    /// Bytes of the whole frame that begins at `start`, 0 if too little of it is there to say.
    private int frameBytes(ByteBuffer from, int start, int available) throws AmqpException {
        if (available < Frame.PREFIX_BYTES) {
            return 0;
        }
        int payloadBytes = from.getInt(start + 3);
        if (payloadBytes < 0 || payloadBytes > maxPayloadBytes) {
            throw ReplyCode.FRAME_ERROR.because("%s: {frame_too_large,%d,%d}"
                    .formatted(
                            Frame.shown(from.get(start), from, start, 0), // its payload is not waited for
                            Integer.toUnsignedLong(payloadBytes),
                            maxPayloadBytes - Frame.OVERHEAD_BYTES));
        }
        return payloadBytes + Frame.OVERHEAD_BYTES;
    }

    private boolean offer(ByteBuffer from, int start, int frameBytes) throws AmqpException {
        byte type = from.get(start);
        byte last = from.get(start + frameBytes - 1);
        int payload = start + Frame.PREFIX_BYTES;
        int payloadBytes = frameBytes - Frame.OVERHEAD_BYTES;
        if (last != Frame.END) {
            throw ReplyCode.FRAME_ERROR.because(Frame.shown(type, from, payload, payloadBytes)
                    + ": {invalid_frame_end_marker," + (last & 0xff) + "}");
        }
        if (!Frame.known(type, payloadBytes)) {
            throw ReplyCode.FRAME_ERROR.because(Frame.shown(type, from, payload, payloadBytes) + ": unknown_frame");
        }
        return frames.frame(type, from.getShort(start + 1) & 0xffff, from, payload, payloadBytes);
    }

    /// The rest of the current buffer is the beginning of a frame, or nothing.
    private void keepRest(int frameBytes) {
        int rest = end - at;
        if (rest > 0) {
            int room = room(frameBytes, rest);
            if (!memory.admits(room)) {
                return;
            }
            partial = wire.allocate(room);
            memory.resized(0, room);
            partial.writeBytes(current, current.readerIndex() + at, rest);
        }
        next();
    }

    /// As much as the frame needs, but no more than what has arrived says.
    ///
    /// @param frameBytes 0 while that is not known
    private static int room(int frameBytes, int arrivedBytes) {
        int most = Math.max(PARTIAL_BYTES_MIN, 4 * arrivedBytes);
        return frameBytes == 0 ? most : Math.min(frameBytes, most);
    }

    /// Makes `partial` large enough for `bytes`.
    private boolean grow(int frameBytes, int bytes) {
        int room = room(frameBytes, bytes);
        if (!memory.admits(room)) {
            return false;
        }
        var larger = wire.allocate(room);
        larger.writeBytes(partial);
        memory.resized(partial.capacity(), room);
        partial.release();
        partial = larger;
        return true;
    }

    /// The current buffer is used up.
    private void next() {
        frames.endOfBytes();
        if (current != null) {
            current.release();
            current = null;
        }
        if (waiting != null && !waiting.isEmpty()) {
            begin(waiting.poll());
        }
    }

    /// Adds to the partial frame what it lacks; offers it once it is whole.
    ///
    /// @return false if the current buffer is used up or the gate closed
    private boolean completePartial() throws AmqpException {
        while (true) {
            int have = partial.readableBytes();
            var view = partial.nioBuffer(0, have);
            int wanted = frameBytes(view, 0, have);
            if (wanted == have) {
                return offerPartial(view, wanted);
            }
            if (at == end) {
                next();
                return false;
            }
            int lacking = (wanted == 0 ? Frame.PREFIX_BYTES : wanted) - have;
            int taken = Math.min(lacking, end - at);
            if (partial.writableBytes() < taken && !grow(wanted, have + taken)) {
                return false;
            }
            partial.writeBytes(current, current.readerIndex() + at, taken);
            at += taken;
        }
    }

    private boolean offerPartial(ByteBuffer view, int frameBytes) throws AmqpException {
        if (!offer(view, 0, frameBytes)) {
            return false;
        }
        frames.endOfBytes();
        dropPartial();
        if (at == end && current != null) {
            next();
            return false;
        }
        return true;
    }

    private void dropPartial() {
        if (partial != null) {
            memory.resized(partial.capacity(), 0);
            partial.release();
            partial = null;
        }
    }

    PieceMemory memory() {
        return memory;
    }

    /// Releases everything; further input is ignored.
    void drop() {
        broken = true;
        if (current != null) {
            current.release();
            current = null;
        }
        dropPartial();
        memory.leave();
        if (waiting != null) {
            waiting.forEach(ByteBuf::release);
            waiting = null;
        }
    }
}
