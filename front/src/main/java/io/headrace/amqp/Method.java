package io.headrace.amqp;

/// A method of AMQP 0-9-1 with its fields. The ones that come with every message are handled without such
/// an object.
sealed interface Method
        permits AccessMethod,
                BasicMethod,
                ChannelMethod,
                ConfirmMethod,
                ConnectionMethod,
                ExchangeMethod,
                QueueMethod,
                TxMethod {
    int classId();

    int methodId();

    /// Writes the fields, in wire order.
    void write(MethodWriter out);
}
