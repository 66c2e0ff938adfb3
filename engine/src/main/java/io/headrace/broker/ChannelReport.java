package io.headrace.broker;

import java.util.List;

/// One channel at one moment.
///
/// @param prefetch of consumers started from now on, 0 for no limit
/// @param sharedPrefetch of all its consumers together, 0 for no limit
/// @param uncommitted publishes of an open transaction
/// @param uncommittedAcks likewise
public record ChannelReport(
        int number,
        String state,
        boolean confirm,
        boolean transactional,
        int prefetch,
        int sharedPrefetch,
        int unacked,
        long unconfirmed,
        int uncommitted,
        int uncommittedAcks,
        Tally tally,
        List<ConsumerReport> consumers) {
    public ChannelReport {
        consumers = List.copyOf(consumers);
    }
}
