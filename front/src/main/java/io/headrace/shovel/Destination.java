package io.headrace.shovel;

/// Where a shovel publishes.
///
/// Threads: the shovel's; [#blocked] any.
interface Destination extends AutoCloseable {
    /// Waits while much is on its way or the destination takes nothing.
    ///
    /// @param message with the exchange and the routing key that it is to have
    void publish(Message message) throws ShovelTrouble, InterruptedException;

    /// Waits until all that was published has left.
    void flush() throws ShovelTrouble, InterruptedException;

    boolean blocked();

    /// What was published and has not left may be lost: whoever needs to know waits for confirms, or for
    /// [#flush].
    @Override
    void close();
}
