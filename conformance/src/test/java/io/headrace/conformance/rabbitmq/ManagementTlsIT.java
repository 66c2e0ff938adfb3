package io.headrace.conformance.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.http.client.Client;
import com.rabbitmq.http.client.ClientParameters;
import com.rabbitmq.http.client.JdkHttpClientHttpLayer;
import com.rabbitmq.http.client.domain.QueueInfo;
import io.headrace.conformance.BrokerProcess;
import io.headrace.conformance.Certificates;
import io.headrace.conformance.Program;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Goal: whoever asks RabbitMQ's HTTP API or metrics by TLS asks ours the same way. Method: curl, `rabbitmqadmin` of
/// Debian and RabbitMQ's HTTP client, with a certificate that they trust and one that they do not.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ManagementTlsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int UNTRUSTED = 60; // of curl

    @TempDir
    private static Path folder;

    private static Certificates certificates;
    private static BrokerProcess broker;

    @BeforeAll
    static void start() throws Exception {
        certificates = new Certificates(folder)
                .make("first", "CN=first")
                .make("second", "CN=second")
                .make("other", "CN=other");
        use("first");
        broker = BrokerProcess.start(
                folder.resolve("data"),
                "--management-tls-host=127.0.0.1",
                "--management-tls-port=0",
                "--management-tls-certificate=" + certificates.certificate("used"),
                "--management-tls-key=" + certificates.key("used"),
                "--management-tls-reload-interval=100ms",
                "--metrics-tls-host=127.0.0.1",
                "--metrics-tls-port=0",
                "--metrics-tls-certificate=" + certificates.certificate("first"),
                "--metrics-tls-key=" + certificates.key("first"));
    }

    private static void use(String name) throws IOException {
        Files.copy(certificates.key(name), certificates.key("used"), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(
                certificates.certificate(name), certificates.certificate("used"), StandardCopyOption.REPLACE_EXISTING);
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    private static String url(String listener, String path) {
        return "https://127.0.0.1:" + broker.port(listener) + path;
    }

    private record Ran(int exit, String out) {}

    private static Ran run(String... command) {
        try {
            var process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Ran(process.waitFor(), out);
        } catch (IOException e) {
            return new Ran(-1, e.toString());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Ran curl(String trusted, String url, String... options) {
        List<String> command = new ArrayList<>(List.of("curl", "-s", "-u", "guest:guest", "--cacert"));
        command.add(certificates.certificate(trusted).toString());
        command.addAll(List.of(options));
        command.add(url);
        return run(command.toArray(String[]::new));
    }

    @Test
    void curl_asks_by_tls_and_trusts_no_other_certificate() {
        Program.assumeWorks("curl", "curl", "--version");

        assertThat(curl("first", url("management-tls", "/api/whoami")).out).contains("\"name\":\"guest\"");
        assertThat(curl("other", url("management-tls", "/api/whoami")).exit).isEqualTo(UNTRUSTED);
        assertThat(curl("first", url("metrics-tls", "/metrics")).out).contains("rabbitmq_identity_info");
    }

    @Test
    void an_answer_after_which_the_connection_closes_ends_in_tls_as_well() {
        Program.assumeWorks("curl", "curl", "--version");

        var answer = curl("first", url("management-tls", "/api/whoami"), "-H", "Connection: close");

        assertThat(answer.exit).isZero(); // OpenSSL takes an end without a word for an attack
        assertThat(answer.out).contains("\"name\":\"guest\"");
    }

    @Test
    void it_is_shown_where_rabbitmq_shows_it() {
        Program.assumeWorks("curl", "curl", "--version");

        var overview = curl("first", url("management-tls", "/api/overview?columns=listeners,contexts")).out;

        assertThat(overview)
                .contains("\"protocol\":\"https\"", "\"protocol\":\"https/prometheus\"", "\"tls\":true")
                .contains("\"ssl\":\"true\"");
        assertThat(curl("first", url("management-tls", "/api/health/checks/protocol-listener/https")).out)
                .contains("ok");
        assertThat(curl("first", url("management-tls", "/api/health/checks/certificate-expiration/1/weeks")).out)
                .contains("failed"); // they are made for two days
    }

    @Test
    void rabbitmqadmin_of_debian_works_with_its_option_ssl() {
        Program.assumeWorks("rabbitmqadmin of rabbitmq-server", "rabbitmqadmin", "--version");

        var declared = rabbitmqadmin("declare", "queue", "name=by-admin", "durable=true");
        var listed = rabbitmqadmin("-f", "tsv", "list", "queues", "name", "durable");

        assertThat(declared.out).contains("queue declared");
        assertThat(listed.out).contains("by-admin\tTrue");
    }

    private static Ran rabbitmqadmin(String... words) {
        List<String> command = new ArrayList<>(List.of(
                "rabbitmqadmin",
                "--ssl",
                "--ssl-ca-cert-file=" + certificates.certificate("first"),
                "-H",
                "127.0.0.1",
                "-P",
                Integer.toString(broker.port("management-tls"))));
        command.addAll(List.of(words));
        return run(command.toArray(String[]::new));
    }

    @Test
    void rabbitmqs_http_client_for_java_declares_and_lists() throws Exception {
        var trust = trust("first");
        var client = new Client(new ClientParameters()
                .url(url("management-tls", "/api/"))
                .username("guest")
                .password("guest")
                .httpLayerFactory(JdkHttpClientHttpLayer.configure()
                        .clientBuilderConsumer(builder -> builder.sslContext(trust))
                        .create()));

        client.declareQueue("/", "by client", new QueueInfo(true, false, false));

        assertThat(client.getQueue("/", "by client").isDurable()).isTrue();
        assertThat(client.getOverview().getNode()).isNotEmpty();
    }

    private static SSLContext trust(String name) throws Exception {
        var store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (InputStream in = Files.newInputStream(certificates.certificate(name))) {
            store.setCertificateEntry(name, (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        var context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    @Test
    void a_certificate_that_is_replaced_is_shown_without_a_restart() throws Exception {
        Program.assumeWorks("curl", "curl", "--version");

        use("second");
        try {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(curl("second", url("management-tls", "/api/whoami")).exit)
                            .isZero());
            assertThat(curl("first", url("management-tls", "/api/whoami")).exit).isEqualTo(UNTRUSTED);
        } finally {
            use("first");
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(curl("first", url("management-tls", "/api/whoami")).exit)
                            .isZero());
        }
    }
}
