package io.headrace.net;

import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/// The TLS side of a listener: TLS 1.2 and 1.3 from PEM files, which may be replaced while it runs. New
/// connections use the new files, old ones keep what they have. Files that cannot be read leave the old
/// ones in use, with a log line.
///
/// Threads: any.
public final class Tls implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Tls.class.getName());

    private final TlsConfig config;
    private volatile Loaded loaded;
    private volatile boolean closed;

    private record Loaded(SslContext context, List<FileTime> stamps) {}

    private Tls(TlsConfig config, Loaded loaded) {
        this.config = config;
        this.loaded = loaded;
    }

    /// Reads the files and looks at them again every [TlsConfig#reloadMillis] on `loop`.
    ///
    /// @throws IOException a file is missing or is not what it should be
    public static Tls open(TlsConfig config, NettyLoop loop) throws IOException {
        var tls = new Tls(config, load(config));
        tls.watch(loop);
        return tls;
    }

    private void watch(NettyLoop loop) {
        loop.schedule(config.reloadMillis(), () -> {
            if (!closed) {
                reloadIfChanged();
                watch(loop);
            }
        });
    }

    private void reloadIfChanged() {
        try {
            if (!stamps(config).equals(loaded.stamps())) {
                reload();
            }
        } catch (IOException trouble) {
            LOG.log(System.Logger.Level.WARNING, "TLS files kept as they were: {0}", trouble.getMessage());
        }
    }

    /// Reads the files now.
    ///
    /// @throws IOException they are not in order; the ones in use stay in use
    public void reload() throws IOException {
        loaded = load(config);
        LOG.log(System.Logger.Level.INFO, "TLS certificate read again from {0}", config.certificate());
    }

    private static Loaded load(TlsConfig config) throws IOException {
        var stamps = stamps(config);
        try {
            var builder = SslContextBuilder.forServer(
                            config.certificate().toFile(), config.key().toFile())
                    .sslProvider(SslProvider.JDK)
                    .protocols("TLSv1.3", "TLSv1.2")
                    .clientAuth(
                            switch (config.peer()) {
                                case ANYONE -> ClientAuth.NONE;
                                case CHECKED -> ClientAuth.OPTIONAL;
                                case REQUIRED -> ClientAuth.REQUIRE;
                            });
            config.authority().ifPresent(file -> builder.trustManager(file.toFile()));
            return new Loaded(builder.build(), stamps);
        } catch (IllegalArgumentException trouble) {
            throw new IOException(
                    "Cannot use the TLS files %s and %s: %s. Both must be PEM, the key PKCS#8 without a password."
                            .formatted(config.certificate(), config.key(), rootMessage(trouble)),
                    trouble);
        }
    }

    private static String rootMessage(Throwable trouble) {
        return trouble.getCause() == null ? trouble.getMessage() : rootMessage(trouble.getCause());
    }

    private static List<FileTime> stamps(TlsConfig config) throws IOException {
        var stamps = new ArrayList<FileTime>();
        for (Path file :
                List.of(config.certificate(), config.key(), config.authority().orElse(config.certificate()))) {
            stamps.add(Files.getLastModifiedTime(file));
        }
        return stamps;
    }

    /// Puts itself in front of what handles a new connection.
    public void protect(SocketChannel channel) {
        channel.pipeline().addLast(loaded.context().newHandler(channel.alloc()));
    }

    /// The name in the peer's certificate, if it showed one and the name is there.
    Optional<String> peerName(SSLSession session) {
        try {
            var certificate = (X509Certificate) session.getPeerCertificates()[0];
            var subject = certificate.getSubjectX500Principal().getName();
            return switch (config.name()) {
                case DISTINGUISHED_NAME -> Optional.of(subject);
                case COMMON_NAME ->
                    new LdapName(subject)
                            .getRdns().stream()
                                    .filter(part -> part.getType().equalsIgnoreCase("CN"))
                                    .map(Rdn::getValue)
                                    .map(Object::toString)
                                    .findFirst();
            };
        } catch (SSLPeerUnverifiedException | InvalidNameException nobody) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
