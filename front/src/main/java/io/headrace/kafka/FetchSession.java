package io.headrace.kafka;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.requests.FetchMetadata;

/// What a consumer fetches again and again, so that it need not say it each time (KIP-227). Partitions that had news go
/// to the end, so that all get their turn.
///
/// Threads: one request at a time.
final class FetchSession {
    private final int id;
    private final boolean byId;
    private final Map<FetchPart.Key, FetchPart> parts = new LinkedHashMap<>();
    private int epoch = FetchMetadata.nextEpoch(FetchMetadata.INITIAL_EPOCH); // of the next request
    private long usedMillis;

    /// @param byId whether topics are named by their ids
    FetchSession(int id, boolean byId, List<FetchPart> all, long nowMillis) {
        this.id = id;
        this.byId = byId;
        this.usedMillis = nowMillis;
        all.forEach(part -> parts.put(part.key(), part));
    }

    int id() {
        return id;
    }

    int epoch() {
        return epoch;
    }

    boolean byId() {
        return byId;
    }

    long usedMillis() {
        return usedMillis;
    }

    /// The next request of the session.
    void update(List<FetchPart> changed, List<FetchPart.Key> forgotten, long nowMillis) {
        forgotten.forEach(parts::remove);
        for (FetchPart part : changed) {
            var known = parts.putIfAbsent(part.key(), part);
            if (known != null) {
                known.wanted(part.wanted());
            }
        }
        epoch = FetchMetadata.nextEpoch(epoch);
        usedMillis = nowMillis;
    }

    List<FetchPart> parts() {
        return List.copyOf(parts.values());
    }

    int size() {
        return parts.size();
    }

    void last(FetchPart part) {
        if (parts.remove(part.key(), part)) {
            parts.put(part.key(), part);
        }
    }
}
