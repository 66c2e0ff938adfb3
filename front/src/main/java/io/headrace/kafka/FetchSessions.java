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

    /// What all of them remember, together.
    static final int PARTS_MAX = 200_000;

    private final int most;
    private final Map<Integer, FetchSession> sessions =
            new LinkedHashMap<>(16, 0.75f, true); // least recently used first
    private int parts; // of all sessions

    FetchSessions(int most) {
        this.most = most;
    }

    /// What a request continues.
    sealed interface Continuing {
        record Found(FetchSession session) implements Continuing {}

        record Refused(Errors error) implements Continuing {}
    }

    /// @return empty if there is no room
    synchronized Optional<FetchSession> begin(boolean byId, List<FetchPart> all, long nowMillis) {
        if (sessions.size() >= most && !evict(nowMillis) || parts + all.size() > PARTS_MAX) {
            return Optional.empty();
        }
        int id;
        do {
            id = ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE);
        } while (sessions.containsKey(id));
        var session = new FetchSession(id, byId, all, nowMillis);
        sessions.put(id, session);
        parts += session.size();
        return Optional.of(session);
    }

    private boolean evict(long nowMillis) {
        var oldest = sessions.values().iterator();
        if (!oldest.hasNext()) {
            return false;
        }
        var session = oldest.next();
        if (nowMillis - session.usedMillis() <= EVICTABLE_MILLIS) {
            return false;
        }
        parts -= session.size();
        oldest.remove();
        return true;
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

    /// The next request of a session that was found.
    ///
    /// @return false: it has become too large, and is no more
    synchronized boolean update(
            FetchSession session, List<FetchPart> changed, List<FetchPart.Key> forgotten, long nowMillis) {
        int before = session.size();
        session.update(changed, forgotten, nowMillis);
        parts += session.size() - before;
        if (parts > PARTS_MAX) {
            end(session.id());
            return false;
        }
        return true;
    }

    synchronized void end(int id) {
        var ended = sessions.remove(id);
        if (ended != null) {
            parts -= ended.size();
        }
    }

    synchronized int size() {
        return sessions.size();
    }
}
