package io.headrace.routing;

import java.util.List;

/// Where a message goes.
///
/// Threads: immutable, if nobody writes to the array.
public final class Route {
    static final Route NO_EXCHANGE = new Route(new int[0], false, false, List.of());

    private final int[] queueIds;
    private final boolean exchangeExists;
    private final boolean headersLookedAt;
    private final List<String> histories;

    Route(int[] queueIds, boolean exchangeExists, boolean headersLookedAt, List<String> histories) {
        this.histories = histories;
        this.queueIds = queueIds;
        this.exchangeExists = exchangeExists;
        this.headersLookedAt = headersLookedAt;
    }

    /// Ascending, each once, empty if the message is unroutable. The routing table's own array: read only.
    public int[] queueIds() {
        return queueIds;
    }

    /// False if the exchange that was published to does not exist. One further on that is missing is passed
    /// over.
    public boolean exchangeExists() {
        return exchangeExists;
    }

    /// The exchanges on the way that remember messages.
    public List<String> histories() {
        return histories;
    }

    /// Whether an exchange on the way routes by more than the key, such as a headers exchange: the route then holds for
    /// this message only. Otherwise it
    /// holds for every message with the same exchange and key until [Router#version] changes.
    public boolean headersLookedAt() {
        return headersLookedAt;
    }
}
