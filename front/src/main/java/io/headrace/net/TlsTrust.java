package io.headrace.net;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// Whom we trust where we are the client.
public final class TlsTrust {
    private TlsTrust() {}

    /// @param authorities PEM file of certificates that are trusted; `null` for those that the JDK trusts
    /// @throws IOException the file cannot be read
    /// @throws GeneralSecurityException it is not what it should be
    public static SSLContext context(String authorities) throws IOException, GeneralSecurityException {
        if (authorities == null) {
            return SSLContext.getDefault();
        }
        var trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        try (var pem = Files.newInputStream(Path.of(authorities))) {
            int count = 0;
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                trusted.setCertificateEntry("authority-" + count++, certificate);
            }
        }
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        var context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
