package io.headrace.amqp;

import io.headrace.broker.Session;

/// Lets a connection that publishes rest while the log is behind.
///
/// Threads: the loop of its connection.
final class Pressure {
    private final AmqpConnection connection;
    private final Session session;
    private boolean reliefAsked;

    Pressure(AmqpConnection connection, Session session) {
        this.connection = connection;
        this.session = session;
    }

    /// Asked after each read, and before each publish: many connections may go on at once.
    ///
    /// @return true: the connection rests now
    boolean rests() {
        if (!session.underPressure()) {
            return false;
        }
        connection.gate().stop(InputGate.PRESSURE);
        connection.wire().reading(false);
        if (!reliefAsked) {
            reliefAsked = true;
            session.onRelief(() -> {
                reliefAsked = false;
                connection.goOn(InputGate.PRESSURE);
            });
        }
        return true;
    }
}
