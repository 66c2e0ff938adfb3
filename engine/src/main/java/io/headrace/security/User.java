package io.headrace.security;

import java.util.Objects;
import java.util.Set;

/// A user who has logged in.
public record User(String name, Set<String> tags) {
    public User {
        Objects.requireNonNull(name);
        tags = Set.copyOf(tags);
    }
}
