package io.headrace.security;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/// A salted password hash in RabbitMQ's form, so that its definition files can be taken over and given
/// back: base64 of four bytes of salt and the digest of salt and password.
///
/// Threads: immutable, if nobody writes to the arrays.
public final class PasswordHash {
    public static final int SALT_BYTES = 4;

    /// How the digest is made, under RabbitMQ's names.
    public enum Algorithm {
        SHA256("rabbit_password_hashing_sha256", "SHA-256"),
        SHA512("rabbit_password_hashing_sha512", "SHA-512"),
        MD5("rabbit_password_hashing_md5", "MD5");

        private static final Algorithm[] ALL = values();
        private final String rabbitName;
        private final String digestName;

        Algorithm(String rabbitName, String digestName) {
            this.rabbitName = rabbitName;
            this.digestName = digestName;
        }

        public String rabbitName() {
            return rabbitName;
        }

        public static Optional<Algorithm> of(String rabbitName) {
            return Arrays.stream(ALL)
                    .filter(algorithm -> algorithm.rabbitName.equals(rabbitName))
                    .findFirst();
        }

        private MessageDigest digest() {
            try {
                return MessageDigest.getInstance(digestName);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("this Java lacks " + digestName, e);
            }
        }
    }

    private final Algorithm algorithm;
    private final byte[] salt;
    private final byte[] digest;

    private PasswordHash(Algorithm algorithm, byte[] salt, byte[] digest) {
        this.algorithm = algorithm;
        this.salt = salt;
        this.digest = digest;
    }

    /// A new hash by SHA-256.
    ///
    /// @param salt [#SALT_BYTES] random bytes
    public static PasswordHash create(byte[] password, byte[] salt) {
        if (salt.length != SALT_BYTES) {
            throw new IllegalArgumentException(SALT_BYTES + " bytes of salt needed, not " + salt.length);
        }
        return new PasswordHash(Algorithm.SHA256, salt.clone(), digest(Algorithm.SHA256, salt, password));
    }

    /// Reads `password_hash` and `hashing_algorithm` of a definitions file; empty if they do not fit
    /// together.
    public static Optional<PasswordHash> imported(String base64, Algorithm algorithm) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
        if (bytes.length != SALT_BYTES + algorithm.digest().getDigestLength()) {
            return Optional.empty();
        }
        return Optional.of(new PasswordHash(
                algorithm, Arrays.copyOf(bytes, SALT_BYTES), Arrays.copyOfRange(bytes, SALT_BYTES, bytes.length)));
    }

    /// Reads [#stored]; empty if it is not of that form.
    static Optional<PasswordHash> parse(String stored) {
        int colon = stored.indexOf(':');
        return colon < 0
                ? Optional.empty()
                : Algorithm.of(stored.substring(0, colon))
                        .flatMap(algorithm -> imported(stored.substring(colon + 1), algorithm));
    }

    /// As the catalog keeps it: algorithm, colon, base64.
    public String stored() {
        return algorithm.rabbitName() + ":" + base64();
    }

    /// As `password_hash` in a definitions file.
    public String base64() {
        byte[] bytes = Arrays.copyOf(salt, SALT_BYTES + digest.length);
        System.arraycopy(digest, 0, bytes, SALT_BYTES, digest.length);
        return Base64.getEncoder().encodeToString(bytes);
    }

    /// Takes the same time wherever the first difference is.
    boolean matches(byte[] password) {
        return MessageDigest.isEqual(digest, digest(algorithm, salt, password));
    }

    private static byte[] digest(Algorithm algorithm, byte[] salt, byte[] password) {
        MessageDigest digest = algorithm.digest();
        digest.update(salt);
        return digest.digest(password);
    }

    @Override
    public String toString() {
        return "PasswordHash[" + algorithm + "]";
    }
}
