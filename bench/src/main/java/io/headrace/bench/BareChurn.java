package io.headrace.bench;

import com.rabbitmq.client.ConnectionFactory;
import java.io.IOException;
import java.net.InetSocketAddress;

/// [Churn] with a [BareConnection], so that next to nothing but the broker's own work is measured.
record BareChurn(Span span, int threads) implements Workload {
    @Override
    public void run(ConnectionFactory broker, Report report) throws Exception {
        var address = new InetSocketAddress(broker.getHost(), broker.getPort());
        var login = new BareConnection.Login(broker.getUsername(), broker.getPassword(), broker.getVirtualHost());
        new Churn(span, threads).run(() -> openAndClose(address, login), report);
    }

    private static long openAndClose(InetSocketAddress address, BareConnection.Login login) throws IOException {
        try (var connection = BareConnection.connect(address)) {
            connection.open(login);
            connection.openChannel();
            long opened = System.nanoTime();
            connection.end();
            return opened;
        }
    }
}
