package io.headrace.kafka;

import io.headrace.net.Wire;
import java.io.IOException;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.apache.kafka.common.security.ssl.SslPrincipalMapper;

/// Who a client is by its certificate: as the listener says (`kafkas.name`), as AMQP's EXTERNAL does, or by rules
/// over the distinguished name in the grammar of Kafka's `ssl.principal.mapping.rules`.
///
/// Threads: any.
final class CertificateNames {
    private final Optional<SslPrincipalMapper> rules;

    private CertificateNames(Optional<SslPrincipalMapper> rules) {
        this.rules = rules;
    }

    /// @param rules empty: as the listener says
    /// @throws IllegalArgumentException they are no rules
    static CertificateNames by(String rules) {
        return new CertificateNames(
                rules.isEmpty() ? Optional.empty() : Optional.of(SslPrincipalMapper.fromRules(rules)));
    }

    /// What a certificate comes to.
    sealed interface Found {
        /// There is none.
        record Nobody() implements Found {}

        record Named(String name) implements Found {}

        /// No rule is for it.
        record Unnamed(String distinguishedName) implements Found {}
    }

    Found in(Wire wire) {
        if (rules.isEmpty()) {
            return wire.provenName().<Found>map(Found.Named::new).orElseGet(Found.Nobody::new);
        }
        return wire.tlsSession()
                .flatMap(CertificateNames::distinguishedName)
                .map(this::mapped)
                .orElseGet(Found.Nobody::new);
    }

    private static Optional<String> distinguishedName(SSLSession session) {
        try {
            return Optional.of(session.getPeerPrincipal().getName());
        } catch (SSLPeerUnverifiedException none) {
            return Optional.empty();
        }
    }

    private Found mapped(String distinguishedName) {
        try {
            return new Found.Named(rules.orElseThrow().getName(distinguishedName));
        } catch (IOException noRule) {
            return new Found.Unnamed(distinguishedName);
        }
    }
}
