package io.headrace.kafka.oauth;

import io.headrace.net.WatchedFile;
import java.io.IOException;
import java.util.Map;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.ErrorCodes;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.keys.resolvers.JwksVerificationKeyResolver;
import org.jose4j.lang.JoseException;

/// Checks tokens. A signature costs up to a millisecond, so this is not for a loop.
///
/// Threads: one at a time.
public final class TokenCheck {
    private static final System.Logger LOG = System.getLogger(TokenCheck.class.getName());

    /// Those with two halves of a key. With a shared secret, whoever knows a public key could sign (RFC 8725 §2.1).
    private static final AlgorithmConstraints SIGNED = new AlgorithmConstraints(
            ConstraintType.PERMIT,
            AlgorithmIdentifiers.RSA_USING_SHA256,
            AlgorithmIdentifiers.RSA_USING_SHA384,
            AlgorithmIdentifiers.RSA_USING_SHA512,
            AlgorithmIdentifiers.RSA_PSS_USING_SHA256,
            AlgorithmIdentifiers.RSA_PSS_USING_SHA384,
            AlgorithmIdentifiers.RSA_PSS_USING_SHA512,
            AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256,
            AlgorithmIdentifiers.ECDSA_USING_P384_CURVE_AND_SHA384,
            AlgorithmIdentifiers.ECDSA_USING_P521_CURVE_AND_SHA512);

    private static final Map<Integer, String> REASONS = Map.of(
            ErrorCodes.EXPIRED, "the token has expired",
            ErrorCodes.EXPIRATION_MISSING, "the token does not say when it expires",
            ErrorCodes.ISSUED_AT_MISSING, "the token does not say when it was issued",
            ErrorCodes.NOT_YET_VALID, "the token is not valid yet",
            ErrorCodes.ISSUER_INVALID, "the token is of another issuer",
            ErrorCodes.ISSUER_MISSING, "the token does not say who issued it",
            ErrorCodes.AUDIENCE_INVALID, "the token is for others",
            ErrorCodes.AUDIENCE_MISSING, "the token does not say for whom it is",
            ErrorCodes.SIGNATURE_INVALID, "the token's signature is wrong",
            ErrorCodes.SIGNATURE_MISSING, "the token is not signed");

    private final OauthConfig config;
    private final WatchedFile file;
    private JwksVerificationKeyResolver keys;

    private TokenCheck(OauthConfig config, WatchedFile file, JwksVerificationKeyResolver keys) {
        this.config = config;
        this.file = file;
        this.keys = keys;
    }

    /// @throws IOException the file of keys is not there or is not what it should be
    public static TokenCheck open(OauthConfig config) throws IOException {
        var file = new WatchedFile(config.keys());
        return new TokenCheck(config, file, read(file));
    }

    private static JwksVerificationKeyResolver read(WatchedFile file) throws IOException {
        try {
            var set = new JsonWebKeySet(file.read());
            if (set.getJsonWebKeys().isEmpty()) {
                throw new IOException("Cannot use the keys in " + file + ": there are none");
            }
            return new JwksVerificationKeyResolver(set.getJsonWebKeys());
        } catch (JoseException e) {
            throw new IOException(
                    "Cannot use the keys in " + file + ": " + e.getMessage() + ". It must be a JSON Web Key Set.", e);
        }
    }

    /// What a token says, if it may be believed.
    public sealed interface Verdict {
        /// @param name of the user
        /// @param untilMillis when it ends to be true
        record Valid(String name, long untilMillis) implements Verdict {}

        /// @param reason for the log
        record Invalid(String reason) implements Verdict {}
    }

    public Verdict check(String token, long nowMillis) {
        readAgainIfChanged();
        var rules = new JwtConsumerBuilder()
                .setJwsAlgorithmConstraints(SIGNED)
                .setRequireExpirationTime()
                .setRequireIssuedAt()
                .setEvaluationTime(NumericDate.fromMilliseconds(nowMillis))
                .setAllowedClockSkewInSeconds((int) (config.skewMillis() / 1000))
                .setVerificationKeyResolver(keys);
        if (!config.issuer().isEmpty()) {
            rules.setExpectedIssuer(config.issuer());
        }
        if (config.audiences().isEmpty()) {
            rules.setSkipDefaultAudienceValidation();
        } else {
            rules.setExpectedAudience(config.audiences().toArray(String[]::new));
        }
        try {
            return verdict(rules.build().processToClaims(token));
        } catch (InvalidJwtException e) {
            return new Verdict.Invalid(reason(e));
        } catch (MalformedClaimException e) {
            return new Verdict.Invalid("a claim of the token is not of the right kind");
        }
    }

    /// In our words: jose4j's have the token in them, which may be good for somebody else.
    private static String reason(InvalidJwtException refused) {
        for (var error : refused.getErrorDetails()) {
            var reason = REASONS.get(error.getErrorCode());
            if (reason != null) {
                return reason;
            }
        }
        return "the token is malformed, or its key is not known, or it is signed by an algorithm that is not taken";
    }

    private Verdict verdict(JwtClaims claims) throws MalformedClaimException {
        var name = claims.getStringClaimValue(config.nameClaim());
        return name == null || name.isBlank()
                ? new Verdict.Invalid("the token has no claim '" + config.nameClaim() + "'")
                : new Verdict.Valid(name, claims.getExpirationTime().getValueInMillis());
    }

    private void readAgainIfChanged() {
        try {
            if (file.changed()) {
                keys = read(file);
                LOG.log(System.Logger.Level.INFO, "keys of tokens read again from {0}", file);
            }
        } catch (IOException trouble) {
            LOG.log(System.Logger.Level.WARNING, "keys of tokens kept as they were: {0}", trouble.getMessage());
        }
    }
}
