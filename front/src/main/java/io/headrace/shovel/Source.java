package io.headrace.shovel;

/// Where a shovel takes messages.
///
/// Threads: the shovel's.
interface Source extends AutoCloseable {
    /// Messages that were ready in the queue when it was opened.
    long waiting();

    /// Deliveries begin to come to the inbox.
    void start() throws ShovelTrouble, InterruptedException;

    /// @param multiple all before it, too
    void ack(long tag, boolean multiple) throws ShovelTrouble;

    void requeue(long tag) throws ShovelTrouble;

    /// What is not settled goes back to the queue. What was settled is settled when this returns.
    @Override
    void close();
}
