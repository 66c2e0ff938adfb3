package io.headrace.broker;

import java.util.List;

/// One channel at one moment.
///
/// @param prefetch of consumers started from now on, 0 for no limit
/// @param sharedPrefetch of all its consumers together, 0 for no limit
/// @param uncommitted publishes of an open transaction
/// @param uncommittedAcks likewise
/// @param publishes by exchange
/// @param deliveries by queue
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
        List<ConsumerReport> consumers,
        List<ExchangePublishes> publishes,
        List<QueueDeliveries> deliveries) {
    public ChannelReport {
        publishes = List.copyOf(publishes);
        deliveries = List.copyOf(deliveries);
        consumers = List.copyOf(consumers);
    }
}
