package io.headrace.broker;

import io.headrace.message.FieldTable;
import java.net.SocketAddress;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLSession;

/// One connection at one moment.
///
/// @param protocol like `AMQP 0-9-1`
/// @param givenName what the client calls itself, empty if it does not
/// @param mechanism of the login
/// @param heartbeatSeconds 0 for none
/// @param frameBytesMax 0 if the protocol has no such limit
/// @param state RabbitMQ's word: `running`, `blocked`, `blocking`, `flow`, `closing`
public record ConnectionReport(
        String name,
        String protocol,
        String user,
        String vhost,
        String givenName,
        SocketAddress remote,
        SocketAddress local,
        Optional<SSLSession> tls,
        String mechanism,
        int heartbeatSeconds,
        int frameBytesMax,
        int channelMax,
        long connectedMillis,
        FieldTable clientProperties,
        String state,
        Traffic traffic,
        List<ChannelReport> channels) {
    public ConnectionReport {
        channels = List.copyOf(channels);
    }

    /// What went over the socket.
    ///
    /// @param receivedReads how often something was read
    /// @param sentWrites how often something was written
    /// @param pendingBytes written, and not taken by the socket yet
    public record Traffic(long receivedBytes, long receivedReads, long sentBytes, long sentWrites, long pendingBytes) {}
}
