package io.headrace.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.net.EventLoops;
import io.headrace.net.Listener;
import io.headrace.net.ListenerConfig;
import io.headrace.net.Tls;
import io.headrace.net.TlsConfig;
import io.headrace.time.Clock;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/// Goal: AMQP inside TLS, a name out of a certificate, and certificates that are replaced while it runs, whichever
/// loop the socket is on.
@DisplayNameGeneration(ReplaceUnderscores.class)
@ParameterizedClass(name = "{0} loops")
@ValueSource(ints = {1, 2})
class TlsTest {
    private static final char[] SECRET = "secret".toCharArray();

    private final EventLoops loops;

    @TempDir
    private Path dir;

    TlsTest(int loops) {
        this.loops = new EventLoops(loops, Clock.system());
    }

    @AfterEach
    void stop() {
        loops.close();
    }

    @Test
    void a_certificate_that_we_trust_logs_its_owner_in() throws Exception {
        var server = identity("server");
        var alice = identity("alice");
        try (var tls = Tls.open(config(TlsConfig.Peer.CHECKED), loops.engine());
                var listener = listen(tls);
                var client = new TestClient(connect(listener, server, Optional.of(alice)))) {
            client.header();
            var start = client.expect(ConnectionMethod.Start.class);
            assertThat(new String(start.mechanisms(), StandardCharsets.US_ASCII))
                    .isEqualTo("PLAIN AMQPLAIN ANONYMOUS EXTERNAL");

            client.startOk("EXTERNAL", new byte[0]);

            client.expect(ConnectionMethod.Tune.class);
        }
    }

    @Test
    void external_is_not_offered_without_a_certificate() throws Exception {
        var server = identity("server");
        identity("alice");
        try (var tls = Tls.open(config(TlsConfig.Peer.CHECKED), loops.engine());
                var listener = listen(tls);
                var client = new TestClient(connect(listener, server, Optional.empty()))) {
            client.header();

            var start = client.expect(ConnectionMethod.Start.class);

            assertThat(new String(start.mechanisms(), StandardCharsets.US_ASCII))
                    .isEqualTo("PLAIN AMQPLAIN ANONYMOUS");
        }
    }

    @Test
    void a_replaced_certificate_is_shown_to_new_connections() throws Exception {
        var server = identity("server");
        identity("alice");
        try (var tls = Tls.open(config(TlsConfig.Peer.ANYONE), loops.engine());
                var listener = listen(tls)) {
            try (var before = connect(listener, server, Optional.empty())) {
                assertThat(subject(before)).isEqualTo("CN=server");
            }

            var renewed = identity("renewed");
            for (String part : List.of(".crt", ".key")) {
                Files.move(
                        dir.resolve("renewed" + part),
                        dir.resolve("server" + part),
                        StandardCopyOption.REPLACE_EXISTING);
            }
            tls.reload();

            try (var after = connect(listener, renewed, Optional.empty())) {
                assertThat(subject(after)).isEqualTo("CN=renewed");
            }
        }
    }

    private static String subject(SSLSocket socket) throws IOException {
        return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
                .getSubjectX500Principal()
                .getName();
    }

    private TlsConfig config(TlsConfig.Peer peer) {
        return new TlsConfig(
                dir.resolve("server.crt"),
                dir.resolve("server.key"),
                Optional.of(dir.resolve("alice.crt")),
                peer,
                TlsConfig.Name.COMMON_NAME,
                60_000);
    }

    private Listener listen(Tls tls) throws IOException {
        return Listener.open(
                ListenerConfig.of("amqps", "127.0.0.1", 0),
                loops,
                List.of(new AmqpProtocol(new MemoryBroker(), AmqpConfig.defaults())),
                Optional.of(tls));
    }

    private static SSLSocket connect(Listener listener, KeyStore server, Optional<KeyStore> own) throws Exception {
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(onlyCertificate(server));
        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(own.orElse(null), SECRET);
        var context = SSLContext.getInstance("TLS");
        context.init(own.isPresent() ? keys.getKeyManagers() : null, trust.getTrustManagers(), null);
        var socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", listener.port());
        socket.setSoTimeout(10_000);
        socket.startHandshake();
        return socket;
    }

    private static KeyStore onlyCertificate(KeyStore from) throws GeneralSecurityException, IOException {
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("it", from.getCertificate("it"));
        return store;
    }

    /// Makes a self-signed certificate of this name, as PEM files in the directory too.
    private KeyStore identity(String name) throws Exception {
        var file = dir.resolve(name + ".p12");
        var keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "it",
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-dname",
                        "CN=" + name,
                        "-keystore",
                        file.toString(),
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        "secret",
                        "-validity",
                        "2")
                .redirectErrorStream(true)
                .start();
        assertThat(keytool.waitFor()).isZero();
        var store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, SECRET);
        }
        pem(name + ".crt", "CERTIFICATE", store.getCertificate("it").getEncoded());
        pem(name + ".key", "PRIVATE KEY", store.getKey("it", SECRET).getEncoded());
        return store;
    }

    private void pem(String file, String type, byte[] content) throws IOException {
        Files.writeString(
                dir.resolve(file),
                "-----BEGIN " + type + "-----\n"
                        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content)
                        + "\n-----END " + type + "-----\n");
    }
}
