package io.headrace.kafka.oauth;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.crypto.spec.SecretKeySpec;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwk.EcJwkGenerator;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.keys.EllipticCurves;
import org.jose4j.lang.JoseException;

/// Somebody who issues tokens and publishes the keys by which they are checked.
public final class TestIssuer {
    private final PublicJsonWebKey key;
    private final String algorithm;

    private TestIssuer(PublicJsonWebKey key, String algorithm) {
        this.key = key;
        this.algorithm = algorithm;
    }

    public static TestIssuer rsa(String keyId) throws JoseException {
        var key = RsaJwkGenerator.generateJwk(2048);
        key.setKeyId(keyId);
        return new TestIssuer(key, "RS256");
    }

    public static TestIssuer ellipticCurve(String keyId) throws JoseException {
        var key = EcJwkGenerator.generateJwk(EllipticCurves.P256);
        key.setKeyId(keyId);
        return new TestIssuer(key, "ES256");
    }

    /// The file that brokers read.
    public static void publish(Path file, TestIssuer... issuers) throws IOException {
        var set = new JsonWebKeySet(
                List.of(issuers).stream().map(issuer -> (JsonWebKey) issuer.key).toList());
        Files.writeString(file, set.toJson(JsonWebKey.OutputControlLevel.PUBLIC_ONLY));
    }

    /// A token of `iss` "https://issuer", for "headrace", issued at 0.
    ///
    /// @param untilMillis negative: it does not say
    public String token(String name, long untilMillis) throws JoseException {
        return signed(claims(name, untilMillis));
    }

    static JwtClaims claims(String name, long untilMillis) {
        var claims = new JwtClaims();
        claims.setSubject(name);
        claims.setIssuer("https://issuer");
        claims.setAudience("headrace");
        claims.setIssuedAt(NumericDate.fromSeconds(0));
        if (untilMillis >= 0) {
            claims.setExpirationTime(NumericDate.fromMilliseconds(untilMillis));
        }
        return claims;
    }

    String signed(JwtClaims claims) throws JoseException {
        var signature = new JsonWebSignature();
        signature.setPayload(claims.toJson());
        signature.setKey(key.getPrivateKey());
        signature.setKeyIdHeaderValue(key.getKeyId());
        signature.setAlgorithmHeaderValue(algorithm);
        return signature.getCompactSerialization();
    }

    /// The public key taken for a shared secret.
    String signedWithPublicKey(JwtClaims claims) throws JoseException {
        var signature = new JsonWebSignature();
        signature.setPayload(claims.toJson());
        signature.setKey(new SecretKeySpec(key.getPublicKey().getEncoded(), "HmacSHA256"));
        signature.setKeyIdHeaderValue(key.getKeyId());
        signature.setAlgorithmHeaderValue("HS256");
        return signature.getCompactSerialization();
    }

    static String unsigned(Map<String, Object> claims) throws JoseException {
        var all = new JwtClaims();
        claims.forEach(all::setClaim);
        var signature = new JsonWebSignature();
        signature.setAlgorithmConstraints(AlgorithmConstraints.NO_CONSTRAINTS);
        signature.setPayload(all.toJson());
        signature.setAlgorithmHeaderValue("none");
        return signature.getCompactSerialization();
    }
}
