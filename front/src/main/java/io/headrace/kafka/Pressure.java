package io.headrace.kafka;

import org.apache.kafka.common.protocol.ApiKeys;

/// Lets a connection that produces rest while the log is behind, or the broker short of memory or disk.
///
/// Threads: the loop of its connection.
final class Pressure {
    private final KafkaConnection connection;
    private final Gate gate;
    private final Runnable over;
    private boolean produced; // since it was last looked at
    private boolean reliefAsked;

    /// @param over runs when the connection may go on
    Pressure(KafkaConnection connection, Gate gate, Runnable over) {
        this.connection = connection;
        this.gate = gate;
        this.over = over;
    }

    void begun(Exchange exchange) {
        produced |= exchange.header().apiKey() == ApiKeys.PRODUCE;
    }

    /// After each read.
    void look() {
        if (produced) {
            produced = false;
            if (connection.session().underPressure()) {
                rest();
            }
        }
    }

    private void rest() {
        gate.stop(Gate.PRESSURE);
        connection.wire().reading(false);
        if (!reliefAsked) {
            reliefAsked = true;
            connection.session().onRelief(() -> {
                reliefAsked = false;
                over.run();
            });
        }
    }
}
