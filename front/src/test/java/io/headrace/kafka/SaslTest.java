package io.headrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
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
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class SaslTest {
    private final TestPeer peer = new TestPeer();

    private Errors handshake(int version, String mechanism) {
        return Errors.forCode(peer.ask(
                        ApiKeys.SASL_HANDSHAKE,
                        version,
                        new SaslHandshakeRequestData().setMechanism(mechanism),
                        SaslHandshakeResponseData.class)
                .errorCode());
    }

    private static byte[] plain(String user, String password) {
        return ("\0" + user + "\0" + password).getBytes(StandardCharsets.UTF_8);
    }

    private void authenticate(int version, String user, String password) {
        peer.send(
                ApiKeys.SASL_AUTHENTICATE,
                version,
                new SaslAuthenticateRequestData().setAuthBytes(plain(user, password)));
    }

    private Errors authenticated() {
        return Errors.forCode(
                ((SaslAuthenticateResponseData) peer.answers().getFirst().data()).errorCode());
    }

    @Test
    void a_right_password_opens_the_door() {
        peer.broker.passwords.put("ann", "secret");
        assertThat(handshake(1, "PLAIN")).isEqualTo(Errors.NONE);
        authenticate(2, "ann", "secret");

        assertThat(authenticated()).isEqualTo(Errors.NONE);
        peer.ask(ApiKeys.METADATA, 1, new MetadataRequestData().setTopics(List.of()), MetadataResponseData.class);
        assertThat(peer.connection.userName()).contains("ann");
    }

    @Test
    void a_wrong_password_is_told_after_a_moment_and_closes() {
        handshake(1, "PLAIN");
        authenticate(1, "guest", "wrong");
        assertThat(peer.answers()).isEmpty();

        peer.wire.loop.advance(100);

        assertThat(authenticated()).isEqualTo(Errors.SASL_AUTHENTICATION_FAILED);
        assertThat(peer.wire.closed).isTrue();
    }

    @Test
    void the_old_handshake_is_followed_by_bare_tokens() {
        handshake(0, "PLAIN");
        var token = plain("guest", "guest");
        peer.receive(Unpooled.buffer().writeInt(token.length).writeBytes(token));

        assertThat(peer.wire.frames()).containsExactly(ByteBuffer.allocate(0));
        peer.ask(ApiKeys.METADATA, 1, new MetadataRequestData().setTopics(List.of()), MetadataResponseData.class);
    }

    @Test
    void an_unknown_mechanism_is_told_which_there_are_and_closes() {
        assertThat(handshake(1, "GSSAPI")).isEqualTo(Errors.UNSUPPORTED_SASL_MECHANISM);
        assertThat(peer.wire.closed).isTrue();
    }

    @Test
    void nothing_else_is_heard_before_the_authentication_is_done() {
        handshake(1, "PLAIN");
        peer.send(ApiKeys.METADATA, 1, new MetadataRequestData().setTopics(List.of()));

        assertThat(peer.wire.closed).isTrue();
    }

    @Test
    void who_does_not_authenticate_is_closed_if_all_must() {
        var strict = new TestPeer(TestPeer.config("anonymous-user", ""));
        strict.send(ApiKeys.METADATA, 1, new MetadataRequestData().setTopics(List.of()));

        assertThat(strict.wire.closed).isTrue();
    }

    @Test
    void a_token_without_a_handshake_is_an_illegal_state() {
        authenticate(1, "guest", "guest");

        assertThat(authenticated()).isEqualTo(Errors.ILLEGAL_SASL_STATE);
    }
}
