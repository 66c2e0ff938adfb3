package io.headrace.shovel;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;

/// A queue of another broker.
///
/// Threads: the shovel's; deliveries come on the library's.
final class RemoteSource implements Source {
    private final RemoteEnd end;
    private final ShovelDefinition.From from;
    private final boolean manualAck;
    private final Inbox inbox;
    private final String queue;
    private final long waiting;

    private RemoteSource(
            RemoteEnd end, ShovelDefinition.From from, boolean manualAck, Inbox inbox, String queue, long waiting) {
        this.end = end;
        this.from = from;
        this.manualAck = manualAck;
        this.inbox = inbox;
        this.queue = queue;
        this.waiting = waiting;
    }

    /// Declares what it reads from.
    static RemoteSource open(RemoteEnd end, ShovelDefinition.From from, boolean manualAck, Inbox inbox)
            throws ShovelTrouble {
        var channel = end.channel();
        if (manualAck) {
            RemoteEnd.call(() -> {
                channel.basicQos(from.prefetch());
                return null;
            });
        }
        if (from.queue().isPresent()) {
            var name = from.queue().get();
            return new RemoteSource(end, from, manualAck, inbox, name, end.ensureQueue(name, from.queueArguments()));
        }
        var name = RemoteEnd.call(() -> channel.queueDeclare()).getQueue(); // exclusive
        RemoteEnd.call(() -> channel.queueBind(name, from.exchange().orElseThrow(), from.exchangeKey()));
        return new RemoteSource(end, from, manualAck, inbox, name, 0);
    }

    @Override
    public long waiting() {
        return waiting;
    }

    @Override
    public void start() throws ShovelTrouble {
        RemoteEnd.call(() -> end.channel()
                .basicConsume(queue, !manualAck, RemoteEnd.map(from.consumerArguments()), new Deliveries()));
    }

    private final class Deliveries extends DefaultConsumer {
        Deliveries() {
            super(end.channel());
        }

        /// Waits for room; meanwhile the library reads on until it has enough, and then no longer.
        @Override
        public void handleDelivery(String consumerTag, Envelope envelope, BasicProperties properties, byte[] body) {
            try {
                var message = new Message(
                        envelope.getExchange(), envelope.getRoutingKey(), PropertyBlock.write(properties), body);
                inbox.awaitRoom();
                inbox.put(new Inbox.Event.Delivered(envelope.getDeliveryTag(), message));
            } catch (ShovelTrouble trouble) {
                inbox.put(new Inbox.Event.Failed(trouble.getMessage()));
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void handleCancel(String consumerTag) {
            inbox.put(new Inbox.Event.Failed("queue '" + queue + "' is gone"));
        }
    }

    @Override
    public void ack(long tag, boolean multiple) throws ShovelTrouble {
        RemoteEnd.call(() -> {
            end.channel().basicAck(tag, multiple);
            return null;
        });
    }

    @Override
    public void requeue(long tag) throws ShovelTrouble {
        RemoteEnd.call(() -> {
            end.channel().basicNack(tag, false, true);
            return null;
        });
    }

    @Override
    public void close() {
        end.close();
    }
}
