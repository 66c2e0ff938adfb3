package io.headrace.amqp;

import io.headrace.config.Settings;

/// How much AMQP the whole broker takes, over all listeners, users and vhosts.
///
/// @param connectionsMax a further one is refused when it opens its vhost; 0 for no limit
/// @param channelsMax a further one ends its connection; 0 for no limit
public record NodeLimits(int connectionsMax, int channelsMax) {
    public static final NodeLimits NONE = new NodeLimits(0, 0);
    private static final int MOST = 10_000_000;

    public NodeLimits {
        if (connectionsMax < 0 || channelsMax < 0) {
            throw new IllegalArgumentException("limits of the broker: " + connectionsMax + ", " + channelsMax);
        }
    }

    static NodeLimits read(Settings settings) {
        return new NodeLimits(
                settings.count(
                        "broker-connections-max",
                        NONE.connectionsMax,
                        0,
                        MOST,
                        "Most AMQP connections of the broker, over all listeners; a further one is told so (530). 0 is no"
                                + " limit. RabbitMQ's connection_max."),
                settings.count(
                        "broker-channels-max",
                        NONE.channelsMax,
                        0,
                        MOST,
                        "Most channels of the broker; a further one ends its connection (530). 0 is no limit. RabbitMQ's"
                                + " channel_max_per_node."));
    }

    void admitConnection(int open) throws AmqpException {
        if (connectionsMax > 0 && open > connectionsMax) {
            throw ReplyCode.NOT_ALLOWED.because(
                    "connection refused: node connection limit (" + connectionsMax + ") is reached");
        }
    }

    /// @param open without the one that is to be opened
    void admitChannel(long open, String node) throws AmqpException {
        if (channelsMax > 0 && open >= channelsMax) {
            throw ReplyCode.NOT_ALLOWED
                    .because("number of channels opened on node '" + node
                            + "' has reached the maximum allowed limit of " + channelsMax)
                    .ofNoMethod();
        }
    }
}
