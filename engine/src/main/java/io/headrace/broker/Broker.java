package io.headrace.broker;

import io.headrace.catalog.Refusal;
import io.headrace.security.User;
import io.headrace.shard.Loop;
import java.net.SocketAddress;
import java.util.function.Consumer;

/// What a front needs of the whole broker.
///
/// Threads: any, unless a method says otherwise.
public interface Broker {
    /// Who the broker says it is.
    ///
    /// @param nodeName like `rabbit@host`
    /// @param clusterName as an operator set it, else as it was configured
    record Identity(String nodeName, String clusterName, String version) {}

    Identity identity();

    /// Checks a password. `answer` comes at once, or on `loop` after a while if there were many failures lately.
    void login(String user, byte[] password, SocketAddress remote, Loop loop, Consumer<Login> answer);

    /// Logs in a name that something else has proved: a certificate, a token, an exchange by SCRAM.
    Login loginTrusted(String user, SocketAddress remote);

    /// Runs `then` when somebody may try to log in by other means than [#login]: now, or on `loop` after a while if
    /// there were many failures lately.
    ///
    /// @param user empty if it is not known yet who it will be
    void beforeLogin(String user, SocketAddress remote, Loop loop, Runnable then);

    /// A login by other means than [#login] has failed.
    ///
    /// @param user empty if nobody knows who it would have been
    void loginFailed(String user, SocketAddress remote);

    /// Whether this is the password of a user. Not a login, and not counted as one.
    boolean passwordIs(String user, byte[] password);

    sealed interface Login {
        record Accepted(User user) implements Login {}

        /// @param reason for the log only; a peer is never told which half was wrong
        record Refused(String reason) implements Login {}
    }

    /// Opens a session of `user` in `vhost` for a connection that lives on `loop`.
    Opening open(User user, String vhost, Loop loop, String connectionName);

    /// The same for something that is no connection, such as one call of an operator's: limits of connections do not
    /// hold for it.
    default Opening openAside(User user, String vhost, Loop loop, String name) {
        return open(user, vhost, loop, name);
    }

    sealed interface Opening {
        record Opened(Session session) implements Opening {}

        record Refused(Refusal refusal) implements Opening {}
    }

    /// Opens the topics of `vhost` to `user`, for a connection that lives on `loop`.
    TopicsOpening openTopics(User user, String vhost, Loop loop);

    sealed interface TopicsOpening {
        record Opened(TopicSession session) implements TopicsOpening {}

        record Refused(Refusal refusal) implements TopicsOpening {}
    }

    /// Where fronts register their connections, and operators find them.
    Connections connections();

    /// Where fronts tell what happened that no connection knows of.
    default Events events() {
        return Events.NONE;
    }

    /// What operators' fronts need.
    Admin admin();

    SharedSettings settings();

    Alarms alarms();

    Resources resources();

    /// Why publishers must wait.
    interface Alarms {
        /// Empty when publishing is allowed, else what RabbitMQ says to blocked clients: `low on memory`,
        /// `low on disk`, `low on memory & disk`.
        String reason();

        /// `listener` is called on `loop` whenever [#reason] changes, until the returned handle is closed.
        Listening listen(Loop loop, Runnable listener);

        /// Closed by whoever wants to hear nothing more; what was on its way to the loop may still come. Any thread.
        interface Listening extends AutoCloseable {
            @Override
            void close();
        }
    }
}
