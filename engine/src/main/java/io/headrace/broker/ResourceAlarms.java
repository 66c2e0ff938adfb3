package io.headrace.broker;

import io.headrace.shard.Loop;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// Why publishers must wait: the log has no room, little is free on the device, much memory is in use.
///
/// Threads: whoever finds out tells on its own thread; listeners hear on their loops.
final class ResourceAlarms implements Broker.Alarms {
    private record Listener(Loop loop, Runnable task) {}

    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private boolean logFull; // this and the next two under the lock
    private boolean diskLow;
    private boolean memoryLow;
    private volatile String reason = "";

    @Override
    public String reason() {
        return reason;
    }

    @Override
    public Listening listen(Loop loop, Runnable listener) {
        var entry = new Listener(loop, listener);
        listeners.add(entry);
        return () -> listeners.remove(entry);
    }

    int listeners() {
        return listeners.size();
    }

    boolean any() {
        return !reason.isEmpty();
    }

    synchronized void logFull(boolean full) {
        logFull = full;
        tell();
    }

    synchronized void low(boolean memory, boolean disk) {
        memoryLow = memory;
        diskLow = disk;
        tell();
    }

    synchronized boolean diskShort() {
        return diskLow || logFull;
    }

    private void tell() {
        boolean disk = diskLow || logFull;
        String now = memoryLow ? disk ? "low on memory & disk" : "low on memory" : disk ? "low on disk" : "";
        if (!now.equals(reason)) {
            reason = now;
            listeners.forEach(listener -> listener.loop.execute(listener.task));
        }
    }
}
