package io.headrace.kafka;

import io.headrace.shard.Loop;
import java.util.Collection;

/// When requests of one connection have waited long enough. One timer for all: it is set for the first that was given
/// and looks at the rest when it fires, so that a deadline which is met costs nothing.
///
/// Threads: the loop of its connection.
final class Deadlines {
    private final Loop loop;
    private final Collection<Exchange> waiting;
    private Loop.Timer timer; // null while nothing is to be met
    private long timerMillis;

    /// @param waiting the requests that are not answered
    Deadlines(Loop loop, Collection<Exchange> waiting) {
        this.loop = loop;
        this.waiting = waiting;
    }

    /// @return the clock's time in `millis`
    long in(int millis) {
        long at = loop.clock().millis() + Math.max(0, millis);
        if (timer == null || at < timerMillis) {
            stop();
            set(at);
        }
        return at;
    }

    private void set(long at) {
        timerMillis = at;
        timer = loop.schedule(Math.max(1, at - loop.clock().millis()), this::look);
    }

    private void look() {
        timer = null;
        long now = loop.clock().millis();
        long next = Long.MAX_VALUE;
        for (Exchange exchange : waiting.toArray(Exchange[]::new)) {
            if (exchange.answered()) {
                continue;
            }
            if (exchange.deadlineMillis() <= now) {
                exchange.timedOut();
            } else {
                next = Math.min(next, exchange.deadlineMillis());
            }
        }
        if (next < Long.MAX_VALUE && timer == null) {
            set(next);
        }
    }

    void stop() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }
}
