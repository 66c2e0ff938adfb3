package io.headrace.net;

import io.headrace.config.Settings;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/// PEM files of a TLS listener.
///
/// @param certificate the chain, our own first
/// @param key PKCS#8, not encrypted
/// @param authority who signs clients that we trust; empty: no certificate is asked for
/// @param peer what a client must show
/// @param name which part of a client's certificate is its user name
/// @param reloadMillis how often the files are looked at for a change
public record TlsConfig(Path certificate, Path key, Optional<Path> authority, Peer peer, Name name, long reloadMillis) {
    /// What is asked of a client.
    public enum Peer {
        /// No certificate.
        ANYONE,
        /// If it shows a certificate it must be one we trust.
        CHECKED,
        /// It must show a certificate we trust.
        REQUIRED
    }

    /// What a client is called after its certificate.
    public enum Name {
        /// The whole subject as RFC 4514 writes it, as RabbitMQ does by default.
        DISTINGUISHED_NAME,
        /// The subject's `CN` alone.
        COMMON_NAME
    }

    public TlsConfig {
        Objects.requireNonNull(certificate);
        Objects.requireNonNull(key);
        Objects.requireNonNull(authority);
        Objects.requireNonNull(peer);
        Objects.requireNonNull(name);
        if (reloadMillis < 100 || reloadMillis > 86_400_000) {
            throw new IllegalArgumentException("reloadMillis " + reloadMillis + " is not in 100..86400000");
        }
        if (peer != Peer.ANYONE && authority.isEmpty()) {
            throw new IllegalArgumentException(
                    "TLS is to check client certificates, but no authority file says whom to trust");
        }
    }

    /// Empty if no certificate is named: then there is no TLS listener.
    public static Optional<TlsConfig> read(Settings settings) {
        return read(settings, true);
    }

    /// For a listener where a certificate lets somebody connect, and says nothing about who he is.
    public static Optional<TlsConfig> readNameless(Settings settings) {
        return read(settings, false);
    }

    private static Optional<TlsConfig> read(Settings settings, boolean named) {
        var certificate = settings.path(
                "certificate",
                "",
                "PEM file of the certificate chain, ours first; without it there is no TLS listener.");
        var key = settings.path("key", "", "PEM file of the private key, PKCS#8, not encrypted.");
        var authority = settings.path("authority", "", "PEM file of those who sign the clients that we trust.");
        var peer = settings.choice("peer", Peer.ANYONE, "Whether a client must show a certificate that we trust.");
        var name = named
                ? settings.choice(
                        "name", Name.DISTINGUISHED_NAME, "Which part of its certificate is the name of a client.")
                : Name.DISTINGUISHED_NAME;
        var reloadMillis = settings.millis(
                "reload-interval", 5_000, 100, 86_400_000, "How often the files are looked at for a change.");
        if (certificate.isEmpty() != key.isEmpty()) {
            settings.problem(
                    certificate.isEmpty() ? "key" : "certificate", "needs the other one of certificate and key");
            return Optional.empty();
        }
        if (peer != Peer.ANYONE && authority.isEmpty()) {
            settings.problem("peer", "asks for certificates, and authority does not say whose");
            return Optional.empty();
        }
        return certificate.isEmpty()
                ? Optional.empty()
                : Optional.of(new TlsConfig(
                        Path.of(certificate),
                        Path.of(key),
                        authority.isEmpty() ? Optional.empty() : Optional.of(Path.of(authority)),
                        peer,
                        name,
                        reloadMillis));
    }
}
