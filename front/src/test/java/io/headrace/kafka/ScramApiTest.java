package io.headrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData.ScramCredentialDeletion;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData.ScramCredentialUpsertion;
import org.apache.kafka.common.message.AlterUserScramCredentialsResponseData;
import org.apache.kafka.common.message.AlterUserScramCredentialsResponseData.AlterUserScramCredentialsResult;
import org.apache.kafka.common.message.DescribeUserScramCredentialsRequestData;
import org.apache.kafka.common.message.DescribeUserScramCredentialsRequestData.UserName;
import org.apache.kafka.common.message.DescribeUserScramCredentialsResponseData;
import org.apache.kafka.common.message.DescribeUserScramCredentialsResponseData.CredentialInfo;
import org.apache.kafka.common.message.DescribeUserScramCredentialsResponseData.DescribeUserScramCredentialsResult;
import org.apache.kafka.common.message.SaslAuthenticateRequestData;
import org.apache.kafka.common.message.SaslAuthenticateResponseData;
import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.message.SaslHandshakeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.security.scram.internals.ScramFormatter;
import org.apache.kafka.common.security.scram.internals.ScramMechanism;
import org.apache.kafka.common.security.scram.internals.ScramMessages.ClientFinalMessage;
import org.apache.kafka.common.security.scram.internals.ScramMessages.ClientFirstMessage;
import org.apache.kafka.common.security.scram.internals.ScramMessages.ServerFirstMessage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ScramApiTest {
    private static final byte SHA_256 = 1;
    private static final byte SHA_512 = 2;
    private static final byte[] SALT = "some salt".getBytes(StandardCharsets.UTF_8);

    private final TestPeer peer = new TestPeer();

    @BeforeEach
    void administrator() {
        peer.broker.tags.add("administrator");
    }

    private static ScramCredentialUpsertion upsertion(String name, byte mechanism, String password, int iterations)
            throws Exception {
        var formatter =
                new ScramFormatter(mechanism == SHA_256 ? ScramMechanism.SCRAM_SHA_256 : ScramMechanism.SCRAM_SHA_512);
        return new ScramCredentialUpsertion()
                .setName(name)
                .setMechanism(mechanism)
                .setIterations(iterations)
                .setSalt(SALT)
                .setSaltedPassword(formatter.hi(password.getBytes(StandardCharsets.UTF_8), SALT, iterations));
    }

    private static ScramCredentialDeletion deletion(String name, byte mechanism) {
        return new ScramCredentialDeletion().setName(name).setMechanism(mechanism);
    }

    private List<AlterUserScramCredentialsResult> alter(Object... alterations) {
        var request = new AlterUserScramCredentialsRequestData();
        for (Object alteration : alterations) {
            if (alteration instanceof ScramCredentialUpsertion upsertion) {
                request.upsertions().add(upsertion);
            } else {
                request.deletions().add((ScramCredentialDeletion) alteration);
            }
        }
        return peer.ask(ApiKeys.ALTER_USER_SCRAM_CREDENTIALS, 0, request, AlterUserScramCredentialsResponseData.class)
                .results();
    }

    private List<DescribeUserScramCredentialsResult> describe(String... names) {
        var request = new DescribeUserScramCredentialsRequestData()
                .setUsers(
                        names.length == 0
                                ? null
                                : Arrays.stream(names)
                                        .map(name -> new UserName().setName(name))
                                        .toList());
        return peer.ask(
                        ApiKeys.DESCRIBE_USER_SCRAM_CREDENTIALS,
                        0,
                        request,
                        DescribeUserScramCredentialsResponseData.class)
                .results();
    }

    private static void assertError(AlterUserScramCredentialsResult result, Errors error, String message) {
        assertThat(Errors.forCode(result.errorCode())).isEqualTo(error);
        assertThat(result.errorMessage()).isEqualTo(message);
    }

    /// A login of another connection of the same broker.
    private Errors login(String name, ScramMechanism mechanism, String password) throws Exception {
        var client = new TestPeer(KafkaConfig.defaults(), peer.broker);
        client.ask(
                ApiKeys.SASL_HANDSHAKE,
                1,
                new SaslHandshakeRequestData().setMechanism(mechanism.mechanismName()),
                SaslHandshakeResponseData.class);
        var formatter = new ScramFormatter(mechanism);
        var first = new ClientFirstMessage(name, formatter.secureRandomString(), Map.of());
        client.send(ApiKeys.SASL_AUTHENTICATE, 1, new SaslAuthenticateRequestData().setAuthBytes(first.toBytes()));
        client.wire.loop.advance(100);
        var challenge =
                (SaslAuthenticateResponseData) client.answers().getFirst().data();
        if (challenge.errorCode() != Errors.NONE.code()) {
            return Errors.forCode(challenge.errorCode());
        }
        var server = new ServerFirstMessage(challenge.authBytes());
        var salted = formatter.hi(password.getBytes(StandardCharsets.UTF_8), server.salt(), server.iterations());
        var last = new ClientFinalMessage("n,,".getBytes(StandardCharsets.UTF_8), server.nonce());
        last.proof(formatter.clientProof(salted, first, server, last));
        client.send(ApiKeys.SASL_AUTHENTICATE, 1, new SaslAuthenticateRequestData().setAuthBytes(last.toBytes()));
        client.wire.loop.advance(100);
        return Errors.forCode(
                ((SaslAuthenticateResponseData) client.answers().getFirst().data()).errorCode());
    }

    @Test
    void a_user_that_there_was_not_logs_in_at_once_with_what_was_set() throws Exception {
        assertError(alter(upsertion("bob", SHA_256, "secret", 8192)).getFirst(), Errors.NONE, null);

        assertThat(login("bob", ScramMechanism.SCRAM_SHA_256, "secret")).isEqualTo(Errors.NONE);
        assertThat(login("bob", ScramMechanism.SCRAM_SHA_256, "wrong")).isEqualTo(Errors.SASL_AUTHENTICATION_FAILED);
        assertThat(login("bob", ScramMechanism.SCRAM_SHA_512, "secret")).isEqualTo(Errors.SASL_AUTHENTICATION_FAILED);
        assertThat(peer.broker.failedLogins).containsExactly("bob", "bob");
    }

    @Test
    void both_mechanisms_have_their_own() throws Exception {
        alter(upsertion("bob", SHA_256, "one", 4096));
        alter(upsertion("bob", SHA_512, "two", 16384));

        assertThat(login("bob", ScramMechanism.SCRAM_SHA_256, "one")).isEqualTo(Errors.NONE);
        assertThat(login("bob", ScramMechanism.SCRAM_SHA_512, "two")).isEqualTo(Errors.NONE);
        assertThat(describe("bob").getFirst().credentialInfos())
                .containsExactlyInAnyOrder(
                        new CredentialInfo().setMechanism(SHA_256).setIterations(4096),
                        new CredentialInfo().setMechanism(SHA_512).setIterations(16384));
    }

    @Test
    void what_is_deleted_opens_nothing_and_does_not_come_back_by_a_password_in_clear() throws Exception {
        peer.broker.passwords.put("ann", "clear");
        var wire = peer.wire;
        new PlainMechanism(peer.broker, wire).token("\0ann\0clear".getBytes(StandardCharsets.UTF_8), result -> {});
        assertThat(login("ann", ScramMechanism.SCRAM_SHA_512, "clear")).isEqualTo(Errors.NONE);

        assertError(alter(deletion("ann", SHA_512)).getFirst(), Errors.NONE, null);
        new PlainMechanism(peer.broker, wire).token("\0ann\0clear".getBytes(StandardCharsets.UTF_8), result -> {});

        assertThat(login("ann", ScramMechanism.SCRAM_SHA_512, "clear")).isEqualTo(Errors.SASL_AUTHENTICATION_FAILED);
        assertThat(login("ann", ScramMechanism.SCRAM_SHA_256, "clear")).isEqualTo(Errors.NONE);
    }

    @Test
    void a_password_in_clear_does_not_take_the_place_of_what_was_set() throws Exception {
        peer.broker.passwords.put("ann", "clear");
        alter(upsertion("ann", SHA_256, "set", 4096));
        new PlainMechanism(peer.broker, peer.wire).token("\0ann\0clear".getBytes(StandardCharsets.UTF_8), result -> {});

        assertThat(login("ann", ScramMechanism.SCRAM_SHA_256, "set")).isEqualTo(Errors.NONE);
        assertThat(login("ann", ScramMechanism.SCRAM_SHA_512, "clear")).isEqualTo(Errors.NONE);
    }

    @Test
    void what_cannot_be_is_refused_user_by_user_in_kafkas_words() throws Exception {
        assertError(
                alter(upsertion("", SHA_256, "p", 4096)).getFirst(),
                Errors.UNACCEPTABLE_CREDENTIAL,
                "Username must not be empty");
        assertError(
                alter(deletion("u", (byte) 9)).getFirst(),
                Errors.UNSUPPORTED_SASL_MECHANISM,
                "Unknown SCRAM mechanism");
        assertError(
                alter(upsertion("u", SHA_256, "p", 4095)).getFirst(),
                Errors.UNACCEPTABLE_CREDENTIAL,
                "Too few iterations");
        assertError(
                alter(upsertion("u", SHA_256, "p", 16385)).getFirst(),
                Errors.UNACCEPTABLE_CREDENTIAL,
                "Too many iterations");
        assertError(
                alter(deletion("u", SHA_256)).getFirst(),
                Errors.RESOURCE_NOT_FOUND,
                "Attempt to delete a user credential that does not exist");
        var twice = alter(
                upsertion("u", SHA_256, "p", 4096),
                upsertion("u", SHA_512, "p", 4096),
                upsertion("v", SHA_256, "p", 4096));
        assertError(
                twice.get(0),
                Errors.DUPLICATE_RESOURCE,
                "A user credential cannot be altered twice in the same request");
        assertError(twice.get(1), Errors.NONE, null);
        assertThat(describe())
                .extracting(DescribeUserScramCredentialsResult::user)
                .containsExactly("v");
    }

    @Test
    void a_salted_password_without_a_byte_is_refused() {
        assertThat(alter(new ScramCredentialUpsertion()
                                .setName("u")
                                .setMechanism(SHA_256)
                                .setIterations(4096)
                                .setSalt(SALT))
                        .getFirst()
                        .errorCode())
                .isEqualTo(Errors.UNACCEPTABLE_CREDENTIAL.code());
    }

    @Test
    void who_is_asked_for_and_has_nothing_or_is_asked_for_twice_is_told_so() throws Exception {
        alter(upsertion("bob", SHA_256, "p", 4096));
        var results = describe("bob", "bob", "nobody");

        assertThat(results)
                .extracting(result -> result.user() + " " + Errors.forCode(result.errorCode()))
                .containsExactly("bob DUPLICATE_RESOURCE", "nobody RESOURCE_NOT_FOUND");
    }

    @Test
    void it_is_for_those_who_may_change_and_see_the_cluster() {
        peer.broker.tags.clear();

        assertThat(alter(deletion("u", SHA_256)).getFirst().errorCode())
                .isEqualTo(Errors.CLUSTER_AUTHORIZATION_FAILED.code());
        for (List<UserName> users :
                Arrays.<List<UserName>>asList(null, List.of(), List.of(new UserName().setName("u")))) {
            assertThat(peer.ask(
                                    ApiKeys.DESCRIBE_USER_SCRAM_CREDENTIALS,
                                    0,
                                    new DescribeUserScramCredentialsRequestData().setUsers(users),
                                    DescribeUserScramCredentialsResponseData.class)
                            .errorCode())
                    .isEqualTo(Errors.CLUSTER_AUTHORIZATION_FAILED.code());
        }
    }
}
