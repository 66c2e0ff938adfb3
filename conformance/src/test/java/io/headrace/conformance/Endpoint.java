package io.headrace.conformance;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.io.IOException;
import java.util.concurrent.TimeoutException;

/// Where a broker listens for AMQP.
public record Endpoint(String host, int port) {
    public static Endpoint parse(String hostAndPort) {
        int colon = hostAndPort.lastIndexOf(':');
        return new Endpoint(hostAndPort.substring(0, colon), Integer.parseInt(hostAndPort.substring(colon + 1)));
    }

    /// Without automatic recovery: a test wants to see what breaks.
    public ConnectionFactory factory() {
        var factory = new ConnectionFactory();
        factory.setHost(host);
        factory.setPort(port);
        factory.setAutomaticRecoveryEnabled(false);
        factory.setChannelRpcTimeout(20_000);
        return factory;
    }

    public Connection connect() throws IOException {
        try {
            return factory().newConnection();
        } catch (TimeoutException e) {
            throw new IOException(e);
        }
    }

    public String uri() {
        return "amqp://guest:guest@" + host + ":" + port;
    }
}
