package io.headrace.amqp;

import io.headrace.broker.ChannelReport;
import io.headrace.broker.ConnectionReport;
import io.headrace.broker.ObservedConnection;
import io.headrace.broker.Tally;
import io.headrace.shard.Loop;
import java.util.ArrayList;

/// A connection as operators see it, from open to its end.
///
/// Threads: as [ObservedConnection] says.
final class ConnectionView implements ObservedConnection {
    private static final String PROTOCOL = "AMQP 0-9-1";

    private final AmqpConnection connection;
    private final String user;
    private final String vhost;
    private final String mechanism;
    private final long connectedMillis;

    ConnectionView(AmqpConnection connection, String mechanism) {
        this.connection = connection;
        this.user = connection.session().user().name();
        this.vhost = connection.session().vhost();
        this.mechanism = mechanism;
        this.connectedMillis = connection.wire().loop().clock().millis();
    }

    @Override
    public Loop loop() {
        return connection.wire().loop();
    }

    @Override
    public String name() {
        return connection.name();
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
        return vhost;
    }

    @Override
    public ConnectionReport report() {
        var wire = connection.wire();
        var tuning = connection.tuning();
        var channels = new ArrayList<ChannelReport>();
        connection.channels().forEach(channel -> channels.add(channel.report(state())));
        return new ConnectionReport(
                name(),
                PROTOCOL,
                user,
                vhost,
                connection.peer().connectionName(),
                wire.remote(),
                wire.local(),
                wire.tlsSession(),
                mechanism,
                tuning.heartbeatSeconds(),
                tuning.maxFrameBytes(),
                tuning.channelMax(),
                connectedMillis,
                connection.peer().properties(),
                state(),
                connection.traffic(),
                channels);
    }

    @Override
    public ConnectionReport.Traffic traffic() {
        return connection.traffic();
    }

    @Override
    public Tally tally() {
        var sum = new Tally[] {Tally.NOTHING};
        connection.channels().forEach(channel -> sum[0] = sum[0].plus(channel.tally()));
        return sum[0];
    }

    private String state() {
        if (!connection.running()) {
            return "closing";
        }
        if (connection.gate().stopped(InputGate.ALARM)) {
            return "blocked";
        }
        if (connection.blocking() != null && !connection.blocking().allowsPublish()) {
            return "blocking";
        }
        return connection.gate().stopped(InputGate.PRESSURE) ? "flow" : "running";
    }

    @Override
    public void close(String reason) {
        loop().execute(() -> connection.failConnection(0, ReplyCode.CONNECTION_FORCED.because(reason)));
    }
}
