package io.headrace.broker;

import io.headrace.shard.Shard;
import java.util.ArrayList;
import java.util.List;

/// What one session puts off until the broker is short of nothing: memory, disk, or a log that keeps up. An alarm may
/// last for hours while clients come, wait and go; so a session that is closed leaves nothing behind here.
///
/// Threads: the loop.
final class Relief {
    private final Shard shard;
    private final ResourceAlarms alarms;
    private List<Runnable> waiting = new ArrayList<>();
    private Broker.Alarms.Listening listening; // null unless an alarm is waited for

    Relief(Shard shard, ResourceAlarms alarms) {
        this.shard = shard;
        this.alarms = alarms;
    }

    /// Runs `task` once, later: when nothing is short, or when the session is closed.
    void await(Runnable task) {
        waiting.add(task);
        if (waiting.size() == 1) {
            look();
        }
    }

    private void look() {
        if (alarms.any() && listening == null) {
            listening = alarms.listen(shard.loop(), this::look);
        }
        if (!alarms.any()) { // asked again: the alarm may have ended before it was listened to
            listenNoMore();
            if (!waiting.isEmpty()) {
                shard.onRelief(this::tell);
            }
        }
    }

    /// The session is closed: who waits is told, later.
    void close() {
        listenNoMore();
        if (!waiting.isEmpty()) {
            shard.loop().execute(this::tell);
        }
    }

    private void listenNoMore() {
        if (listening != null) {
            listening.close();
            listening = null;
        }
    }

    private void tell() {
        var told = waiting;
        waiting = new ArrayList<>();
        told.forEach(Runnable::run);
    }
}
