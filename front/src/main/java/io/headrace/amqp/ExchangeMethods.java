package io.headrace.amqp;

import io.headrace.broker.Command;
import io.headrace.catalog.BindingKey;

/// Class exchange.
///
/// Threads: the loop of its connection.
final class ExchangeMethods {
    private final AmqpChannel channel;
    private final ChannelMethods methods;

    ExchangeMethods(AmqpChannel channel, ChannelMethods methods) {
        this.channel = channel;
        this.methods = methods;
    }

    void handle(ExchangeMethod.Request method) {
        switch (method) {
            case ExchangeMethod.Declare declare ->
                perform(
                        method,
                        new Command.DeclareExchange(
                                Names.clean(declare.exchange()),
                                declare.type(),
                                declare.passive(),
                                declare.durable(),
                                declare.autoDelete(),
                                declare.internal(),
                                declare.arguments()),
                        declare.noWait(),
                        new ExchangeMethod.DeclareOk());
            case ExchangeMethod.Delete delete ->
                perform(
                        method,
                        new Command.DeleteExchange(Names.clean(delete.exchange()), delete.ifUnused()),
                        delete.noWait(),
                        new ExchangeMethod.DeleteOk());
            case ExchangeMethod.Bind bind ->
                perform(
                        method,
                        new Command.Bind(new BindingKey(
                                Names.clean(bind.source()),
                                true,
                                Names.clean(bind.destination()),
                                bind.routingKey(),
                                bind.arguments())),
                        bind.noWait(),
                        new ExchangeMethod.BindOk());
            case ExchangeMethod.Unbind unbind ->
                perform(
                        method,
                        new Command.Unbind(new BindingKey(
                                Names.clean(unbind.source()),
                                true,
                                Names.clean(unbind.destination()),
                                unbind.routingKey(),
                                unbind.arguments())),
                        unbind.noWait(),
                        new ExchangeMethod.UnbindOk());
        }
    }

    private void perform(ExchangeMethod.Request method, Command command, boolean noWait, ExchangeMethod.Reply ok) {
        methods.perform(method, command, _ -> {
            if (!noWait) {
                channel.send(ok);
            }
        });
    }
}
