package io.headrace.conformance.kafka;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.RequestHeader;

/// A network between clients and their broker that has a memory: it keeps the requests of one client that have to do
/// with transactions, and can hold them back, so that they arrive when nobody expects them any more.
///
/// Threads: two for each connection, and one that accepts; any asks.
final class HoldingProxy implements AutoCloseable {
    private static final Set<ApiKeys> OF_TRANSACTIONS = Set.of(
            ApiKeys.PRODUCE,
            ApiKeys.ADD_PARTITIONS_TO_TXN,
            ApiKeys.ADD_OFFSETS_TO_TXN,
            ApiKeys.TXN_OFFSET_COMMIT,
            ApiKeys.END_TXN);

    private final ServerSocket server;
    private final String watchedClient;
    private final List<Frame> kept = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private volatile boolean holding;
    private volatile KafkaEndpoint broker;

    /// @param passed whether the broker has had it already
    record Frame(RequestHeader header, byte[] bytes, boolean passed) {
        @Override
        public String toString() {
            return "%s v%d%s".formatted(header.apiKey(), header.apiVersion(), passed ? ", again" : ", late");
        }
    }

    /// @param watchedClient the `client.id` of the one whose requests are kept
    HoldingProxy(String watchedClient) throws IOException {
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        this.watchedClient = watchedClient;
    }

    /// Where clients go.
    KafkaEndpoint endpoint() {
        return new KafkaEndpoint("127.0.0.1", server.getLocalPort());
    }

    void open(KafkaEndpoint to) {
        broker = to;
        Thread.ofVirtual().start(this::accept);
    }

    /// From now on the watched client's requests do not arrive.
    void hold() {
        holding = true;
    }

    /// In their order.
    List<Frame> kept() {
        return new ArrayList<>(kept);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                var client = server.accept();
                var there = new Socket(broker.host(), broker.port());
                there.setTcpNoDelay(true);
                client.setTcpNoDelay(true);
                sockets.addAll(List.of(client, there));
                Thread.ofVirtual().start(() -> carry(client, there, true));
                Thread.ofVirtual().start(() -> carry(there, client, false));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void carry(Socket from, Socket to, boolean requests) {
        try (from;
                to) {
            var in = new DataInputStream(from.getInputStream());
            var out = new DataOutputStream(to.getOutputStream());
            while (true) {
                var bytes = new byte[in.readInt()];
                in.readFully(bytes);
                if (!requests || passes(bytes)) {
                    out.write(ByteBuffer.allocate(Integer.BYTES + bytes.length)
                            .putInt(bytes.length)
                            .put(bytes)
                            .array());
                }
            }
        } catch (IOException closed) {
            // One side has gone, and so the other goes.
        }
    }

    private boolean passes(byte[] bytes) {
        var header = RequestHeader.parse(ByteBuffer.wrap(bytes));
        if (!watchedClient.equals(header.clientId()) || !OF_TRANSACTIONS.contains(header.apiKey())) {
            return true;
        }
        boolean passed = !holding;
        kept.add(new Frame(header, bytes, passed));
        return passed;
    }

    @Override
    public void close() {
        try {
            server.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
