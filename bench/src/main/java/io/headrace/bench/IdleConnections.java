package io.headrace.bench;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.impl.nio.NioParams;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.Executors;

/// Connections, each with a channel, that do nothing. Two threads of ours read them all.
record IdleConnections(int connections) implements Workload {
    private static final int THREADS = 2;
    private static final int BUFFER_BYTES = 4096;
    private static final int ABORT_MILLIS = 100;

    @Override
    public void run(ConnectionFactory broker, Report report) throws Exception {
        broker.useNio();
        broker.setNioParams(new NioParams()
                .setNbIoThreads(THREADS)
                .setReadByteBufferSize(BUFFER_BYTES)
                .setWriteByteBufferSize(BUFFER_BYTES));
        broker.setSharedExecutor(Executors.newFixedThreadPool(THREADS));
        broker.setRequestedHeartbeat(0);
        report.begin();
        long start = System.nanoTime();
        var open = new ArrayList<Connection>();
        while (open.size() < connections) {
            var connection = broker.newConnection();
            connection.createChannel();
            open.add(connection);
        }
        report.end(Map.of("each", connections, "open_s", (System.nanoTime() - start) / 1e9));
        report.awaitEndOfInput();
        long alive = open.stream().filter(Connection::isOpen).count();
        report.say("still open: " + alive);
        open.forEach(connection -> connection.abort(ABORT_MILLIS));
    }
}
