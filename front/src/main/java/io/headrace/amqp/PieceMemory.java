package io.headrace.amqp;

import io.headrace.net.InputMemory;
import io.headrace.net.Wire;

/// What one connection holds of frames and bodies that arrive in pieces, and of transactions. Pieces up to
/// [#FREE_BYTES] are free, so that acknowledgements do not wait for others' bodies.
///
/// Threads: the loop of its connection.
final class PieceMemory implements InputMemory.Holder {
    static final int FREE_BYTES = 4096;

    private final Wire wire;
    private final InputGate gate;
    private final Runnable run;
    private final InputMemory.Share share;
    private long receivedBytes;

    /// @param run goes on with the input
    PieceMemory(InputMemory all, Wire wire, InputGate gate, Runnable run) {
        this.wire = wire;
        this.gate = gate;
        this.run = run;
        this.share = all.share(wire, this);
    }

    /// Bytes have come.
    void received(int bytes) {
        receivedBytes += bytes;
    }

    /// Whether a piece of `bytes` may begin, or become so large. If not, the input rests until it is worth asking
    /// again.
    boolean admits(int bytes) {
        if (bytes <= FREE_BYTES || share.admits()) {
            return true;
        }
        gate.stop(InputGate.MEMORY);
        wire.reading(false);
        return false;
    }

    /// A piece of `before` bytes, or none of it, has become one of `after`.
    void resized(int before, int after) {
        int more = counted(after) - counted(before);
        if (more > 0) {
            share.take(more);
        } else if (more < 0) {
            share.give(-more);
        }
    }

    private static int counted(int bytes) {
        return bytes <= FREE_BYTES ? 0 : bytes;
    }

    @Override
    public void goOn() {
        gate.go(InputGate.MEMORY);
        run.run();
    }

    @Override
    public boolean waitsForPeer() {
        return gate.open();
    }

    @Override
    public long receivedBytes() {
        return receivedBytes;
    }

    /// The connection is gone.
    void leave() {
        share.leave();
    }
}
