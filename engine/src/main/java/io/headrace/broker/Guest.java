package io.headrace.broker;

import io.headrace.security.User;

/// A session of whichever protocol, as it is counted, and ended with its user and its vhost.
///
/// Threads: the loop.
interface Guest {
    User user();

    String vhost();

    /// Tells who holds the session that it is to end, and why; it closes it then.
    void end(String reason);
}
