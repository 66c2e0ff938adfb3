package io.headrace.amqp;

import io.headrace.broker.Broker;

/// `connection.blocked` and `unblocked`: while the broker is short of memory or disk, a connection that
/// publishes is no longer read, and is told why if it understands. A connection that never publishes
/// notices nothing.
///
/// Threads: the loop of its connection.
final class Blocking {
    private final AmqpConnection connection;
    private final Broker.Alarms alarms;
    private final Broker.Alarms.Listening listening;
    private String reason;
    private boolean told;

    Blocking(AmqpConnection connection, Broker.Alarms alarms) {
        this.connection = connection;
        this.alarms = alarms;
        this.listening = alarms.listen(connection.wire().loop(), this::changed);
        this.reason = alarms.reason(); // asked last, so that no change is missed
    }

    boolean allowsPublish() {
        return reason.isEmpty();
    }

    /// Asked before each publish.
    ///
    /// @return true: the connection rests now
    boolean holds() {
        if (allowsPublish()) {
            return false;
        }
        connection.gate().stop(InputGate.ALARM);
        if (!told && connection.peer().hearsBlocked()) {
            told = true;
            connection.send(0, new ConnectionMethod.Blocked(reason));
        }
        return true;
    }

    private void changed() {
        reason = alarms.reason();
        if (!reason.isEmpty() || !connection.running()) {
            return;
        }
        if (told) {
            told = false;
            connection.send(0, new ConnectionMethod.Unblocked());
        }
        connection.goOn(InputGate.ALARM);
    }

    void close() {
        listening.close();
    }
}
