package io.headrace.catalog;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.SequencedSet;
import java.util.Set;

/// A user as the catalog keeps it.
///
/// @param passwordHash as `io.headrace.security` writes it: algorithm, colon, RabbitMQ's base64 form; empty
///     for a user who cannot log in with a password
/// @param tags in the order given
public record UserDefinition(String name, String passwordHash, Set<String> tags) {
    public UserDefinition {
        Objects.requireNonNull(name);
        Objects.requireNonNull(passwordHash);
        SequencedSet<String> ordered = new LinkedHashSet<>(tags);
        tags = Collections.unmodifiableSet(ordered);
    }

    /// Never shows the hash.
    @Override
    public String toString() {
        return "UserDefinition[" + name + ", tags " + tags + "]";
    }
}
