package io.headrace.kafka;

import io.headrace.shard.Loop;

/// Makes a client wait that was told to: nothing more is begun behind a request that is throttled until it is answered,
/// and then for as long as the answer says.
///
/// Threads: the loop of its connection.
final class Muting {
    private final Gate gate;
    private final Loop loop;
    private final Runnable over;
    private Exchange throttled; // begun and not answered; null if none
    private long untilMillis;

    /// @param over runs when the client may go on
    Muting(Gate gate, Loop loop, Runnable over) {
        this.gate = gate;
        this.loop = loop;
        this.over = over;
    }

    void begun(Exchange exchange) {
        if (exchange.throttleMillis() > 0) {
            throttled = exchange;
            gate.stop(Gate.THROTTLE);
        }
    }

    /// The answer is out, or there is none.
    void answered(Exchange exchange) {
        if (exchange.throttleMillis() > 0) {
            gate.stop(Gate.THROTTLE);
            untilMillis = Math.max(untilMillis, loop.clock().millis() + exchange.throttleMillis());
            if (throttled == exchange) {
                throttled = null;
            }
            loop.schedule(exchange.throttleMillis(), this::look);
        }
    }

    private void look() {
        if (throttled == null && loop.clock().millis() >= untilMillis) {
            over.run();
        }
    }
}
