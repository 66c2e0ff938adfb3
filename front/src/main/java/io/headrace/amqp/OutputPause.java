package io.headrace.amqp;

import io.headrace.net.Wire;

/// Lets a connection's input rest when what it asks for is more than its peer takes.
///
/// Threads: the loop of its connection.
final class OutputPause {
    private final AmqpConnection connection;
    private final AmqpConfig config;
    private final InputGate gate;
    private final Wire wire;

    OutputPause(AmqpConnection connection) {
        this.connection = connection;
        this.config = connection.config();
        this.gate = connection.gate();
        this.wire = connection.wire();
    }

    /// An answer was written: one read may bring thousands of `basic.get`, and they are not all answered in one turn.
    void answered() {
        if (connection.output().turnBytes() >= config.deliveryTurnBytes()) {
            gate.stop(InputGate.TURN);
        }
    }

    /// After each flush, and when the socket took something: is there room again, or too little?
    void flushed() {
        if (gate.stopped(InputGate.TURN)) {
            wire.loop().execute(() -> connection.goOn(InputGate.TURN));
        }
        var output = connection.output();
        int pauseBytes = wire.memory().tight() ? config.deliveryTurnBytes() : config.inputPauseBytes();
        if (output.socketFull() && output.pendingBytes() >= pauseBytes) {
            gate.stop(InputGate.OUTPUT);
            wire.reading(false);
        } else if (!output.socketFull() && gate.stopped(InputGate.OUTPUT)) {
            wire.loop().execute(() -> connection.goOn(InputGate.OUTPUT));
        }
    }
}
