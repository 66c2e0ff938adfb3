package io.headrace.broker;

import io.headrace.broker.Broker.Login;
import io.headrace.broker.Broker.Opening;
import io.headrace.broker.Broker.TopicsOpening;
import io.headrace.catalog.Refusal;
import io.headrace.security.Logins;
import io.headrace.security.User;
import java.net.SocketAddress;

/// Lets users in: checks who they are, and opens vhosts to them.
///
/// Threads: logins any; the rest on the loop.
final class Entrance {
    private final Engine engine;
    private final Logins logins;
    private final Sessions sessions;
    private long lastConnection;

    Entrance(Engine engine, Logins logins, Sessions sessions) {
        this.engine = engine;
        this.logins = logins;
        this.sessions = sessions;
    }

    Login login(String user, byte[] password, SocketAddress remote) {
        return counted(logins.withPassword(user, password, remote));
    }

    Login loginTrusted(String user, SocketAddress remote) {
        return counted(logins.trusted(user, remote));
    }

    private Login counted(Logins.Login login) {
        return switch (login) {
            case Logins.Login.Accepted(User user) -> {
                engine.connections().login(true);
                yield new Login.Accepted(user);
            }
            case Logins.Login.Refused(String reason) -> {
                engine.connections().login(false);
                yield new Login.Refused(reason);
            }
        };
    }

    Opening open(User user, String vhost, String connectionName) {
        if (!engine.catalog().hasVhost(vhost)) {
            return new Opening.Refused(new Refusal.VhostNotFound(vhost));
        }
        var limit = sessions.refuse(user, vhost);
        if (limit.isPresent()) {
            return new Opening.Refused(limit.get());
        }
        var opening = openAside(user, vhost, connectionName);
        if (opening instanceof Opening.Opened(LocalSession session)) {
            sessions.opened(session);
        }
        return opening;
    }

    Opening openAside(User user, String vhost, String name) {
        if (!engine.catalog().hasVhost(vhost)) {
            return new Opening.Refused(new Refusal.VhostNotFound(vhost));
        }
        if (!engine.permissions().mayEnter(user, vhost)) {
            return new Opening.Refused(new Refusal.VhostAccessRefused(vhost, user.name()));
        }
        return new Opening.Opened(new LocalSession(engine, user, vhost, ++lastConnection, name));
    }

    /// To whom topics are open is asked with each request, as in Kafka: who has no permission in the vhost may be let
    /// do
    /// something by an access control list.
    TopicsOpening openTopics(User user, String vhost) {
        if (!engine.catalog().hasVhost(vhost)) {
            return new TopicsOpening.Refused(new Refusal.VhostNotFound(vhost));
        }
        return new TopicsOpening.Opened(new LocalTopics(engine, user, vhost));
    }
}
