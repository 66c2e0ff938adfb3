package io.headrace.kafka.oauth;

import io.headrace.config.Settings;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// What a token must be like.
///
/// @param keys file with the JSON Web Key Set of whoever signs tokens
/// @param issuer who must have issued it (`iss`); empty for anybody whose key is in the file
/// @param audiences for one of whom it must be (`aud`); empty for anybody
/// @param nameClaim which claim is the user's name
/// @param skewMillis by how much clocks may differ
public record OauthConfig(String keys, String issuer, List<String> audiences, String nameClaim, long skewMillis) {
    private static final long SKEW_MILLIS = 30_000;
    private static final long SKEW_MILLIS_MAX = 600_000;

    public OauthConfig {
        Objects.requireNonNull(issuer);
        audiences = List.copyOf(audiences);
        if (keys.isEmpty() || nameClaim.isEmpty()) {
            throw new IllegalArgumentException("keys '" + keys + "' and nameClaim '" + nameClaim + "' must be named");
        }
        if (skewMillis < 0 || skewMillis > SKEW_MILLIS_MAX) {
            throw new IllegalArgumentException("skewMillis " + skewMillis + " is not in 0.." + SKEW_MILLIS_MAX);
        }
    }

    /// Empty if no file of keys is named: then there is no OAUTHBEARER.
    public static Optional<OauthConfig> read(Settings settings) {
        var keys = settings.path(
                "jwks", "", "File with the JSON Web Key Set that tokens are signed by; read again when it changes.");
        var issuer = settings.text("issuer", "", "Who must have issued a token (iss); empty for any with a known key.");
        var audiences = settings.text(
                "audience", "", "For whom a token must be (aud), with commas between several; empty for anybody.");
        var nameClaim = settings.text("principal-claim", "sub", "Which claim of a token is the name of the user.");
        long skewMillis = settings.millis(
                "clock-skew", SKEW_MILLIS, 0, SKEW_MILLIS_MAX, "By how much the clock of the issuer may be off.");
        if (nameClaim.isEmpty()) {
            settings.problem("principal-claim", "must not be empty");
            return Optional.empty();
        }
        return keys.isEmpty()
                ? Optional.empty()
                : Optional.of(new OauthConfig(keys, issuer, words(audiences), nameClaim, skewMillis));
    }

    private static List<String> words(String list) {
        return Arrays.stream(list.split(","))
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .toList();
    }
}
