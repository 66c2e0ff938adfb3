package io.headrace.amqp;

import io.headrace.config.Settings;

/// Limits of the AMQP front.
///
/// @param maxFrameBytes the `frame_max` we propose
/// @param preLoginFrameBytes the largest frame before tune-ok
/// @param channelMax the `channel_max` we propose
/// @param heartbeatSeconds the heartbeat we propose; the client decides
/// @param handshakeMillis time from accept to `connection.open`
/// @param closeMillis how long a connection waits for `close-ok`
/// @param silentCloseMillis how long a connection whose peer broke the protocol or failed to log in is kept
///     before it is cut, reading and ignoring what it sends
/// @param maxMessageBytes largest body; larger ones are refused with 406
/// @param maxAssemblingBytes bodies that arrive in several frames, together, for one connection
/// @param contentMemoryBytes frames and bodies that are not whole, and transactions, of all connections together
/// @param maxConsumersPerChannel 0 for no limit
/// @param maxUnackedPerChannel no delivery on a channel that has so many outstanding
/// @param consumerTimeoutMillis a delivery that is not settled after so long ends its channel; 0 for no limit
/// @param deliveryTurnBytes deliveries to one connection in one turn of the loop
/// @param inputPauseBytes no reading from a connection for which so much waits to be sent
/// @param txMaxBytes publishes held for one transaction
/// @param txMaxOperations publishes and settlements held for one transaction
/// @param node what the whole broker takes
public record AmqpConfig(
        int maxFrameBytes,
        int preLoginFrameBytes,
        int channelMax,
        int heartbeatSeconds,
        long handshakeMillis,
        long closeMillis,
        long silentCloseMillis,
        int maxMessageBytes,
        int maxAssemblingBytes,
        long contentMemoryBytes,
        int maxConsumersPerChannel,
        int maxUnackedPerChannel,
        long consumerTimeoutMillis,
        int deliveryTurnBytes,
        int inputPauseBytes,
        int txMaxBytes,
        int txMaxOperations,
        NodeLimits node) {
    /// No client may ask for less. RabbitMQ says 8192 since 4.1; older Node clients ask for 4096.
    static final int FRAME_BYTES_MIN = 4096;

    private static final long TEN_YEARS_MILLIS = 315_360_000_000L;

    public AmqpConfig {
        within("maxFrameBytes", maxFrameBytes, FRAME_BYTES_MIN, 16 << 20);
        within("preLoginFrameBytes", preLoginFrameBytes, FRAME_BYTES_MIN, 1 << 20);
        within("channelMax", channelMax, 1, 65_535);
        within("heartbeatSeconds", heartbeatSeconds, 0, 65_535);
        within("handshakeMillis", handshakeMillis, 1, 3_600_000);
        within("closeMillis", closeMillis, 1, 3_600_000);
        within("silentCloseMillis", silentCloseMillis, 1, 3_600_000);
        within("maxMessageBytes", maxMessageBytes, 0, 536_870_912);
        within("maxAssemblingBytes", maxAssemblingBytes, maxMessageBytes, Integer.MAX_VALUE);
        within("contentMemoryBytes", contentMemoryBytes, 1, Long.MAX_VALUE);
        within("maxConsumersPerChannel", maxConsumersPerChannel, 0, Integer.MAX_VALUE);
        within("maxUnackedPerChannel", maxUnackedPerChannel, 1, 1 << 28);
        within("consumerTimeoutMillis", consumerTimeoutMillis, 0, TEN_YEARS_MILLIS);
        within("deliveryTurnBytes", deliveryTurnBytes, 4096, 1 << 30);
        within("inputPauseBytes", inputPauseBytes, 4096, 1 << 30);
        within("txMaxBytes", txMaxBytes, maxMessageBytes, 1 << 30);
        within("txMaxOperations", txMaxOperations, 1, 1 << 28);
    }

    public static AmqpConfig defaults() {
        return new AmqpConfig(
                131_072,
                8192,
                2047,
                60,
                10_000,
                30_000,
                3_000,
                16 << 20,
                64 << 20,
                64 << 20,
                0,
                1 << 20,
                1_800_000,
                256 << 10,
                4 << 20,
                64 << 20,
                1 << 20,
                NodeLimits.NONE);
    }

    private static void within(String key, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException("%s %d is not in %d..%d".formatted(key, value, least, most));
        }
    }

    public static AmqpConfig read(Settings settings) {
        var normal = defaults();
        int maxMessageBytes = (int) settings.bytes(
                "message-size-max",
                normal.maxMessageBytes,
                0,
                536_870_912,
                "Largest body of a message; a larger one is refused. At most log.memory and 32MiB.");
        int maxAssemblingBytes = (int) settings.bytes(
                "assembling-max",
                normal.maxAssemblingBytes,
                1 << 20,
                1 << 30,
                "Bodies that one connection may have under way in pieces, together.");
        int txMaxBytes = (int) settings.bytes(
                "transaction-size-max", normal.txMaxBytes, 1 << 20, 1 << 30, "Publishes held for one transaction.");
        if (maxMessageBytes > Math.min(maxAssemblingBytes, txMaxBytes)) {
            settings.problem("message-size-max", "is more than assembling-max or transaction-size-max has room for");
            return normal;
        }
        return new AmqpConfig(
                (int) settings.bytes(
                        "frame-max", normal.maxFrameBytes, FRAME_BYTES_MIN, 16 << 20, "Largest frame we propose."),
                normal.preLoginFrameBytes,
                settings.count(
                        "channel-max", normal.channelMax, 1, 65_535, "Most channels of a connection that we propose."),
                (int) (settings.millis(
                                "heartbeat",
                                normal.heartbeatSeconds * 1_000L,
                                0,
                                65_535_000,
                                "Heartbeat we propose; the client decides, and 0 is none.")
                        / 1_000),
                settings.millis(
                        "handshake-timeout",
                        normal.handshakeMillis,
                        100,
                        3_600_000,
                        "A connection that is not open after so long is cut."),
                normal.closeMillis,
                normal.silentCloseMillis,
                maxMessageBytes,
                maxAssemblingBytes,
                settings.bytes(
                        "content-memory",
                        normal.contentMemoryBytes,
                        1 << 20,
                        Long.MAX_VALUE,
                        "What all connections may hold together of frames and bodies that are not whole yet, and of"
                                + " transactions; further ones wait, and one after the other may hold more."),
                settings.count(
                        "consumers-per-channel-max",
                        normal.maxConsumersPerChannel,
                        0,
                        Integer.MAX_VALUE,
                        "Most consumers of a channel; 0 is no limit."),
                settings.count(
                        "unacked-per-channel-max",
                        normal.maxUnackedPerChannel,
                        1,
                        1 << 28,
                        "A channel with so many unacknowledged deliveries gets no more until it acknowledges."),
                settings.millis(
                        "consumer-timeout",
                        normal.consumerTimeoutMillis,
                        0,
                        TEN_YEARS_MILLIS,
                        "A channel that has not settled a delivery after so long is closed; 0 is no limit. The argument"
                                + " x-consumer-timeout of a queue or a consumer goes before it."),
                normal.deliveryTurnBytes,
                normal.inputPauseBytes,
                txMaxBytes,
                settings.count(
                        "transaction-operations-max",
                        normal.txMaxOperations,
                        1,
                        1 << 28,
                        "Publishes and acknowledgements held for one transaction."),
                NodeLimits.read(settings));
    }
}
