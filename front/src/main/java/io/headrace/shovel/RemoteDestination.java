package io.headrace.shovel;

import com.rabbitmq.client.BlockedListener;

/// An exchange of another broker.
///
/// Threads: the shovel's; confirms and blocks come on the library's.
final class RemoteDestination implements Destination, BlockedListener {
    private final RemoteEnd end;
    private volatile boolean blocked; // written under the lock

    private RemoteDestination(RemoteEnd end) {
        this.end = end;
    }

    /// Declares what it publishes to, if that is a queue.
    ///
    /// @param confirms whether the inbox hears of what was taken
    static RemoteDestination open(RemoteEnd end, ShovelDefinition.To to, boolean confirms, Inbox inbox)
            throws ShovelTrouble {
        if (to.queue().isPresent()) {
            end.ensureQueue(to.queue().get(), to.queueArguments());
        }
        var channel = end.channel();
        if (confirms) {
            channel.addConfirmListener(
                    (sequence, multiple) -> inbox.put(new Inbox.Event.Confirmed(sequence, multiple)),
                    (sequence, multiple) -> inbox.put(new Inbox.Event.Rejected(sequence, multiple)));
            RemoteEnd.call(channel::confirmSelect);
        }
        var destination = new RemoteDestination(end);
        end.connection().addBlockedListener(destination);
        end.connection().addShutdownListener(_ -> destination.handleUnblocked());
        return destination;
    }

    @Override
    public void publish(Message message) throws ShovelTrouble, InterruptedException {
        synchronized (this) {
            while (blocked) {
                wait();
            }
        }
        var properties = PropertyBlock.read(message.properties());
        RemoteEnd.call(() -> {
            end.channel().basicPublish(message.exchange(), message.routingKey(), properties, message.body());
            return null;
        });
    }

    @Override
    public void flush() {
        // it has left when it was written
    }

    @Override
    public synchronized void handleBlocked(String reason) {
        blocked = true;
    }

    @Override
    public synchronized void handleUnblocked() {
        blocked = false;
        notifyAll();
    }

    @Override
    public boolean blocked() {
        return blocked;
    }

    @Override
    public void close() {
        end.close();
    }
}
