package io.headrace.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.conformance.BrokerProcess;
import io.headrace.conformance.Certificates;
import io.headrace.conformance.Names;
import io.headrace.conformance.Program;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.ThrottlingQuotaExceededException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnsupportedSaslMechanismException;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Goal: whoever logs in to Kafka's listener by token, certificate or SCRAM is who it says, a session goes on over its
/// end, and quotas hold (acceptance F5). Method: a broker of its own, Kafka's clients and tools, and librdkafka.
@DisplayNameGeneration(ReplaceUnderscores.class)
class KafkaSecurityIT {
    private static final String CONFIGS = "kafka.admin.ConfigCommand";
    private static final String ALLOWED_URLS = "org.apache.kafka.sasl.oauthbearer.allowed.urls";
    private static final Duration SESSION = Duration.ofSeconds(4);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int RATE = 1 << 20; // bytes a second
    /// Two of the windows that a quota is measured over: within one, as Kafka's too, it comes in a burst and then
    /// slowly.
    private static final Duration MEASURED = Duration.ofSeconds(22);
    private static final double CLOSE = 0.12;

    @TempDir
    static Path folder;

    private static PublicJsonWebKey signer;
    private static Certificates certificates;
    private static BrokerProcess broker;
    private static KafkaEndpoint kafka;

