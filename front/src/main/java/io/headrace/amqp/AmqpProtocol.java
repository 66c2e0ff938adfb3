package io.headrace.amqp;

import io.headrace.broker.Broker;
import io.headrace.catalog.Refusal;
import io.headrace.net.Conversation;
import io.headrace.net.InputMemory;
import io.headrace.net.Protocol;
import io.headrace.net.Wire;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/// AMQP 0-9-1 for a listener.
///
/// Threads: any loop.
public final class AmqpProtocol implements Protocol {
    static final int HEADER_BYTES = 8;
    private static final String SHUTDOWN = "broker forced connection closure with reason 'shutdown'";
    private static final byte[] SUPPORTED = {'A', 'M', 'Q', 'P', 0, 0, 9, 1};
    /// 0-9, which some old clients announce and mean 0-9-1.
    private static final byte[] ALSO_TAKEN = {'A', 'M', 'Q', 'P', 1, 1, 0, 9};

    private final Broker broker;
    private final AmqpConfig config;
    private final InputMemory memory;
    private final Set<AmqpConnection> open = ConcurrentHashMap.newKeySet();
    private volatile String drainedBecause = ""; // empty while clients are welcome

    public AmqpProtocol(Broker broker, AmqpConfig config) {
        this.broker = Objects.requireNonNull(broker);
        this.config = Objects.requireNonNull(config);
        this.memory = new InputMemory(config.contentMemoryBytes(), config.maxMessageBytes());
    }

    /// The code that a client would be told.
    public static int code(Refusal refusal) {
        return RefusalTexts.of(refusal).code().code();
    }

    /// What a client would be told, without the name of the code.
    public static String words(Refusal refusal) {
        return RefusalTexts.of(refusal).getMessage();
    }

    @Override
    public String name() {
        return "amqp";
    }

    @Override
    public Recognition recognise(ByteBuf first) {
        int available = Math.min(first.readableBytes(), HEADER_BYTES);
        for (byte[] header : List.of(SUPPORTED, ALSO_TAKEN)) {
            int same = 0;
            while (same < available && first.getByte(first.readerIndex() + same) == header[same]) {
                same++;
            }
            if (same == HEADER_BYTES) {
                return Recognition.YES;
            }
            if (same == available) {
                return Recognition.MORE;
            }
        }
        return Recognition.NO;
    }

    /// The header we would have understood (AMQP 0-9-1 §2.2.4).
    @Override
    public byte[] refusal(ByteBuf first) {
        return SUPPORTED.clone();
    }

    @Override
    public Conversation serve(Wire wire) {
        var connection = new AmqpConnection(wire, broker, config, memory, open);
        open.add(connection);
        if (!drainedBecause.isEmpty()) { // it was accepted while the listener closed
            connection.shutdown(drainedBecause, config.closeMillis());
        }
        return connection;
    }

    /// Connections, those included on which nobody has logged in.
    public int connections() {
        return open.size();
    }

    /// Tells every client that it has to go (320), also those that come from now on.
    ///
    /// @param reason what they are told
    public void drain(String reason) {
        drainedBecause = reason;
        open.forEach(connection -> connection.shutdown(reason, config.closeMillis()));
    }

    /// Clients are welcome again.
    public void revive() {
        drainedBecause = "";
    }

    /// Tells every client that the broker stops (320) and waits for them to say goodbye.
    ///
    /// @param graceMillis a connection that has not answered by then is cut
    /// @return completes when the last connection is gone
    public CompletableFuture<Void> shutdown(long graceMillis) {
        var gone = open.stream()
                .map(connection -> connection.shutdown(SHUTDOWN, graceMillis))
                .toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(gone);
    }
}
