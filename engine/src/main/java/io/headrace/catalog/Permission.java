package io.headrace.catalog;

import java.util.Objects;

/// What a user may do in a vhost: a regular expression over resource names for each kind of access.
public record Permission(String configure, String write, String read) {
    /// Everything.
    public static final Permission ALL = new Permission(".*", ".*", ".*");

    public Permission {
        Objects.requireNonNull(configure);
        Objects.requireNonNull(write);
        Objects.requireNonNull(read);
    }

    public String pattern(Refusal.Access access) {
        return switch (access) {
            case CONFIGURE -> configure;
            case WRITE -> write;
            case READ -> read;
        };
    }
}
