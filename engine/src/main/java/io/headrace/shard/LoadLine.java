package io.headrace.shard;

import java.util.ArrayDeque;
import java.util.function.BooleanSupplier;

/// Who waits to have a message brought into memory. A few are served at a time: what is being read has memory of its
/// own, and so has what was read until the end of its turn, when it was delivered.
///
/// Threads: the loop.
final class LoadLine {
    /// Two for the threads that read, and two that have just been read.
    private static final int UNDER_WAY_MAX = 4;
    /// Of messages; a larger one is read alone.
    private static final long BYTES_MAX = 32L << 20;

    private record Waiting(long bytes, BooleanSupplier wanted, Runnable load, Runnable done) {}

    private final Loop loop;
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private int underWay;
    private long bytesUnderWay;
    private boolean going;

    LoadLine(Loop loop) {
        this.loop = loop;
    }

    /// Runs `load` when it is its turn, which says [#came] once it is there.
    ///
    /// @param bytes of the message
    /// @param wanted asked then; if not, as when the message is gone or came with another, `done` runs instead
    void add(long bytes, BooleanSupplier wanted, Runnable load, Runnable done) {
        waiting.addLast(new Waiting(bytes, wanted, load, done));
        goOn();
    }

    /// What was loaded for `done` has come: the next follows when this turn has ended.
    ///
    /// @param release what was read is as good as anything else then
    void came(long bytes, Runnable done, Runnable release) {
        try {
            done.run(); // may ask for an end of the turn; so ours comes after it
        } finally {
            loop.afterTurn(() -> {
                release.run();
                underWay--;
                bytesUnderWay -= bytes;
                goOn();
            });
        }
    }

    // a loop, however many of those who wait are done at once
    private void goOn() {
        if (going) {
            return;
        }
        going = true;
        try {
            while (!waiting.isEmpty() && room(waiting.peekFirst().bytes)) {
                begin(waiting.removeFirst());
            }
        } finally {
            going = false;
        }
    }

    private boolean room(long bytes) {
        return underWay == 0 || underWay < UNDER_WAY_MAX && bytesUnderWay + bytes <= BYTES_MAX;
    }

    private void begin(Waiting next) {
        if (next.wanted.getAsBoolean()) {
            underWay++;
            bytesUnderWay += next.bytes;
            next.load.run();
        } else {
            next.done.run();
        }
    }
}
