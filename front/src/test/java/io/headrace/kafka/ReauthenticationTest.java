package io.headrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
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

/// KIP-368, with sessions of a minute.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ReauthenticationTest {
    private static final MetadataRequestData METADATA = new MetadataRequestData().setTopics(List.of());

    private final TestPeer peer = new TestPeer(TestPeer.config("max-reauth", "1min"));

    @BeforeEach
    void users() {
        peer.broker.passwords.put("ann", "secret");
        peer.broker.passwords.put("bob", "secret");
        peer.wire.loop.advance(5_000);
    }

    private Errors handshake(String mechanism) {
        return Errors.forCode(peer.ask(
                        ApiKeys.SASL_HANDSHAKE,
                        1,
                        new SaslHandshakeRequestData().setMechanism(mechanism),
                        SaslHandshakeResponseData.class)
                .errorCode());
    }

    private void send(String user) {
        var token = ("\0" + user + "\0secret").getBytes(StandardCharsets.UTF_8);
        peer.send(ApiKeys.SASL_AUTHENTICATE, 1, new SaslAuthenticateRequestData().setAuthBytes(token));
    }

    private SaslAuthenticateResponseData answered() {
        return (SaslAuthenticateResponseData) peer.answers().getFirst().data();
    }

    private long login(String user) {
        handshake("PLAIN");
        send(user);
        var answer = answered();
        assertThat(answer.errorCode()).isEqualTo(Errors.NONE.code());
        return answer.sessionLifetimeMs();
    }

    @Test
    void who_renews_a_session_is_one_connection_as_before() {
        login("ann");
        peer.wire.loop.advance(5_000);

        login("ann");

        assertThat(peer.broker.sessions).hasSize(1);
    }

    private void assertServed() {
        peer.ask(ApiKeys.METADATA, 1, METADATA, MetadataResponseData.class);
    }

    @Test
    void a_client_is_told_how_long_its_session_lasts() {
        assertThat(login("ann")).isEqualTo(60_000);
    }

    @Test
    void a_session_without_a_limit_has_none() {
        var other = new TestPeer();
        other.broker.passwords.put("ann", "secret");
        other.ask(
                ApiKeys.SASL_HANDSHAKE,
                1,
                new SaslHandshakeRequestData().setMechanism("PLAIN"),
                SaslHandshakeResponseData.class);
        var answer = other.ask(
                ApiKeys.SASL_AUTHENTICATE,
                1,
                new SaslAuthenticateRequestData().setAuthBytes("\0ann\0secret".getBytes(StandardCharsets.UTF_8)),
                SaslAuthenticateResponseData.class);

        assertThat(answer.sessionLifetimeMs()).isZero();
    }

    @Test
    void one_who_logs_in_again_goes_on() {
        login("ann");
        for (int session = 0; session < 3; session++) {
            peer.wire.loop.advance(55_000);
            assertThat(login("ann")).isEqualTo(60_000);
            assertServed();
        }
        assertThat(peer.broker.connections().churn().connectionsOpened()).isEqualTo(1);
    }

    @Test
    void one_who_does_not_is_cut_by_the_next_request() {
        login("ann");
        peer.wire.loop.advance(60_000);
        assertServed();
        peer.wire.loop.advance(1);
        assertThat(peer.wire.closed).isFalse();

        peer.send(ApiKeys.METADATA, 1, METADATA);

        assertThat(peer.wire.closed).isTrue();
        assertThat(peer.answers()).isEmpty();
    }

    @Test
    void a_session_that_is_over_can_still_be_renewed() {
        login("ann");
        peer.wire.loop.advance(70_000);

        assertThat(login("ann")).isEqualTo(60_000);
        assertServed();
    }

    @Test
    void another_user_is_refused() {
        login("ann");
        peer.wire.loop.advance(30_000);
        handshake("PLAIN");
        send("bob");
        peer.wire.loop.advance(100);

        var answer = answered();
        assertThat(answer.errorCode()).isEqualTo(Errors.SASL_AUTHENTICATION_FAILED.code());
        assertThat(answer.errorMessage())
                .isEqualTo("Cannot change principals during re-authentication from User.ann: User.bob");
        assertThat(peer.wire.closed).isTrue();
    }

    @Test
    void another_mechanism_is_refused() {
        login("ann");
        peer.wire.loop.advance(30_000);
        assertThat(handshake("SCRAM-SHA-256")).isEqualTo(Errors.NONE);
        send("ann");
        peer.wire.loop.advance(100);

        var answer = answered();
        assertThat(answer.errorCode()).isEqualTo(Errors.SASL_AUTHENTICATION_FAILED.code());
        assertThat(answer.errorMessage())
                .isEqualTo("SASL mechanism 'SCRAM-SHA-256' requested by client is not supported for"
                        + " re-authentication of mechanism 'PLAIN'");
        assertThat(peer.wire.closed).isTrue();
    }

    @Test
    void nobody_logs_in_again_within_a_second() {
        login("ann");
        peer.wire.loop.advance(999);

        assertThat(handshake("PLAIN")).isEqualTo(Errors.ILLEGAL_SASL_STATE);
    }

    @Test
    void nothing_else_is_heard_while_somebody_logs_in_again() {
        login("ann");
        peer.wire.loop.advance(30_000);
        handshake("PLAIN");

        peer.send(ApiKeys.METADATA, 1, METADATA);

        assertThat(peer.wire.closed).isTrue();
    }
}
