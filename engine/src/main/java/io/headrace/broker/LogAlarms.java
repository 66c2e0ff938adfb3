package io.headrace.broker;

import io.headrace.shard.Loop;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// Why publishers must wait, as the log tells it.
///
/// Threads: the log tells on its own thread; listeners hear on their loops.
final class LogAlarms implements Broker.Alarms {
    private record Listening(Loop loop, Runnable listener) {}

    private final List<Listening> listening = new CopyOnWriteArrayList<>();
    private volatile boolean diskLow;

    @Override
    public String reason() {
        return diskLow ? "low on disk" : "";
    }

    @Override
    public AutoCloseable listen(Loop loop, Runnable listener) {
        var entry = new Listening(loop, listener);
        listening.add(entry);
        return () -> listening.remove(entry);
    }

    boolean diskLow() {
        return diskLow;
    }

    /// Runs `listener` at the next change only.
    void listenOnce(Loop loop, Runnable listener) {
        var entry = new Listening[1];
        entry[0] = new Listening(loop, () -> {
            if (listening.remove(entry[0])) {
                listener.run();
            }
        });
        listening.add(entry[0]);
    }

    void disk(boolean low) {
        if (diskLow != low) {
            diskLow = low;
            listening.forEach(entry -> entry.loop.execute(entry.listener));
        }
    }
}
