package io.headrace.kafka;

import io.headrace.broker.ConnectionReport;
import io.headrace.broker.ObservedConnection;
import io.headrace.broker.Tally;
import io.headrace.message.FieldTable;
import io.headrace.net.Addresses;
import io.headrace.shard.Loop;
import java.util.List;

/// A connection as operators see it, from the login to its end.
///
/// Threads: as [ObservedConnection] says.
final class KafkaView implements ObservedConnection {
    private static final System.Logger LOG = System.getLogger(KafkaView.class.getName());
    private static final String PROTOCOL = "Kafka";

    private final KafkaConnection connection;
    private final String user;
    private final long connectedMillis;

    KafkaView(KafkaConnection connection) {
        this.connection = connection;
        this.user = connection.session().user().name();
        this.connectedMillis = connection.loop().clock().millis();
    }

    @Override
    public Loop loop() {
        return connection.loop();
    }

    @Override
    public String name() {
        return Addresses.connection(connection.wire());
    }

    @Override
    public String protocol() {
        return PROTOCOL;
    }

    @Override
    public String user() {
        return user;
    }

    @Override
    public String vhost() {
        return KafkaProtocol.VHOST;
    }

    @Override
    public ConnectionReport report() {
        var wire = connection.wire();
        return new ConnectionReport(
                name(),
                PROTOCOL,
                user,
                vhost(),
                connection.clientId(),
                wire.remote(),
                wire.local(),
                wire.tlsSession(),
                connection.sasl().mechanismName(),
                0,
                0,
                0,
                connectedMillis,
                FieldTable.EMPTY,
                connection.state(),
                connection.traffic(),
                List.of());
    }

    @Override
    public ConnectionReport.Traffic traffic() {
        return connection.traffic();
    }

    @Override
    public Tally tally() {
        return Tally.NOTHING; // Kafka's records are counted by its own clients
    }

    /// Kafka has no words for it: the socket is closed.
    @Override
    public void close(String reason) {
        LOG.log(System.Logger.Level.INFO, "{0}: closed: {1}", connection, reason);
        loop().execute(connection.wire()::close);
    }
}
