package io.headrace.broker;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Shovels, as operators see them: what carries messages from a queue here or elsewhere to an exchange here or
/// elsewhere. They are set as parameters of component [#COMPONENT].
///
/// Threads: any.
public interface Shovels {
    String COMPONENT = "shovel";

    /// Sorted by vhost and name.
    List<Status> statuses();

    Optional<Status> status(String vhost, String name);

    /// Ends a shovel and begins it anew.
    ///
    /// @return false if there is none of that name
    boolean restart(String vhost, String name);

    enum State {
        STARTING,
        RUNNING,
        TERMINATED
    }

    /// @param sinceMillis when it came into this state
    /// @param ends what it connects, by RabbitMQ's names (`src_uri`, `dest_queue`), in order; without passwords;
    ///     empty unless it runs
    /// @param blocked whether the destination takes nothing at present
    /// @param reason why it is terminated, else empty
    record Status(
            String vhost,
            String name,
            State state,
            long sinceMillis,
            Map<String, String> ends,
            boolean blocked,
            String reason) {}
}
