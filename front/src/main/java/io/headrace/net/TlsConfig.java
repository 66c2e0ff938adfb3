package io.headrace.net;

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
}
