package io.headrace.kafka;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchMetadata;

/// The fetch sessions of all clients. There are so many at most; one that nobody used for a while makes room for
/// another, else the other does without.
///
/// Threads: any.
final class FetchSessions {
    /// `min.incremental.fetch.session.eviction.ms`.
    static final long EVICTABLE_MILLIS = 120_000;
    static final int NO_SESSION = FetchMetadata.INVALID_SESSION_ID;

    private final int most;
    private final Map<Integer, FetchSession> sessions =
            new LinkedHashMap<>(16, 0.75f, true); // least recently used first

    FetchSessions(int most) {
        this.most = most;
    }

    /// What a request continues.
    sealed interface Continuing {
        record Found(FetchSession session) implements Continuing {}

        record Refused(Errors error) implements Continuing {}
    }

    /// @return empty if there is no room
    synchronized Optional<FetchSession> begin(boolean byId, List<FetchPart> parts, long nowMillis) {
        if (sessions.size() >= most && !evict(nowMillis)) {
            return Optional.empty();
        }
        int id;
        do {
            id = ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE);
        } while (sessions.containsKey(id));
        var session = new FetchSession(id, byId, parts, nowMillis);
        sessions.put(id, session);
        return Optional.of(session);
    }

    private boolean evict(long nowMillis) {
        var oldest = sessions.values().iterator();
        if (oldest.hasNext() && nowMillis - oldest.next().usedMillis() > EVICTABLE_MILLIS) {
            oldest.remove();
            return true;
        }
        return false;
    }

    synchronized Continuing find(int id, int epoch, boolean byId) {
        var session = sessions.get(id);
        if (session == null) {
            return new Continuing.Refused(Errors.FETCH_SESSION_ID_NOT_FOUND);
        }
        if (session.epoch() != epoch) {
            return new Continuing.Refused(Errors.INVALID_FETCH_SESSION_EPOCH);
        }
        if (session.byId() != byId) {
            return new Continuing.Refused(Errors.FETCH_SESSION_TOPIC_ID_ERROR);
        }
        return new Continuing.Found(session);
    }

    synchronized void end(int id) {
        sessions.remove(id);
    }

    synchronized int size() {
        return sessions.size();
    }
}
