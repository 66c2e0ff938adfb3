package io.headrace.amqp;

import io.headrace.broker.Answer;
import io.headrace.broker.Command;
import io.headrace.catalog.BindingKey;
import io.headrace.message.FieldTable;

/// Class queue.
///
/// Threads: the loop of its connection.
final class QueueMethods {
    private final AmqpChannel channel;
    private final ChannelMethods methods;

    QueueMethods(AmqpChannel channel, ChannelMethods methods) {
        this.channel = channel;
        this.methods = methods;
    }

    void handle(QueueMethod.Request method) throws AmqpException {
        switch (method) {
            case QueueMethod.Declare declare -> declare(declare);
            case QueueMethod.Bind bind -> bind(bind);
            case QueueMethod.Unbind unbind ->
                methods.perform(
                        method,
                        new Command.Unbind(
                                key(unbind.queue(), unbind.exchange(), unbind.routingKey(), unbind.arguments())),
                        _ -> channel.send(new QueueMethod.UnbindOk()));
            case QueueMethod.Purge(String queue, boolean noWait) ->
                methods.perform(method, new Command.PurgeQueue(named(channel, queue)), answer -> {
                    if (!noWait) {
                        channel.send(new QueueMethod.PurgeOk(removed(answer)));
                    }
                });
            case QueueMethod.Delete delete ->
                methods.perform(
                        method,
                        new Command.DeleteQueue(
                                Names.clean(named(channel, delete.queue())), delete.ifUnused(), delete.ifEmpty()),
                        answer -> {
                            if (!delete.noWait()) {
                                channel.send(new QueueMethod.DeleteOk(removed(answer)));
                            }
                        });
        }
    }

    private void declare(QueueMethod.Declare method) throws AmqpException {
        var name = Names.clean(method.queue());
        if (name.isEmpty() && method.passive()) {
            name = named(channel, name);
        }
        var command = new Command.DeclareQueue(
                name, method.passive(), method.durable(), method.exclusive(), method.autoDelete(), method.arguments());
        methods.perform(method, command, answer -> {
            if (!(answer instanceof Answer.QueueDeclared(String declared, long ready, int consumers))) {
                throw new IllegalStateException("a declaration was answered with " + answer);
            }
            channel.lastQueue(declared);
            if (!method.noWait()) {
                channel.send(new QueueMethod.DeclareOk(declared, ready, consumers));
            }
        });
    }

    private void bind(QueueMethod.Bind method) throws AmqpException {
        var key = key(method.queue(), method.exchange(), method.routingKey(), method.arguments());
        methods.perform(method, new Command.Bind(key), _ -> {
            if (!method.noWait()) {
                channel.send(new QueueMethod.BindOk());
            }
        });
    }

    /// Without queue and key, the last declared queue's name is both.
    private BindingKey key(String queue, String exchange, String routingKey, FieldTable arguments)
            throws AmqpException {
        var name = Names.clean(named(channel, queue));
        var key = queue.isEmpty() && routingKey.isEmpty() ? name : routingKey;
        return new BindingKey(Names.clean(exchange), false, name, key, arguments);
    }

    /// The queue of this name, or for an empty one the queue that was declared last.
    static String named(AmqpChannel channel, String queue) throws AmqpException {
        if (!queue.isEmpty()) {
            return queue;
        }
        if (channel.lastQueue().isEmpty()) {
            throw ReplyCode.NOT_FOUND.because("no previously declared queue");
        }
        return channel.lastQueue();
    }

    private static long removed(Answer answer) {
        return switch (answer) {
            case Answer.Removed(long messages) -> messages;
            case Answer.Done _ -> 0;
            case Answer.QueueDeclared _, Answer.Refused _ ->
                throw new IllegalStateException("a removal was answered with " + answer);
        };
    }
}
