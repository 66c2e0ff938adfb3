package io.headrace.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// How long this machine and this process's JVM keep a thread waiting that does nothing but sleep. What a broker
/// seems to be late with at such a moment says nothing about it.
///
/// Threads: any; one of its own sleeps.
final class SleepMeter implements AutoCloseable {
    private static final long NAP_NANOS = 1_000_000;
    /// What is slept longer than this is remembered.
    private static final int WORTH_MILLIS = 10;

    private final List<Nap> overslept = new ArrayList<>();
    private final Thread sleeper =
            Thread.ofPlatform().daemon().name("sleep-meter").start(this::sleep);
    private volatile boolean closed;

    private void sleep() {
        while (!closed) {
            long from = System.currentTimeMillis();
            LockSupport.parkNanos(NAP_NANOS);
            long to = System.currentTimeMillis();
            if (to - from > WORTH_MILLIS) {
                synchronized (overslept) {
                    overslept.add(new Nap(from, to));
                }
            }
        }
    }

    /// @return of the milliseconds between two times since the epoch, those in which the thread should have been awake
    long overslept(long from, long to) {
        synchronized (overslept) {
            return overslept.stream()
                    .mapToLong(nap -> Math.max(0, Math.min(to, nap.to()) - Math.max(from, nap.from())))
                    .sum();
        }
    }

    @Override
    public void close() {
        closed = true;
    }

    private record Nap(long from, long to) {}
}
