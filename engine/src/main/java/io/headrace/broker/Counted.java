package io.headrace.broker;

/// What is counted of messages, wherever it is counted: at a channel, at a queue, in the whole broker.
public enum Counted {
    PUBLISH("publish"),
    /// Published by somebody who wants a confirm.
    PUBLISH_CONFIRM("publish_confirm"),
    CONFIRM("confirm"),
    /// Nobody takes it, and it went back to the publisher.
    RETURN_UNROUTABLE("return_unroutable"),
    /// Nobody takes it, and nobody wants to know.
    DROP_UNROUTABLE("drop_unroutable"),
    DELIVER("deliver"),
    DELIVER_NO_ACK("deliver_no_ack"),
    GET("get"),
    GET_NO_ACK("get_no_ack"),
    GET_EMPTY("get_empty"),
    REDELIVER("redeliver"),
    ACK("ack");

    private static final Counted[] ALL = values();
    private final String rabbitName;

    Counted(String rabbitName) {
        this.rabbitName = rabbitName;
    }

    /// RabbitMQ's name for it in statistics.
    public String rabbitName() {
        return rabbitName;
    }

    static int kinds() {
        return ALL.length;
    }
}
