package io.headrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.kafka.oauth.TestIssuer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.SaslAuthenticateRequestData;
import org.apache.kafka.common.message.SaslAuthenticateResponseData;
import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.message.SaslHandshakeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// RFC 7628 over Kafka's requests.
@DisplayNameGeneration(ReplaceUnderscores.class)
class OauthExchangeTest {
    @TempDir
    Path folder;

    private TestIssuer issuer;
    private TestPeer peer;

    @BeforeEach
    void open() throws Exception {
        issuer = TestIssuer.rsa("one");
        var keys = folder.resolve("jwks.json");
        TestIssuer.publish(keys, issuer);
        peer = new TestPeer(TestPeer.config(
                "sasl.mechanisms", "PLAIN,OAUTHBEARER",
                "oauth.jwks", keys.toString(),
                "oauth.issuer", "https://issuer",
                "oauth.audience", "headrace",
                "oauth.clock-skew", "0ms"));
        peer.broker.passwords.put("ann", "");
        peer.wire.loop.advance(1_000);
        peer.ask(
                ApiKeys.SASL_HANDSHAKE,
                1,
                new SaslHandshakeRequestData().setMechanism("OAUTHBEARER"),
                SaslHandshakeResponseData.class);
    }

    private void send(String token) {
        peer.send(
                ApiKeys.SASL_AUTHENTICATE,
                1,
                new SaslAuthenticateRequestData().setAuthBytes(token.getBytes(StandardCharsets.UTF_8)));
    }

    private static String first(String token) {
        return "n,,\u0001auth=Bearer " + token + "\u0001\u0001";
    }

    private SaslAuthenticateResponseData answered() {
        return (SaslAuthenticateResponseData) peer.answers().getFirst().data();
    }

    @Test
    void a_good_token_opens_a_session_that_ends_with_it() throws Exception {
        send(first(issuer.token("ann", 61_000)));

        var answer = answered();
        assertThat(answer.errorCode()).isEqualTo(Errors.NONE.code());
        assertThat(answer.authBytes()).isEmpty();
        assertThat(answer.sessionLifetimeMs()).isEqualTo(60_000);
        assertThat(peer.connection.userName()).contains("ann");

        peer.wire.loop.advance(60_001);
        peer.send(ApiKeys.METADATA, 1, new MetadataRequestData().setTopics(List.of()));
        assertThat(peer.wire.closed).isTrue();
    }

    @Test
    void the_next_token_goes_on_with_the_session() throws Exception {
        send(first(issuer.token("ann", 61_000)));
        answered();
        peer.wire.loop.advance(55_000);
        peer.ask(
                ApiKeys.SASL_HANDSHAKE,
                1,
                new SaslHandshakeRequestData().setMechanism("OAUTHBEARER"),
                SaslHandshakeResponseData.class);
        send(first(issuer.token("ann", 156_000)));

        assertThat(answered().sessionLifetimeMs()).isEqualTo(100_000);
        peer.wire.loop.advance(50_000);
        peer.ask(ApiKeys.METADATA, 1, new MetadataRequestData().setTopics(List.of()), MetadataResponseData.class);
    }

    @Test
    void a_bad_token_is_told_in_json_and_fails_with_the_clients_next_word() throws Exception {
        send(first(TestIssuer.rsa("one").token("ann", 61_000)));

        var told = answered();
        assertThat(told.errorCode()).isEqualTo(Errors.NONE.code());
        assertThat(new String(told.authBytes(), StandardCharsets.UTF_8)).isEqualTo("{\"status\":\"invalid_token\"}");

        send("\u0001");
        peer.wire.loop.advance(100);

        var failed = answered();
        assertThat(failed.errorCode()).isEqualTo(Errors.SASL_AUTHENTICATION_FAILED.code());
        assertThat(failed.errorMessage()).isEqualTo("{\"status\":\"invalid_token\"}");
        assertThat(peer.wire.closed).isTrue();
        assertThat(peer.broker.failedLogins).containsExactly("");
    }

    @Test
    void a_user_that_there_is_not_is_refused() throws Exception {
        send(first(issuer.token("nobody", 61_000)));
        peer.wire.loop.advance(100);

        assertThat(answered().errorCode()).isEqualTo(Errors.SASL_AUTHENTICATION_FAILED.code());
        assertThat(peer.wire.closed).isTrue();
    }

    @Test
    void who_acts_for_another_is_refused() throws Exception {
        send("n,a=bob,\u0001auth=Bearer " + issuer.token("ann", 61_000) + "\u0001\u0001");
        peer.wire.loop.advance(100);

        assertThat(answered().errorMessage()).contains("different from the token's principal name (ann)");
    }

    @Test
    void what_is_no_message_of_the_mechanism_fails() {
        send("hello");
        peer.wire.loop.advance(100);

        assertThat(answered().errorCode()).isEqualTo(Errors.SASL_AUTHENTICATION_FAILED.code());
        assertThat(peer.wire.closed).isTrue();
    }

    @Test
    void who_failed_often_waits_before_the_token_is_looked_at() throws Exception {
        peer.broker.loginDelayMillis = 400;
        send(first(issuer.token("ann", 61_000)));
        assertThat(peer.answers()).isEmpty();

        peer.wire.loop.advance(400);

        assertThat(answered().errorCode()).isEqualTo(Errors.NONE.code());
    }
}
