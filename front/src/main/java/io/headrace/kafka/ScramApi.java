package io.headrace.kafka;

import io.headrace.broker.Admin;
import io.headrace.broker.Broker;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData.ScramCredentialUpsertion;
import org.apache.kafka.common.message.AlterUserScramCredentialsResponseData;
import org.apache.kafka.common.message.AlterUserScramCredentialsResponseData.AlterUserScramCredentialsResult;
import org.apache.kafka.common.message.DescribeUserScramCredentialsRequestData.UserName;
import org.apache.kafka.common.message.DescribeUserScramCredentialsResponseData;
import org.apache.kafka.common.message.DescribeUserScramCredentialsResponseData.CredentialInfo;
import org.apache.kafka.common.message.DescribeUserScramCredentialsResponseData.DescribeUserScramCredentialsResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AlterUserScramCredentialsRequest;
import org.apache.kafka.common.requests.AlterUserScramCredentialsResponse;
import org.apache.kafka.common.requests.ApiError;
import org.apache.kafka.common.requests.DescribeUserScramCredentialsRequest;
import org.apache.kafka.common.requests.DescribeUserScramCredentialsResponse;
import org.apache.kafka.common.security.scram.ScramCredential;
import org.apache.kafka.common.security.scram.internals.ScramFormatter;
import org.apache.kafka.common.security.scram.internals.ScramMechanism;

/// DescribeUserScramCredentials 0 and AlterUserScramCredentials 0. Each user of a request succeeds or fails by itself.
///
/// Threads: the loop of the connection.
final class ScramApi implements ApiFamily {
    private static final int ITERATIONS_MAX = 16_384;

    private final ScramCredentials credentials;

    ScramApi(Broker broker) {
        this.credentials = new ScramCredentials(broker);
    }

    @Override
    public List<Served> served() {
        return List.of(
                new Served(ApiKeys.DESCRIBE_USER_SCRAM_CREDENTIALS, 0, 0, this::describe),
                new Served(ApiKeys.ALTER_USER_SCRAM_CREDENTIALS, 0, 0, this::alter));
    }

    // ---------------------------------------------------------------------------------------------- describing

    private void describe(Exchange exchange) {
        var request =
                exchange.request(DescribeUserScramCredentialsRequest.class).data();
        if (request.users() == null) { // Kafka's class makes a refusal of a list alone; an empty one means all as well
            request.setUsers(List.of());
        }
        Rights.needCluster(exchange.session(), AclOperation.DESCRIBE);
        var wanted = request.users();
        var answer = new DescribeUserScramCredentialsResponseData();
        if (wanted.isEmpty()) {
            credentials.all().forEach((name, all) -> answer.results().add(described(name, all)));
        } else {
            Set<String> once = new TreeSet<>();
            Set<String> twice = new HashSet<>();
            for (UserName user : wanted) {
                if (!once.add(user.name())) {
                    twice.add(user.name());
                }
            }
            once.forEach(name -> answer.results().add(twice.contains(name) ? namedTwice(name) : described(name)));
        }
        exchange.answer(new DescribeUserScramCredentialsResponse(answer));
    }

    private static DescribeUserScramCredentialsResult namedTwice(String name) {
        return new DescribeUserScramCredentialsResult()
                .setUser(name)
                .setErrorCode(Errors.DUPLICATE_RESOURCE.code())
                .setErrorMessage(
                        "Cannot describe SCRAM credentials for the same user twice in a single request: " + name);
    }

    private DescribeUserScramCredentialsResult described(String name) {
        var all = credentials.all(name);
        return all.isEmpty()
                ? new DescribeUserScramCredentialsResult()
                        .setUser(name)
                        .setErrorCode(Errors.RESOURCE_NOT_FOUND.code())
                        .setErrorMessage("Attempt to describe a user credential that does not exist: " + name)
                : described(name, all);
    }

    private static DescribeUserScramCredentialsResult described(
            String name, SortedMap<ScramMechanism, ScramCredential> all) {
        var result = new DescribeUserScramCredentialsResult().setUser(name);
        all.forEach((mechanism, credential) -> result.credentialInfos()
                .add(new CredentialInfo().setMechanism(type(mechanism)).setIterations(credential.iterations())));
        return result;
    }

    private static byte type(ScramMechanism mechanism) {
        return org.apache.kafka.clients.admin.ScramMechanism.fromMechanismName(mechanism.mechanismName())
                .type();
    }

    // ------------------------------------------------------------------------------------------------ altering

    /// What is to become of one user's credential.
    ///
    /// @param credential empty: it is deleted
    private record Alteration(ScramMechanism mechanism, Optional<ScramCredential> credential) {}

