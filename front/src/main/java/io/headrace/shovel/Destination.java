package io.headrace.shovel;

/// Where a shovel publishes.
///
/// Threads: the shovel's; [#blocked] any.
interface Destination extends AutoCloseable {
    /// Waits while much is on its way or the destination takes nothing.
    ///
    /// @param message with the exchange and the routing key that it is to have
    void publish(Message message) throws ShovelTrouble, InterruptedException;

    boolean blocked();

    /// What was published has left when this returns, unless the thread was interrupted.
    @Override
    void close();
}
