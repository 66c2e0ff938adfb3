package io.headrace.amqp;

/// Configurations of tests.
final class TestConfig {
    private TestConfig() {}

    /// The defaults with short waits.
    static AmqpConfig quick() {
        var normal = AmqpConfig.defaults();
        return new AmqpConfig(
                normal.maxFrameBytes(),
                normal.preLoginFrameBytes(),
                normal.channelMax(),
                normal.heartbeatSeconds(),
                400,
                500,
                100,
                normal.maxMessageBytes(),
                normal.maxAssemblingBytes(),
                normal.contentMemoryBytes(),
                normal.maxConsumersPerChannel(),
                normal.maxUnackedPerChannel(),
                normal.consumerTimeoutMillis(),
                normal.deliveryTurnBytes(),
                normal.inputPauseBytes(),
                normal.txMaxBytes(),
                normal.txMaxOperations(),
                normal.node());
    }

    /// The broker has room for so much.
    static AmqpConfig of(NodeLimits node) {
        var quick = quick();
        return new AmqpConfig(
                quick.maxFrameBytes(),
                quick.preLoginFrameBytes(),
                quick.channelMax(),
                quick.heartbeatSeconds(),
                quick.handshakeMillis(),
                quick.closeMillis(),
                quick.silentCloseMillis(),
                quick.maxMessageBytes(),
                quick.maxAssemblingBytes(),
                quick.contentMemoryBytes(),
                quick.maxConsumersPerChannel(),
                quick.maxUnackedPerChannel(),
                quick.consumerTimeoutMillis(),
                quick.deliveryTurnBytes(),
                quick.inputPauseBytes(),
                quick.txMaxBytes(),
                quick.txMaxOperations(),
                node);
    }

    /// All connections have so much for what is not whole.
    static AmqpConfig contentMemory(long bytes) {
        var quick = quick();
        return new AmqpConfig(
                quick.maxFrameBytes(),
                quick.preLoginFrameBytes(),
                quick.channelMax(),
                quick.heartbeatSeconds(),
                quick.handshakeMillis(),
                quick.closeMillis(),
                quick.silentCloseMillis(),
                quick.maxMessageBytes(),
                quick.maxAssemblingBytes(),
                bytes,
                quick.maxConsumersPerChannel(),
                quick.maxUnackedPerChannel(),
                quick.consumerTimeoutMillis(),
                quick.deliveryTurnBytes(),
                quick.inputPauseBytes(),
                quick.txMaxBytes(),
                quick.txMaxOperations(),
                quick.node());
    }

    /// Limits that a test reaches.
    static AmqpConfig small() {
        var quick = quick();
        return new AmqpConfig(
                quick.maxFrameBytes(),
                quick.preLoginFrameBytes(),
                3,
                quick.heartbeatSeconds(),
                quick.handshakeMillis(),
                quick.closeMillis(),
                quick.silentCloseMillis(),
                10_000,
                15_000,
                quick.contentMemoryBytes(),
                2,
                5,
                quick.consumerTimeoutMillis(),
                quick.deliveryTurnBytes(),
                quick.inputPauseBytes(),
                20_000,
                10,
                quick.node());
    }
}