    private sealed interface Wish {
        record Granted(Alteration alteration) implements Wish {}

        record Denied(ApiError error) implements Wish {}
    }

    private void alter(Exchange exchange) {
        Rights.needCluster(exchange.session(), AclOperation.ALTER);
        var request = exchange.request(AlterUserScramCredentialsRequest.class).data();
        Map<String, Wish> wishes = new LinkedHashMap<>();
        request.deletions()
                .forEach(deletion -> wish(
                        wishes,
                        deletion.name(),
                        deletion.mechanism(),
                        () -> deletion(deletion.name(), deletion.mechanism())));
        request.upsertions()
                .forEach(
                        upsertion -> wish(wishes, upsertion.name(), upsertion.mechanism(), () -> upsertion(upsertion)));
        var answer = new AlterUserScramCredentialsResponseData();
        var all = new Outstanding(() -> exchange.answer(new AlterUserScramCredentialsResponse(answer)));
        wishes.forEach((name, wish) -> {
            var result = new AlterUserScramCredentialsResult().setUser(name).setErrorMessage(null);
            answer.results().add(result);
            switch (wish) {
                case Wish.Denied(ApiError error) -> tell(result, error);
                case Wish.Granted(Alteration(ScramMechanism mechanism, Optional<ScramCredential> credential)) -> {
                    all.expect();
                    credentials.put(name, mechanism, credential, outcome -> {
                        if (outcome instanceof Admin.Outcome.Refused(var refusal)) {
                            tell(result, new ApiError(Errors.UNACCEPTABLE_CREDENTIAL, refusal.toString()));
                        }
                        all.done();
                    });
                }
            }
        });
        all.done();
    }

    private static void tell(AlterUserScramCredentialsResult result, ApiError error) {
        result.setErrorCode(error.error().code()).setErrorMessage(error.message());
    }

    private interface Checked {
        Wish wish();
    }

    private static void wish(Map<String, Wish> wishes, String name, byte mechanism, Checked checked) {
        var before = wishes.get(name);
        if (before instanceof Wish.Denied) {
            return;
        }
        wishes.put(
                name,
                before == null
                        ? valid(name, mechanism, checked)
                        : denied(
                                Errors.DUPLICATE_RESOURCE,
                                "A user credential cannot be altered twice in the same request"));
    }

    private static Wish valid(String name, byte mechanism, Checked checked) {
        if (name.isEmpty()) {
            return denied(Errors.UNACCEPTABLE_CREDENTIAL, "Username must not be empty");
        }
        return mechanism(mechanism).isEmpty()
                ? denied(Errors.UNSUPPORTED_SASL_MECHANISM, "Unknown SCRAM mechanism")
                : checked.wish();
    }

    private static Wish denied(Errors error, String message) {
        return new Wish.Denied(new ApiError(error, message));
    }

    private static Optional<ScramMechanism> mechanism(byte type) {
        var known = org.apache.kafka.clients.admin.ScramMechanism.fromType(type);
        return Optional.ofNullable(ScramMechanism.forMechanismName(known.mechanismName()));
    }

    private Wish deletion(String name, byte type) {
        var mechanism = mechanism(type).orElseThrow();
        return credentials.all(name).containsKey(mechanism)
                ? new Wish.Granted(new Alteration(mechanism, Optional.empty()))
                : denied(Errors.RESOURCE_NOT_FOUND, "Attempt to delete a user credential that does not exist");
    }

    private static Wish upsertion(ScramCredentialUpsertion wanted) {
        var mechanism = mechanism(wanted.mechanism()).orElseThrow();
        if (wanted.iterations() < mechanism.minIterations()) {
            return denied(Errors.UNACCEPTABLE_CREDENTIAL, "Too few iterations");
        }
        if (wanted.iterations() > ITERATIONS_MAX) {
            return denied(Errors.UNACCEPTABLE_CREDENTIAL, "Too many iterations");
        }
        try {
            return new Wish.Granted(new Alteration(mechanism, Optional.of(credential(mechanism, wanted))));
        } catch (InvalidKeyException | IllegalArgumentException e) { // such as a salted password without a byte
            return denied(Errors.UNACCEPTABLE_CREDENTIAL, e.getMessage());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256 and SHA-512", e);
        }
    }

    /// The client has salted the password; it never travels.
    private static ScramCredential credential(ScramMechanism mechanism, ScramCredentialUpsertion wanted)
            throws NoSuchAlgorithmException, InvalidKeyException {
        var formatter = new ScramFormatter(mechanism);
        return new ScramCredential(
                wanted.salt(),
                formatter.storedKey(formatter.clientKey(wanted.saltedPassword())),
                formatter.serverKey(wanted.saltedPassword()),
                wanted.iterations());
    }
}
