package io.headrace.kafka;

import io.headrace.config.Settings;
import java.util.Objects;

/// Limits and manners of the Kafka front.
///
/// @param advertisedHost what clients are told to connect to; empty for the address they came to
/// @param advertisedPort 0 for the port they came to
/// @param anonymousUser who a client acts as that does not authenticate; empty if all must
/// @param autoCreateTopics whether asking for a topic that is not there creates it
/// @param partitions of a topic that is created without saying how many
/// @param clampReplicationFactor a replication factor above 1 counts as 1 and is not refused
/// @param requestBytesMax largest request; only one with records may come near
/// @param requestMemoryBytes requests that came in pieces, of all connections together
/// @param sasl how clients log in
/// @param principalMapping rules by which a certificate's name becomes a user's; empty for the listener's own way
/// @param loginMillis a connection that owes a login for so long is closed
/// @param idleMillis a connection on which nothing is asked for so long is closed
/// @param fetchBytesMax largest answer to a fetch, but for a batch that is larger
/// @param fetchMemoryBytes records that were read for clients and not sent yet, of all connections together
/// @param fetchSessions fetch sessions that are kept, for all connections together
public record KafkaConfig(
        String advertisedHost,
        int advertisedPort,
        String anonymousUser,
        boolean autoCreateTopics,
        int partitions,
        boolean clampReplicationFactor,
        int requestBytesMax,
        long requestMemoryBytes,
        SaslConfig sasl,
        String principalMapping,
        long loginMillis,
        long idleMillis,
        int fetchBytesMax,
        long fetchMemoryBytes,
        int fetchSessions) {
    /// `sasl.server.max.receive.size`.
    static final int SASL_REQUEST_BYTES_MAX = 512 << 10;
    /// Largest request without records. A group of a thousand members with a thousand partitions each fits.
    static final int SMALL_REQUEST_BYTES_MAX = 4 << 20;
    /// The only node there is.
    static final int NODE_ID = 1;
    /// `max.request.partition.size.limit`.
    static final int DESCRIBED_PARTITIONS_MAX = 2000;
    /// Most partitions of a topic; Kafka has no such limit, and goes down by it.
    static final int PARTITIONS_MAX = 100_000;

    public KafkaConfig {
        Objects.requireNonNull(advertisedHost);
        Objects.requireNonNull(anonymousUser);
        within("advertisedPort", advertisedPort, 0, 65_535);
        within("partitions", partitions, 1, PARTITIONS_MAX);
        within("requestBytesMax", requestBytesMax, 1 << 10, 1 << 30);
        within("requestMemoryBytes", requestMemoryBytes, 1 << 10, Long.MAX_VALUE);
        Objects.requireNonNull(sasl);
        Objects.requireNonNull(principalMapping);
        within("loginMillis", loginMillis, 1, Long.MAX_VALUE);
        within("idleMillis", idleMillis, 1, Long.MAX_VALUE);
        within("fetchBytesMax", fetchBytesMax, 1 << 10, 1 << 30);
        within("fetchMemoryBytes", fetchMemoryBytes, 0, Long.MAX_VALUE);
        within("fetchSessions", fetchSessions, 0, 1 << 20);
    }

    public static KafkaConfig defaults() {
        return new KafkaConfig(
                "",
                0,
                "guest",
                true,
                1,
                false,
                100 << 20,
                48 << 20,
                SaslConfig.defaults(),
                "",
                30_000,
                600_000,
                55 << 20,
                48 << 20,
                1_000);
    }

    private static void within(String key, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException("%s %d is not in %d..%d".formatted(key, value, least, most));
        }
    }

    public static KafkaConfig read(Settings settings) {
        var normal = defaults();
        return new KafkaConfig(
                settings.text(
                        "advertised-host",
                        normal.advertisedHost,
                        "Name or address that clients are told to connect to; empty for the one they came to."),
                settings.count(
                        "advertised-port",
                        normal.advertisedPort,
                        0,
                        65_535,
                        "Port that clients are told to connect to; 0 for the one they came to."),
                settings.text(
                        "anonymous-user",
                        normal.anonymousUser,
                        "Who a client acts as that does not authenticate; empty if all must."),
                settings.flag(
                        "auto-create-topics",
                        normal.autoCreateTopics,
                        "Whether a client that asks for a topic which is not there creates it."),
                settings.count(
                        "partitions",
                        normal.partitions,
                        1,
                        PARTITIONS_MAX,
                        "Partitions of a topic that is created without saying how many."),
                settings.flag(
                        "clamp-replication-factor",
                        normal.clampReplicationFactor,
                        "Whether a replication factor above 1 counts as 1 and is not refused."),
                (int) settings.bytes(
                        "request-size-max", normal.requestBytesMax, 1 << 20, 1 << 30, "Largest request that is taken."),
                settings.bytes(
                        "request-memory",
                        normal.requestMemoryBytes,
                        1 << 20,
                        Long.MAX_VALUE,
                        "Requests that come in pieces may hold so much together; further ones wait."),
                SaslConfig.read(settings),
                principalMapping(settings),
                settings.millis(
                        "login-timeout",
                        normal.loginMillis,
                        100,
                        3_600_000,
                        "A connection on which nobody has logged in after so long is closed, if somebody must."),
                settings.millis(
                        "idle-timeout",
                        normal.idleMillis,
                        1_000,
                        Long.MAX_VALUE,
                        "A connection on which nothing is asked for so long is closed."),
                (int) settings.bytes(
                        "fetch-size-max",
                        normal.fetchBytesMax,
                        1 << 10,
                        1 << 30,
                        "Largest answer to a fetch, if a single batch is not larger."),
                settings.bytes(
                        "fetch-memory",
                        normal.fetchMemoryBytes,
                        1 << 20,
                        Long.MAX_VALUE,
                        "Records that are read for clients may hold so much together; then a fetch gets one batch."),
                settings.count(
                        "fetch-sessions-max",
                        normal.fetchSessions,
                        0,
                        1 << 20,
                        "Fetch sessions that are kept; without one, a fetch names all its partitions."));
    }

    private static String principalMapping(Settings settings) {
        var rules = settings.text(
                "principal-mapping",
                "",
                "Rules by which the subject of a client's certificate becomes a user's name, in place of kafkas.name"
                        + " (Kafka: ssl.principal.mapping.rules).");
        try {
            CertificateNames.by(rules);
            return rules;
        } catch (IllegalArgumentException e) {
            settings.problem("principal-mapping", "is '" + rules + "': " + e.getMessage());
            return "";
        }
    }
}
