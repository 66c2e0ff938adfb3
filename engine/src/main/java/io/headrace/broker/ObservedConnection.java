package io.headrace.broker;

import io.headrace.shard.Loop;

/// A client's connection as an operator sees it. Fronts register theirs with [Connections].
public interface ObservedConnection {
    /// Where [#report] may be asked.
    Loop loop();

    /// Like `127.0.0.1:51522 -> 127.0.0.1:5672`. Any thread.
    String name();

    /// Like `AMQP 0-9-1`. Any thread.
    String protocol();

    /// Who has logged in. Any thread.
    String user();

    /// Empty if the protocol knows none. Any thread.
    String vhost();

    /// How it is now. On [#loop].
    ConnectionReport report();

    /// What went over its socket. On [#loop].
    ConnectionReport.Traffic traffic();

    /// The sum over its channels. On [#loop].
    Tally tally();

    /// Ends it; the client is told why, if its protocol has words for that. Any thread.
    void close(String reason);
}
