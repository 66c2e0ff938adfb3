package io.headrace.kafka;

import java.util.Objects;
import org.apache.kafka.common.protocol.ApiKeys;

/// A request that is answered, and in which versions. ApiVersions is made from all of these.
record Served(ApiKeys key, short oldest, short latest, Api api) {
    Served {
        Objects.requireNonNull(api);
        if (oldest > latest || oldest < key.oldestVersion() || latest > key.latestVersion()) {
            throw new IllegalArgumentException("%s %d-%d is not within %d-%d"
                    .formatted(key, oldest, latest, key.oldestVersion(), key.latestVersion()));
        }
    }

    Served(ApiKeys key, int oldest, int latest, Api api) {
        this(key, (short) oldest, (short) latest, api);
    }

    boolean takes(short version) {
        return version >= oldest && version <= latest;
    }
}
