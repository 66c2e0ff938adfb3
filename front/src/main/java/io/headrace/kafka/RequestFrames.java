package io.headrace.kafka;

import io.headrace.net.InputMemory;
import io.headrace.net.Wire;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/// Cuts requests out of what the socket delivers and hands them on in place. Only one that lies in two reads is
/// copied, into a buffer that becomes as large as the request when that has arrived: it grows with what is
/// there, not with what was declared.
///
/// While the [Gate] is closed everything stays where it is; at most the read that was under way is added.
///
/// Threads: the loop of its connection.
final class RequestFrames implements InputMemory.Holder {
    static final int SIZE_BYTES = Integer.BYTES;
    /// So much room is made at once; then four times what has arrived.
    private static final int FIRST_BYTES = 64 << 10;

    /// What requests are handed to.
    interface Requests {
        /// The largest request that is taken now.
        int bytesMax();

        /// Takes one request; `frame` is valid during the call, or until [#release] if that is asked for.
        ///
        /// @return true: the bytes must stay until [#release]; the gate is closed then
        boolean request(ByteBuffer frame);

        /// A size that is no size.
        void malformed(int bytes);
    }

    private final Wire wire;
    private final Gate gate;
    private final InputMemory.Share memory;
    private final Requests requests;
    private ByteBuf current; // being cut; null when all is consumed
    private ArrayDeque<ByteBuf> waiting; // arrived while current was not finished; null until needed
    private ByteBuf partial; // a request whose end has not arrived; null if there is none
    private int wanted; // its size
    private int taken; // of the memory, for it
    private int size; // of the next request, as far as its bytes have arrived
    private int sizeBytes; // how many of them
    private boolean held; // the last request still needs its bytes
    private boolean running;
    private boolean dropped;
    private long receivedBytes;

    RequestFrames(Wire wire, Gate gate, InputMemory memory, Requests requests) {
        this.wire = wire;
        this.gate = gate;
        this.memory = memory.share(wire, this);
        this.requests = requests;
    }

    /// Takes `input` and goes on as far as the gate allows.
    void received(ByteBuf input) {
        receivedBytes += input.readableBytes();
        if (dropped) {
            input.release();
            return;
        }
        if (current == null) {
            current = input;
        } else {
            if (waiting == null) {
                waiting = new ArrayDeque<>();
            }
            waiting.add(input);
            wire.reading(false);
        }
        run();
    }

    /// The bytes of the last request are not needed any more.
    void release() {
        held = false;
        if (dropped) {
            releaseAll();
        }
    }

    /// Goes on after the gate was opened. Harmless while it is closed, or from inside a request.
    void run() {
        if (running || dropped) {
            return;
        }
        running = true;
        try {
            while (current != null && gate.open() && !dropped) {
                if (partial != null && partial.readableBytes() == wanted) {
                    donePartial();
                } else if (!current.isReadable()) {
                    next();
                } else if (partial == null) {
                    cut();
                } else {
                    fill();
                }
            }
        } finally {
            running = false;
        }
        if (gate.open() && !dropped) {
            wire.reading(true);
        }
        if (!held) {
            releaseUsed();
        }
    }

    /// A connection that waits, for an answer or for the gate, holds no buffer that it does not need.
    private void releaseUsed() {
        if (dropped) {
            releaseAll();
            return;
        }
        if (partial != null && partial.readableBytes() == wanted) {
            donePartial();
        }
        if (current != null && !current.isReadable()) {
            next();
        }
    }

    private void cut() {
        while (sizeBytes < SIZE_BYTES && current.isReadable()) {
            if (sizeBytes == 0 && current.readableBytes() >= SIZE_BYTES) {
                size = current.readInt();
                sizeBytes = SIZE_BYTES;
            } else {
                size = size << 8 | current.readUnsignedByte();
                sizeBytes++;
            }
        }
        if (sizeBytes < SIZE_BYTES) {
            return;
        }
        if (size < 0 || size > requests.bytesMax()) {
            requests.malformed(size);
            drop();
        } else if (current.readableBytes() >= size) {
            var frame = current.nioBuffer(current.readerIndex(), size);
            current.skipBytes(size);
            beginNext();
            held = requests.request(frame);
        } else if (take(Math.min(size, FIRST_BYTES))) {
            partial = wire.allocate(taken);
            wanted = size;
            beginNext();
            fill();
        }
    }

    private void beginNext() {
        size = 0;
        sizeBytes = 0;
    }

    /// Adds to the partial request what it lacks and what is there.
    private void fill() {
        int lacking = wanted - partial.readableBytes();
        int arrived = Math.min(lacking, current.readableBytes());
        if (partial.writableBytes() < arrived && !grow(arrived)) {
            return;
        }
        partial.writeBytes(current, arrived);
        if (arrived == lacking) {
            held = requests.request(partial.nioBuffer(0, wanted));
            if (!held && !dropped) {
                donePartial();
            }
        }
    }

    private boolean grow(int arrived) {
        int before = taken;
        long room = Math.min(wanted, 4L * (partial.readableBytes() + arrived));
        if (!take((int) room - before)) {
            return false;
        }
        var larger = wire.allocate((int) room);
        larger.writeBytes(partial);
        partial.release();
        partial = larger;
        return true;
    }

    private boolean take(int bytes) {
        if (memory.admits()) {
            memory.take(bytes);
            taken += bytes;
            return true;
        }
        gate.stop(Gate.MEMORY);
        wire.reading(false);
        return false;
    }

    @Override
    public void goOn() {
        gate.go(Gate.MEMORY);
        run();
    }

    @Override
    public boolean waitsForPeer() {
        return gate.open() && partial != null && partial.readableBytes() < wanted;
    }

    @Override
    public long receivedBytes() {
        return receivedBytes;
    }

    private void donePartial() {
        partial.release();
        partial = null;
        memory.give(taken);
        taken = 0;
    }

    /// The current buffer is used up.
    private void next() {
        current.release();
        current = waiting == null ? null : waiting.poll();
    }

    /// Nothing more is taken from this peer. What the last request still needs stays until [#release].
    void drop() {
        dropped = true;
        memory.leave();
        if (!held && !running) {
            releaseAll();
        }
    }

    private void releaseAll() {
        if (partial != null) {
            donePartial();
        }
        while (current != null) {
            next();
        }
    }
}
