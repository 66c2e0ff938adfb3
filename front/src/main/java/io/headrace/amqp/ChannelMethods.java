package io.headrace.amqp;

import io.headrace.broker.Answer;
import io.headrace.broker.Command;

/// Methods of a channel that do not come with every message, by class; those of the channel, access,
/// confirm and tx classes are worked off here.
///
/// Threads: the loop of its connection.
final class ChannelMethods {
    private final AmqpChannel channel;
    private final ExchangeMethods exchanges;
    private final QueueMethods queues;
    private final BasicMethods basics;

    /// What is done with an answer that is not a refusal.
    interface Reply {
        void to(Answer answer) throws AmqpException;
    }

    ChannelMethods(AmqpChannel channel) {
        this.channel = channel;
        this.exchanges = new ExchangeMethods(channel, this);
        this.queues = new QueueMethods(channel, this);
        this.basics = new BasicMethods(channel);
    }

    /// Of consumers started from now on.
    int prefetch() {
        return basics.prefetch();
    }

    void handle(MethodReader in) throws AmqpException {
        int id = in.methodId();
        switch (in.classId()) {
            case ChannelMethod.CLASS_ID -> handle(ChannelMethod.request(id, in));
            case AccessMethod.CLASS_ID -> handle(AccessMethod.request(id, in));
            case ExchangeMethod.CLASS_ID -> exchanges.handle(ExchangeMethod.request(id, in));
            case QueueMethod.CLASS_ID -> queues.handle(QueueMethod.request(id, in));
            case BasicMethod.CLASS_ID -> basics.handle(BasicMethod.request(id, in));
            case ConfirmMethod.CLASS_ID -> handle(ConfirmMethod.request(id, in));
            case TxMethod.CLASS_ID -> handle(TxMethod.request(id, in));
            default -> throw in.unimplemented();
        }
    }

    /// Gives a command to the engine and its answer to `reply`; the input rests until then.
    void perform(Method method, Command command, Reply reply) {
        var connection = channel.connection();
        int failing = method.classId() << 16 | method.methodId();
        connection.hold();
        channel.session()
                .perform(
                        command,
                        answer -> connection.answered(channel.number(), failing, () -> {
                            if (answer instanceof Answer.Refused(var refusal)) {
                                throw RefusalTexts.of(refusal);
                            }
                            reply.to(answer);
                        }));
    }

    private void handle(ChannelMethod.Request method) throws AmqpException {
        switch (method) {
            case ChannelMethod.Open _ -> throw ReplyCode.CHANNEL_ERROR.because("second 'channel.open' seen");
            case ChannelMethod.Flow(boolean active) -> {
                if (!active) {
                    throw ReplyCode.NOT_IMPLEMENTED.because("active=false");
                }
                channel.send(new ChannelMethod.FlowOk(true));
            }
            case ChannelMethod.FlowOk _, ChannelMethod.CloseOk _ ->
                throw ReplyCode.COMMAND_INVALID.because("unimplemented method");
            case ChannelMethod.Close _ -> channel.close();
        }
    }

    /// Old clients ask for a ticket; any will do, as it is never looked at.
    private void handle(AccessMethod.Request method) {
        switch (method) {
            case AccessMethod.Ask _ -> channel.send(new AccessMethod.RequestOk(1));
        }
    }

    private void handle(ConfirmMethod.Request method) throws AmqpException {
        switch (method) {
            case ConfirmMethod.Select(boolean noWait) -> {
                if (channel.tx() != null) {
                    throw ReplyCode.PRECONDITION_FAILED.because("cannot switch from tx to confirm mode");
                }
                channel.publishing().confirmMode();
                if (!noWait) {
                    channel.send(new ConfirmMethod.SelectOk());
                }
            }
        }
    }

    private void handle(TxMethod.Request method) throws AmqpException {
        switch (method) {
            case TxMethod.Select _ -> {
                if (channel.confirming()) {
                    throw ReplyCode.PRECONDITION_FAILED.because("cannot switch from confirm to tx mode");
                }
                channel.transactional();
                channel.send(new TxMethod.SelectOk());
            }
            case TxMethod.Commit _ -> {
                var transaction = transaction();
                channel.publishing().publisher().refusedSome(); // of before
                transaction.commit((names, exchangeBytes, keyBytes, mandatory, content) ->
                        channel.publishing().publish(names, exchangeBytes, keyBytes, mandatory, content, 0));
                channel.resumeConsumers();
                committed(method);
            }
            case TxMethod.Rollback _ -> {
                transaction().rollback(channel.unacked());
                channel.send(new TxMethod.RollbackOk());
            }
        }
    }

    private void committed(TxMethod.Request method) {
        var connection = channel.connection();
        int failing = method.classId() << 16 | method.methodId();
        var publisher = channel.publishing().publisher();
        boolean partial = publisher.refusedSome();
        connection.hold();
        publisher.whenCommitted(() -> connection.answered(channel.number(), failing, () -> {
            if (partial) {
                throw ReplyCode.PRECONDITION_FAILED.because("partial tx completion");
            }
            channel.send(new TxMethod.CommitOk());
        }));
    }

    private TxBuffer transaction() throws AmqpException {
        if (channel.tx() == null) {
            throw ReplyCode.PRECONDITION_FAILED.because("channel is not transactional");
        }
        return channel.tx();
    }
}
