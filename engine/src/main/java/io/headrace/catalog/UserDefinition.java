package io.headrace.catalog;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.SequencedSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// A user as the catalog keeps it.
///
/// @param passwordHash as `io.headrace.security` writes it: algorithm, colon, RabbitMQ's base64 form; empty
///     for a user who cannot log in with a password
/// @param tags in the order given
/// @param limits by name (`max-connections`, `max-channels`); a negative one limits nothing
public record UserDefinition(String name, String passwordHash, Set<String> tags, SortedMap<String, Long> limits) {
    public static final String MAX_CONNECTIONS = "max-connections";
    public static final String MAX_CHANNELS = "max-channels";

    private static final long NONE = -1;

    public UserDefinition {
        Objects.requireNonNull(name);
        Objects.requireNonNull(passwordHash);
        SequencedSet<String> ordered = new LinkedHashSet<>(tags);
        tags = Collections.unmodifiableSet(ordered);
        limits = Collections.unmodifiableSortedMap(new TreeMap<>(limits));
    }

    /// Without limits.
    public UserDefinition(String name, String passwordHash, Set<String> tags) {
        this(name, passwordHash, tags, Collections.emptySortedMap());
    }

    UserDefinition with(SortedMap<String, Long> newLimits) {
        return new UserDefinition(name, passwordHash, tags, newLimits);
    }

    /// Negative if there is none.
    public long limit(String limit) {
        return limits.getOrDefault(limit, NONE);
    }

    /// Never shows the hash.
    @Override
    public String toString() {
        return "UserDefinition[" + name + ", tags " + tags + "]";
    }
}
