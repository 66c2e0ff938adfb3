package io.headrace.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayDeque;

/// Writes lines on a thread of its own, so that nobody who has something to say waits for a terminal or a pipe. Where
/// nothing is read for too long, lines are left out, and their number is told once there is room.
///
/// Threads: any writes; `log-lines` does it.
final class LineWriter {
    private final PrintStream out;
    private final int linesMax;
    private final ArrayDeque<String> lines = new ArrayDeque<>(); // the lock of what follows
    private long lost;
    private boolean writing;

    LineWriter(PrintStream out, int linesMax) {
        this.out = out;
        this.linesMax = linesMax;
    }

    void start() {
        Thread.ofPlatform().name("log-lines").daemon().start(this::run);
    }

    /// @param line with its end
    void write(String line) {
        synchronized (lines) {
            if (lines.size() == linesMax) {
                lost++;
            } else {
                lines.add(line);
                lines.notifyAll();
            }
        }
    }

    private void run() {
        try {
            while (true) {
                out.print(next());
                written();
            }
        } catch (InterruptedException _) {
            // nobody does that; the process goes on without a word
        }
    }

    private String next() throws InterruptedException {
        synchronized (lines) {
            while (lines.isEmpty()) {
                lines.wait();
            }
            writing = true;
            var line = lines.remove();
            if (lost > 0 && lines.isEmpty()) {
                line += "(" + lost + " lines are left out here: what was written before was not read)\n";
                lost = 0;
            }
            return line;
        }
    }

    private void written() {
        synchronized (lines) {
            writing = false;
            lines.notifyAll();
        }
    }

    /// Waits until everything is written, or for so long.
    void drain(Duration most) {
        long end = System.nanoTime() + most.toNanos();
        synchronized (lines) {
            try {
                for (long left = most.toNanos();
                        (writing || !lines.isEmpty()) && left > 0;
                        left = end - System.nanoTime()) {
                    lines.wait(Math.max(1, left / 1_000_000));
                }
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