    @BeforeAll
    static void start() throws Exception {
        signer = RsaJwkGenerator.generateJwk(2048);
        signer.setKeyId("one");
        var keys = Files.writeString(
                folder.resolve("jwks.json"),
                new JsonWebKeySet(signer).toJson(JsonWebKey.OutputControlLevel.PUBLIC_ONLY));
        certificates = new Certificates(folder)
                .make("server", "CN=localhost")
                .make("ann", "CN=Ann,OU=Payments,O=Acme")
                .make("stranger", "CN=Stranger,O=Elsewhere");
        broker = BrokerProcess.start(
                folder.resolve("data"),
                "--kafka-sasl-mechanisms",
                "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER",
                "--kafka-oauth-jwks",
                keys.toString(),
                "--kafka-oauth-issuer",
                "https://issuer",
                "--kafka-oauth-audience",
                "headrace",
                "--kafka-max-reauth",
                SESSION.toMillis() + "ms",
                "--kafka-principal-mapping",
                "RULE:^CN=(.*?),OU=Payments,O=Acme$/$1/L",
                "--kafkas-host",
                "127.0.0.1",
                "--kafkas-port",
                "0",
                "--kafkas-certificate",
                certificates.certificate("server").toString(),
                "--kafkas-key",
                certificates.key("server").toString(),
                "--kafkas-authority",
                certificates.together("ann", "stranger").toString(),
                "--kafkas-peer",
                "checked");
        kafka = new KafkaEndpoint("127.0.0.1", broker.port("kafka"));
        user("ann", Optional.of("secret"));
        allow("ann");
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    // ------------------------------------------------------------------------------------------------- harness

    private static void manage(String method, String path, String json) throws Exception {
        var login = Base64.getEncoder().encodeToString("guest:guest".getBytes(StandardCharsets.UTF_8));
        try (var http = HttpClient.newHttpClient()) {
            var answer = http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + broker.port("management") + "/api/" + path))
                            .header("Authorization", "Basic " + login)
                            .method(method, HttpRequest.BodyPublishers.ofString(json))
                            .build(),
                    BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
        }
    }

    private static void user(String name, Optional<String> password) throws Exception {
        manage(
                "PUT",
                "users/" + name,
                "{\"tags\":\"\","
                        + password.map(text -> "\"password\":\"" + text + "\"").orElse("\"password_hash\":\"\"") + "}");
    }

    private static void allow(String name) throws Exception {
        manage("PUT", "permissions/%2F/" + name, "{\"configure\":\".*\",\"write\":\".*\",\"read\":\".*\"}");
    }

    private static Map<String, Object> settings(KafkaEndpoint endpoint, Map<String, String> login, String... more) {
        var all = new HashMap<String, Object>(endpoint.settings(more));
        all.putAll(login);
        return all;
    }

    private static KafkaProducer<byte[], byte[]> producer(Map<String, Object> settings) {
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static Map<String, String> scram(String mechanism, String user, String password) {
        return Map.of(
                "security.protocol",
                "SASL_PLAINTEXT",
                "sasl.mechanism",
                mechanism,
                "sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"%s\" password=\"%s\";"
                        .formatted(user, password));
    }

    private static String token(String name, Duration lifetime) throws Exception {
        var claims = new JwtClaims();
        claims.setSubject(name);
        claims.setIssuer("https://issuer");
        claims.setAudience("headrace");
        claims.setIssuedAtToNow();
        claims.setStringClaim("scope", "any");
        claims.setExpirationTimeMinutesInTheFuture(lifetime.toMillis() / 60_000f);
        var signature = new JsonWebSignature();
        signature.setPayload(claims.toJson());
        signature.setKey(signer.getPrivateKey());
        signature.setKeyIdHeaderValue(signer.getKeyId());
        signature.setAlgorithmHeaderValue("RS256");
        return signature.getCompactSerialization();
    }

    /// Kafka's own client, which reads its token from a file.
    private static Map<String, String> oauth(Path token) {
        System.setProperty(ALLOWED_URLS, token.toUri().toString());
        return Map.of(
                "security.protocol",
                "SASL_PLAINTEXT",
                "sasl.mechanism",
                "OAUTHBEARER",
                "sasl.jaas.config",
                "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required;",
                "sasl.login.callback.handler.class",
                "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler",
                "sasl.oauthbearer.jwt.retriever.class",
                "org.apache.kafka.common.security.oauthbearer.FileJwtRetriever",
                "sasl.oauthbearer.token.endpoint.url",
                token.toUri().toString());
    }

    private static Map<String, String> certificate(String name) throws Exception {
        return Map.of(
                "security.protocol",
                "SSL",
                "ssl.truststore.type",
                "PEM",
                "ssl.truststore.certificates",
                Files.readString(certificates.certificate("server")),
                "ssl.keystore.type",
                "PEM",
                "ssl.keystore.certificate.chain",
                Files.readString(certificates.certificate(name)),
                "ssl.keystore.key",
                Files.readString(certificates.key(name)));
    }

    private static long send(Map<String, Object> settings, String topic) throws Exception {
        try (var producer = producer(settings)) {
            return producer.send(new ProducerRecord<>(topic, "v".getBytes(StandardCharsets.UTF_8)))
                    .get()
                    .offset();
        }
    }

    private static List<String> configs(String... arguments) throws Exception {
        return Tools.run(kafka, CONFIGS, arguments);
    }

    // --------------------------------------------------------------------------------------------------- tokens

    @Test
    void a_signed_token_of_a_user_logs_in() throws Exception {
        var file = Files.writeString(folder.resolve("token"), token("ann", Duration.ofHours(1)));

        assertThat(send(settings(kafka, oauth(file)), Names.fresh("oauth"))).isZero();
    }

    @Test
    void a_token_by_another_key_or_of_nobody_does_not() throws Exception {
        var good = signer;
        Path forged;
        try {
            signer = RsaJwkGenerator.generateJwk(2048);
            signer.setKeyId("one");
            forged = Files.writeString(folder.resolve("forged"), token("ann", Duration.ofHours(1)));
        } finally {
            signer = good;
        }
        var nobody = Files.writeString(folder.resolve("nobody"), token("nobody", Duration.ofHours(1)));

        assertThatThrownBy(() -> send(settings(kafka, oauth(forged)), "t"))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(SaslAuthenticationException.class)
                .hasMessageContaining("invalid_token");
        assertThatThrownBy(() -> send(settings(kafka, oauth(nobody)), "t"))
                .hasCauseInstanceOf(SaslAuthenticationException.class);
    }

    // --------------------------------------------------------------------------------------------- certificates

    @Test
    void a_certificate_names_its_user_by_rules() throws Exception {
        var tls = new KafkaEndpoint("127.0.0.1", broker.port("kafkas"));
        var topic = Names.fresh("tls");

        assertThat(send(settings(tls, certificate("ann")), topic)).isZero();
        assertThatThrownBy(() -> send(settings(tls, certificate("stranger"), "max.block.ms=3000"), topic))
                .isInstanceOf(Exception.class);
        assertThat(broker.errors())
                .contains("no rule of kafka.principal-mapping")
                .contains("CN=Stranger,O=Elsewhere");
    }

    // ---------------------------------------------------------------------------------------------------- SCRAM

    @ParameterizedTest
    @ValueSource(strings = {"SCRAM-SHA-256", "SCRAM-SHA-512"})
    void kafka_configs_makes_a_user_who_logs_in_at_once_and_does_what_he_is_let(String mechanism) throws Exception {
        var name = Names.fresh("bob");
        var of = new String[] {"--entity-type", "users", "--entity-name", name};

        configs(words(of, "--alter", "--add-config", mechanism + "=[iterations=8192,password=secret]"));

        try (var admin = Admin.create(settings(kafka, scram(mechanism, name, "secret")))) {
            assertThat(admin.describeCluster().clusterId().get()).isNotEmpty();
        }
        assertThat(configs(words(of, "--describe")))
                .anyMatch(line -> line.contains(name) && line.contains(mechanism + "=iterations=8192"));
        assertThatThrownBy(() -> send(settings(kafka, scram(mechanism, name, "secret")), Names.fresh("scram")))
                .hasCauseInstanceOf(TopicAuthorizationException.class);
        allow(name);
        assertThat(send(settings(kafka, scram(mechanism, name, "secret")), Names.fresh("scram")))
                .isZero();
        assertThatThrownBy(() -> send(settings(kafka, scram(mechanism, name, "wrong")), "t"))
                .hasCauseInstanceOf(SaslAuthenticationException.class);

        configs(words(of, "--alter", "--delete-config", mechanism));
        assertThatThrownBy(() -> send(settings(kafka, scram(mechanism, name, "secret")), "t"))
                .hasCauseInstanceOf(SaslAuthenticationException.class);
    }

    @Test
    void a_mechanism_that_there_is_not_is_refused_with_those_that_there_are() throws Exception {
        try (var without = BrokerProcess.start(folder.resolve("without"), "--kafka-sasl-mechanisms", "PLAIN")) {
            var plainOnly = new KafkaEndpoint("127.0.0.1", without.port("kafka"));

            assertThatThrownBy(() -> send(settings(plainOnly, scram("SCRAM-SHA-256", "guest", "guest")), "t"))
                    .hasCauseInstanceOf(UnsupportedSaslMechanismException.class)
                    .hasMessageContaining("enabled mechanisms are [PLAIN]");
        }
    }

    // ------------------------------------------------------------------------------------------ re-authentication

    @Test
    void a_producer_goes_on_over_three_sessions_and_loses_nothing() throws Exception {
        scramOf("ann", ScramMechanism.SCRAM_SHA_256, "s");
        var topic = Names.fresh("sessions");
        var sent = new ArrayList<Future<RecordMetadata>>();
        long end = System.nanoTime() + PATIENCE.toNanos();
        double again = 0;
        try (var producer = producer(settings(kafka, scram("SCRAM-SHA-256", "ann", "s"), "linger.ms=1", "retries=0"))) {
            while (again < 3 && System.nanoTime() < end) {
                sent.add(producer.send(new ProducerRecord<>(topic, new byte[100])));
                if (sent.size() % 200 == 0) {
                    producer.flush();
                    again = metric(producer, "successful-reauthentication-total");
                }
            }
            producer.flush();
            assertThat(metric(producer, "failed-reauthentication-total")).isZero();
        }

        for (int i = 0; i < sent.size(); i++) {
            assertThat(sent.get(i).get().offset()).isEqualTo(i);
        }
        System.out.printf("re-authentication: %d records over %.0f logins anew%n", sent.size(), again);
        assertThat(again).isGreaterThanOrEqualTo(3);
        assertThat(broker.errors()).doesNotContain("its session is over");
    }

    private static double metric(KafkaProducer<?, ?> producer, String name) {
        return producer.metrics().entrySet().stream()
                .filter(metric -> metric.getKey().name().equals(name)
                        && metric.getKey().group().equals("producer-metrics"))
                .mapToDouble(metric -> (Double) metric.getValue().metricValue())
                .sum();
    }

    // --------------------------------------------------------------------------------------------------- quotas

    @Test
    void kafka_configs_sets_describes_and_removes_quotas() throws Exception {
        configs(
                "--alter",
                "--add-config",
                "producer_byte_rate=1000000,request_percentage=150",
                "--entity-type",
                "users",
                "--entity-name",
                "quotas");
        configs(
                "--alter",
                "--add-config",
                "consumer_byte_rate=2000000",
                "--entity-type",
                "users",
                "--entity-name",
                "quotas",
                "--entity-type",
                "clients",
                "--entity-default");
        configs(
                "--alter",
                "--add-config",
                "controller_mutation_rate=7.5",
                "--entity-type",
                "clients",
                "--entity-name",
                "quotas.app");
        configs(
                "--alter",
                "--add-config",
                "connection_creation_rate=1000",
                "--entity-type",
                "ips",
                "--entity-name",
                "192.0.2.1");

        assertThat(configs("--describe", "--entity-type", "users", "--entity-name", "quotas"))
                .anyMatch(line -> line.startsWith("Quota configs for user-principal 'quotas' are ")
                        && line.contains("producer_byte_rate=1000000.0")
                        && line.contains("request_percentage=150.0"));
        assertThat(configs(
                        "--describe",
                        "--entity-type",
                        "users",
                        "--entity-name",
                        "quotas",
                        "--entity-type",
                        "clients",
                        "--entity-default"))
                .anyMatch(line -> line.contains("the default client-id are consumer_byte_rate=2000000.0"));
        assertThat(configs("--describe", "--entity-type", "clients", "--entity-name", "quotas.app"))
                .anyMatch(line -> line.contains("'quotas.app' are controller_mutation_rate=7.5"));
        assertThat(configs("--describe", "--entity-type", "ips", "--entity-name", "192.0.2.1"))
                .anyMatch(line -> line.contains("'192.0.2.1' are connection_creation_rate=1000.0"));

        configs(
                "--alter",
                "--delete-config",
                "producer_byte_rate,request_percentage",
                "--entity-type",
                "users",
                "--entity-name",
                "quotas");
        assertThat(configs("--describe", "--entity-type", "users", "--entity-name", "quotas"))
                .noneMatch(line -> line.contains("producer_byte_rate"));
    }

    private static void quota(String clientId, String key, double limit) throws Exception {
        var entity = new ClientQuotaEntity(Map.of(ClientQuotaEntity.CLIENT_ID, clientId));
        try (var admin = kafka.admin()) {
            admin.alterClientQuotas(List.of(
                            new ClientQuotaAlteration(entity, List.of(new ClientQuotaAlteration.Op(key, limit)))))
                    .all()
                    .get();
        }
    }

    private static void scramOf(String user, ScramMechanism mechanism, String password) throws Exception {
        try (var admin = kafka.admin()) {
            admin.alterUserScramCredentials(List.of(
                            new UserScramCredentialUpsertion(user, new ScramCredentialInfo(mechanism, 4096), password)))
                    .all()
                    .get();
        }
    }

    @Test
    void a_producer_and_a_consumer_are_held_to_their_quotas() throws Exception {
        quota("producing", "producer_byte_rate", RATE);
        quota("consuming", "consumer_byte_rate", RATE);
        var full = Names.fresh("quota");
        try (var producer = producer(kafka.settings("linger.ms=5"))) {
            for (int i = 0; i < 2 * MEASURED.toSeconds() * RATE / 1000; i++) {
                producer.send(new ProducerRecord<>(full, new byte[1000]));
            }
        }

        var consumed = CompletableFuture.supplyAsync(() -> consumed(full));
        long produced = produced(Names.fresh("quota"));

        assertHeld("produced", produced);
        assertHeld("consumed", consumed.get());
    }

    /// Bytes that were acknowledged while it was measured.
    private static long produced(String topic) throws Exception {
        try (var producer = producer(kafka.settings("client.id=producing", "batch.size=16384", "linger.ms=5"))) {
            producer.partitionsFor(topic);
            var record = new byte[1000];
            long bytes = 0;
            long end = System.nanoTime() + MEASURED.toNanos();
            while (System.nanoTime() < end) {
                var under = new ArrayList<Future<RecordMetadata>>();
                for (int i = 0; i < 64; i++) {
                    under.add(producer.send(new ProducerRecord<>(topic, record)));
                }
                for (var one : under) {
                    one.get();
                    bytes += record.length;
                }
            }
            assertThat(metric(producer, "produce-throttle-time-max")).isPositive();
            return bytes;
        }
    }

    /// Bytes that came since the first did.
    private static long consumed(String topic) {
        try (var consumer = new KafkaConsumer<>(
                kafka.settings("client.id=consuming", "max.partition.fetch.bytes=65536"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            var partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long bytes = 0;
            while (bytes == 0) {
                bytes += consumer.poll(Duration.ofMillis(100)).count() * 1000L;
            }
            long end = System.nanoTime() + MEASURED.toNanos();
            while (System.nanoTime() < end) {
                bytes += consumer.poll(Duration.ofMillis(100)).count() * 1000L;
            }
            return bytes;
        }
    }

    private static void assertHeld(String what, long bytes) {
        double part = (double) bytes / MEASURED.toSeconds() / RATE;
        System.out.printf("%s: %.3f of a quota of %d bytes/s%n", what, part, RATE);
        assertThat(part).as(what).isBetween(1 - CLOSE, 1 + CLOSE);
    }

    @Test
    void topics_beyond_the_quota_are_refused_by_kafkas_own_error() throws Exception {
        quota("creating", "controller_mutation_rate", 1);
        try (var admin = Admin.create(kafka.settings("client.id=creating"))) {
            var strict = new CreateTopicsOptions().retryOnQuotaViolation(false);
            admin.createTopics(List.of(new NewTopic(Names.fresh("wide"), 13, (short) 1)), strict)
                    .all()
                    .get();

            assertThatThrownBy(() -> admin.createTopics(
                                    List.of(new NewTopic(Names.fresh("wide"), 1, (short) 1)), strict)
                            .all()
                            .get())
                    .hasCauseInstanceOf(ThrottlingQuotaExceededException.class);
            admin.createTopics(List.of(new NewTopic(Names.fresh("wide"), 1, (short) 1)))
                    .all()
                    .get(); // tries again when it may
        }
    }

    // ------------------------------------------------------------------------------------------------ librdkafka

    @Test
    void librdkafka_logs_in_by_all_it_can() throws Exception {
        Program.assumeWorks("python3-confluent-kafka", "/usr/bin/python3", "-c", "import confluent_kafka");
        var file = Files.writeString(folder.resolve("librdkafka-token"), token("ann", Duration.ofHours(1)));
        scramOf("ann", ScramMechanism.SCRAM_SHA_512, "512");

        assertThat(Program.python(kafka.environment(), "librdkafka_login.py", "ann", "512", "secret", file.toString())
                        .finish())
                .filteredOn(line -> !line.startsWith("%")) // what librdkafka logs
                .containsExactly(
                        "SCRAM-SHA-512, if it can",
                        "PLAIN",
                        "a wrong password is refused",
                        "OAUTHBEARER",
                        "goes on over the end of a session");
    }

    private static String[] words(String[] first, String... more) {
        var all = new ArrayList<>(Arrays.asList(first));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }
}
