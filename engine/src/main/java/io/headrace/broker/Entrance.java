package io.headrace.broker;

import io.headrace.broker.Broker.Login;
import io.headrace.broker.Broker.Opening;
import io.headrace.broker.Broker.TopicsOpening;
import io.headrace.catalog.Refusal;
import io.headrace.security.LoginDelays;
import io.headrace.security.Logins;
import io.headrace.security.User;
import io.headrace.shard.Loop;
import java.net.SocketAddress;
import java.util.function.Consumer;

/// Lets users in: checks who they are, and opens vhosts to them.
///
/// Threads: logins any; the rest on the loop.
final class Entrance {
    private final Engine engine;
    private final Logins logins;
    private final Sessions sessions;
    private final LoginDelays delays;
    private long lastConnection;

    Entrance(Engine engine, Logins logins, LoginDelays delays, Sessions sessions) {
        this.delays = delays;
        this.engine = engine;
        this.logins = logins;
        this.sessions = sessions;
    }

    void login(String user, byte[] password, SocketAddress remote, Loop loop, Consumer<Login> answer) {
        before(
                user,
                remote,
                loop,
                () -> answer.accept(counted(user, remote, logins.withPassword(user, password, remote), true)));
    }

    Login loginTrusted(String user, SocketAddress remote) {
        return counted(user, remote, logins.trusted(user, remote), false);
    }

    /// Runs `then` when the user may be tried from there.
    void before(String user, SocketAddress remote, Loop loop, Runnable then) {
        long millis = delays.millisBefore(user, remote);
        if (millis == 0) {
            then.run();
        } else {
            loop.schedule(millis, then);
        }
    }

    void failed(String user, SocketAddress remote) {
        delays.failed(user, remote);
        engine.connections().login(false);
    }

    boolean passwordIs(String user, byte[] password) {
        return logins.passwordIs(user, password);
    }

    /// @param guess whether a failure may be one of many tries; a name that something has proved is none
    private Login counted(String name, SocketAddress remote, Logins.Login login, boolean guess) {
        return switch (login) {
            case Logins.Login.Accepted(User user) -> {
                delays.accepted(name, remote);
                engine.connections().login(true);
                yield new Login.Accepted(user);
            }
            case Logins.Login.Refused(String reason) -> {
                if (guess) {
                    delays.failed(name, remote);
                }
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

    /// Kafka knows no vhosts to keep anybody out of: who may do what is asked with each request, since an access
    /// control list may let somebody do what no permission does.
    TopicsOpening openTopics(User user, String vhost) {
        if (!engine.catalog().hasVhost(vhost)) {
            return new TopicsOpening.Refused(new Refusal.VhostNotFound(vhost));
        }
        var limit = sessions.refuse(user, vhost);
        if (limit.isPresent()) {
            return new TopicsOpening.Refused(limit.get());
        }
        var session = new LocalTopics(engine, user, vhost);
        sessions.opened(session);
        return new TopicsOpening.Opened(session);
    }
}
