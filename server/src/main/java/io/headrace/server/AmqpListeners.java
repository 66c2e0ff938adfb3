package io.headrace.server;

import io.headrace.config.Settings;
import io.headrace.net.ListenerConfig;
import io.headrace.net.TlsConfig;
import java.nio.file.Path;
import java.util.Optional;

/// Where AMQP clients connect: without TLS, with it, or both.
///
/// @param plain empty if switched off
/// @param secure empty without a certificate
public record AmqpListeners(Optional<ListenerConfig> plain, Optional<Secure> secure) {
    private static final int PORT = 5672;
    private static final int SECURE_PORT = 5671;
    private static final int PORT_OFF = -1;
    private static final long RELOAD_MILLIS = 10_000;

    /// A listener with TLS.
    public record Secure(ListenerConfig listener, TlsConfig tls) {}

    static AmqpListeners read(Settings settings) {
        return new AmqpListeners(plain(settings.section("amqp")), secure(settings.section("amqps")));
    }

    private static Optional<ListenerConfig> plain(Settings settings) {
        var host = settings.text("host", "0.0.0.0", "Address to listen on for AMQP.");
        int port = settings.count("port", PORT, PORT_OFF, 65_535, "Port for AMQP; 0 for a free one, -1 for none.");
        int connections = connections(settings, "AMQP");
        return port == PORT_OFF ? Optional.empty() : Optional.of(listener("amqp", host, port, connections));
    }

    private static Optional<Secure> secure(Settings settings) {
        var host = settings.text("host", "0.0.0.0", "Address to listen on for AMQP with TLS.");
        int port = settings.count("port", SECURE_PORT, 0, 65_535, "Port for AMQP with TLS; 0 for a free one.");
        int connections = connections(settings, "AMQP with TLS");
        var certificate = settings.path(
                "certificate", "", "PEM file with the certificate chain, our own first; without it there is no TLS.");
        var key = settings.path("key", "", "PEM file with the private key, PKCS#8, not encrypted.");
        var authority = settings.path("authority", "", "PEM file with the authorities that sign clients we trust.");
        var peer = settings.choice("client", TlsConfig.Peer.ANYONE, "What a client has to show.");
        if (certificate.isEmpty()) {
            return Optional.empty();
        }
        if (key.isEmpty()) {
            settings.problem("key", "is needed with a certificate");
            return Optional.empty();
        }
        if (peer != TlsConfig.Peer.ANYONE && authority.isEmpty()) {
            settings.problem("authority", "is needed to check the certificates of clients");
            return Optional.empty();
        }
        var tls = new TlsConfig(
                Path.of(certificate),
                Path.of(key),
                Optional.of(authority).filter(path -> !path.isEmpty()).map(Path::of),
                peer,
                RELOAD_MILLIS);
        return Optional.of(new Secure(listener("amqps", host, port, connections), tls));
    }

    private static int connections(Settings settings, String what) {
        return settings.count(
                "connections",
                ListenerConfig.of("", "", 0).maxConnections(),
                1,
                10_000_000,
                "Connections that are taken over " + what + "; further ones are closed at once.");
    }

    private static ListenerConfig listener(String name, String host, int port, int connections) {
        var normal = ListenerConfig.of(name, host, port);
        return new ListenerConfig(
                name,
                host,
                port,
                normal.backlog(),
                connections,
                normal.recogniseMillis(),
                normal.readBytesMax(),
                normal.pendingBytesHigh());
    }
}
