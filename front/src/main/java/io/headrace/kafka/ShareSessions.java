package io.headrace.kafka;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ShareRequestMetadata;

/// The share sessions of all members: one for each, and it ends with the connection that opened it.
///
/// Threads: the loop.
final class ShareSessions {
    /// `group.share.max.share.sessions`.
    static final int SESSIONS_MAX = 2_000;
    /// What all of them remember, together.
    static final int PARTS_MAX = 200_000;

    private final int most;
    private final Map<Key, ShareSession> sessions = new HashMap<>();
    private final Map<KafkaConnection, Set<ShareSession>> byConnection = new HashMap<>();
    private int parts; // of all sessions

    private record Key(String group, String member) {
        static Key of(ShareSession session) {
            return new Key(session.group(), session.member());
        }
    }

    ShareSessions(int most) {
        this.most = most;
    }

    /// What a request continues.
    sealed interface Continuing {
        record Found(ShareSession session) implements Continuing {}

        record Refused(Errors error) implements Continuing {}
    }

    /// A member begins, or begins anew.
    ///
    /// @return empty if there are as many as there may be
    Optional<ShareSession> open(
            KafkaConnection connection, String group, String member, Collection<ShareSession.Part> wanted) {
        var before = Optional.ofNullable(sessions.get(new Key(group, member)));
        before.ifPresent(this::remove);
        if (sessions.size() >= most || parts + wanted.size() > PARTS_MAX) {
            before.ifPresent(ShareSession::close);
            return Optional.empty();
        }
        var session = new ShareSession(group, member, connection, wanted);
        before.ifPresent(old -> old.continueIn(session));
        sessions.put(Key.of(session), session);
        parts += session.size();
        byConnection
                .computeIfAbsent(connection, opened -> {
                    opened.whenClosed(() -> connectionClosed(opened));
                    return new HashSet<>();
                })
                .add(session);
        return Optional.of(session);
    }

    /// The session that the request with this epoch belongs to; the last request may come at any time.
    Continuing find(String group, String member, int epoch) {
        var session = sessions.get(new Key(group, member));
        if (session == null) {
            return new Continuing.Refused(Errors.SHARE_SESSION_NOT_FOUND);
        }
        if (epoch != ShareRequestMetadata.FINAL_EPOCH) {
            if (session.epoch() != epoch) {
                return new Continuing.Refused(Errors.INVALID_SHARE_SESSION_EPOCH);
            }
            session.nextEpoch();
        }
        return new Continuing.Found(session);
    }

    /// @return false: all of them have become too large, and this one is no more
    boolean update(ShareSession session, List<ShareSession.Part> added, List<ShareSession.Part> forgotten) {
        int before = session.size();
        session.update(added, forgotten);
        parts += session.size() - before;
        if (parts > PARTS_MAX) {
            close(session);
            return false;
        }
        return true;
    }

    void close(ShareSession session) {
        if (session.isOpen()) {
            remove(session);
            session.close();
        }
    }

    private void remove(ShareSession session) {
        sessions.remove(Key.of(session), session);
        parts -= session.size();
        var others = byConnection.get(session.connection());
        if (others != null) {
            others.remove(session);
        }
    }

    private void connectionClosed(KafkaConnection connection) {
        List.copyOf(byConnection.remove(connection)).forEach(session -> {
            sessions.remove(Key.of(session), session);
            parts -= session.size();
            session.close();
        });
    }

    int size() {
        return sessions.size();
    }
}
