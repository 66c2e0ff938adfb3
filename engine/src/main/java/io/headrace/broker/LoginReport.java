package io.headrace.broker;

import java.net.SocketAddress;
import java.util.Optional;

/// Somebody has tried to log in on a connection.
///
/// @param user who he said he is
/// @param mechanism by which
/// @param connection its name
/// @param refusal why he was not let in; empty if he was
public record LoginReport(
        String user,
        String mechanism,
        String connection,
        SocketAddress remote,
        SocketAddress local,
        boolean tls,
        Optional<String> refusal) {}
