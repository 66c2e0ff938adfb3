package io.headrace.broker;

import java.io.IOException;

/// A broker that is taken out of service and stays up: operators still reach it, clients do not.
///
/// It lasts until it is revived or stops, as RabbitMQ's maintenance mode does.
///
/// Threads: any but a loop.
public interface Maintenance {
    boolean drained();

    /// Accepts no more clients, and tells those that are there to go. Nothing happens if it is drained already.
    void drain();

    /// Accepts clients again, where it did before.
    ///
    /// @throws IOException a port is taken by now, in words for the operator; the broker stays drained
    void revive() throws IOException;
}
