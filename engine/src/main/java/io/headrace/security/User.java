package io.headrace.security;

import java.util.Objects;
import java.util.Set;

/// A user who has logged in.
///
/// @param host the address that the user came from, as text: `192.168.0.7`; empty if from none
public record User(String name, Set<String> tags, String host) {
    public User {
        Objects.requireNonNull(name);
        Objects.requireNonNull(host);
        tags = Set.copyOf(tags);
    }

    /// From nowhere.
    public User(String name, Set<String> tags) {
        this(name, tags, "");
    }
}
