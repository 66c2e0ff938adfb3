package io.headrace.kafka;

import io.headrace.config.Settings;
import io.headrace.kafka.oauth.OauthConfig;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// How clients log in.
///
/// @param mechanisms that are offered, in this order
/// @param maxReauthMillis after so long a client must log in again; 0 if it need not
/// @param oauth there exactly if OAUTHBEARER is offered
public record SaslConfig(List<String> mechanisms, long maxReauthMillis, Optional<OauthConfig> oauth) {
    static final String PLAIN = "PLAIN";
    static final String OAUTHBEARER = "OAUTHBEARER";

    private static final List<String> BY_DEFAULT = List.of(PLAIN, "SCRAM-SHA-256", "SCRAM-SHA-512");
    private static final List<String> KNOWN = List.of(PLAIN, "SCRAM-SHA-256", "SCRAM-SHA-512", OAUTHBEARER);

    public SaslConfig {
        mechanisms = List.copyOf(mechanisms);
        if (!KNOWN.containsAll(mechanisms)) {
            throw new IllegalArgumentException("mechanisms " + mechanisms + " are not all among " + KNOWN);
        }
        if (mechanisms.contains(OAUTHBEARER) != oauth.isPresent()) {
            throw new IllegalArgumentException("OAUTHBEARER goes with the keys of its tokens");
        }
        if (maxReauthMillis < 0) {
            throw new IllegalArgumentException("maxReauthMillis " + maxReauthMillis + " is negative");
        }
    }

    public static SaslConfig defaults() {
        return new SaslConfig(BY_DEFAULT, 0, Optional.empty());
    }

    static SaslConfig read(Settings settings) {
        var sasl = settings.section("sasl");
        var mechanisms = words(sasl.text(
                "mechanisms",
                String.join(",", BY_DEFAULT),
                "How clients may log in, with commas between: " + String.join(", ", KNOWN)
                        + ", which needs kafka.oauth.jwks."));
        long maxReauthMillis = settings.millis(
                "max-reauth",
                0,
                0,
                Integer.MAX_VALUE,
                "A client must log in again on its connection after so long; 0 if it need not"
                        + " (Kafka: connections.max.reauth.ms).");
        var oauth = OauthConfig.read(settings.section("oauth"));
        if (!KNOWN.containsAll(mechanisms)) {
            sasl.problem("mechanisms", "is " + mechanisms + "; it takes some of " + KNOWN);
        } else if (mechanisms.contains(OAUTHBEARER) && oauth.isEmpty()) {
            sasl.problem("mechanisms", "has OAUTHBEARER, and kafka.oauth.jwks does not say whose tokens to believe");
        } else if (!mechanisms.contains(OAUTHBEARER) && oauth.isPresent()) {
            sasl.problem("mechanisms", "lacks OAUTHBEARER, which kafka.oauth.jwks is for");
        } else {
            return new SaslConfig(mechanisms, maxReauthMillis, oauth);
        }
        return defaults();
    }

    private static List<String> words(String list) {
        return Arrays.stream(list.split(","))
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .distinct()
                .toList();
    }
}
