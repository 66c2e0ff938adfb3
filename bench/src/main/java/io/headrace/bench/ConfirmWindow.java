package io.headrace.bench;

import com.rabbitmq.client.ConfirmListener;
import java.io.IOException;
import java.util.BitSet;

/// At most so many messages are on their way without a confirm.
///
/// Threads: one publishes; the connection's thread confirms.
final class ConfirmWindow implements ConfirmListener {
    /// A confirm that is missing stops the publisher after so many later ones.
    private static final int SPREAD = 1 << 16;

    private static final int PATIENCE_MILLIS = 10_000;

    private final int max;
    private final BitSet open = new BitSet(SPREAD);
    private long lowest = 1; // publish sequence numbers below are confirmed
    private long next = 1;
    private int inFlight;
    private long refused;

    ConfirmWindow(int max) {
        this.max = max;
    }

    /// Waits for room, then counts the message that is published next.
    ///
    /// @throws IOException no confirm came for ten seconds, or the broker refused a message
    synchronized void enter(long sequence) throws IOException, InterruptedException {
        while (inFlight == max || sequence - lowest >= SPREAD) {
            long before = lowest;
            int count = inFlight;
            wait(PATIENCE_MILLIS);
            if (before == lowest && count == inFlight) {
                throw new IOException("no confirm for " + PATIENCE_MILLIS + " ms, " + inFlight + " are open");
            }
        }
        if (refused > 0) {
            throw new IOException("the broker refused " + refused + " messages");
        }
        open.set(place(sequence));
        next = sequence + 1;
        inFlight++;
    }

    @Override
    public synchronized void handleAck(long sequence, boolean multiple) {
        for (long i = multiple ? lowest : sequence; i <= sequence; i++) {
            close(i);
        }
        while (lowest < next && !open.get(place(lowest))) {
            lowest++;
        }
        notifyAll();
    }

    @Override
    public synchronized void handleNack(long sequence, boolean multiple) {
        refused++;
        handleAck(sequence, multiple);
    }

    private void close(long sequence) {
        if (open.get(place(sequence))) {
            open.clear(place(sequence));
            inFlight--;
        }
    }

    private static int place(long sequence) {
        return (int) sequence & SPREAD - 1;
    }
}
