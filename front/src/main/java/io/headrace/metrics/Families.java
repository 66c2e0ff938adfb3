package io.headrace.metrics;

import io.headrace.broker.ChannelReport;
import io.headrace.broker.ConnectionReport;
import io.headrace.broker.Counted;
import io.headrace.broker.Tally;
import io.headrace.message.FieldTable;
import io.headrace.metrics.Exposition.Type;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToLongFunction;

/// The metrics that objects have, by RabbitMQ's families. Aggregated they are sums over all objects; per object each
/// has a series, of counters only those to which something happened.
enum Families {
    QUEUE_COARSE_METRICS,
    QUEUE_CONSUMER_COUNT,
    QUEUE_METRICS,
    /// What belongs to `queue_metrics`, and would make the text of all objects too long where queues are many.
    QUEUE_SIZES,
    QUEUE_DELIVERY_METRICS,
    EXCHANGE_METRICS,
    CHANNEL_METRICS,
    CHANNEL_EXCHANGE_METRICS,
    CHANNEL_QUEUE_METRICS,
    CONNECTION_COARSE_METRICS,
    CONNECTION_METRICS;

    /// Those that go by a name of RabbitMQ's; none for an unknown one.
    static Set<Families> named(String name) {
        Set<Families> named = EnumSet.noneOf(Families.class);
        for (Families family : values()) {
            if (family != QUEUE_SIZES && family.name().equalsIgnoreCase(name)) {
                named.add(family);
            }
        }
        if (named.contains(QUEUE_METRICS)) {
            named.add(QUEUE_SIZES);
        }
        return named;
    }

    /// @param name without prefix
    record Metric<T>(Families family, String name, Type type, String help, ToLongFunction<T> value) {}

    /// One channel of a connection.
    record Channel(ConnectionReport connection, ChannelReport report) {
        String name() {
            return connection.name() + " (" + report.number() + ")";
        }
    }

    static final List<Metric<Scrape.Queue>> QUEUES = List.of(
            gauge(
                    QUEUE_COARSE_METRICS,
                    "queue_messages_ready",
                    "Messages ready to be delivered to consumers",
                    queue -> queue.report().ready()),
            gauge(
                    QUEUE_COARSE_METRICS,
                    "queue_messages_unacked",
                    "Messages delivered to consumers but not yet acknowledged",
                    queue -> queue.report().unacked()),
            gauge(
                    QUEUE_COARSE_METRICS,
                    "queue_messages",
                    "Sum of ready and unacknowledged messages - total queue depth",
                    queue -> queue.report().messages()),
            gauge(
                    QUEUE_CONSUMER_COUNT,
                    "queue_consumers",
                    "Consumers on a queue",
                    queue -> queue.report().consumers()),
            gauge(
                    QUEUE_METRICS,
                    "queue_messages_bytes",
                    "Size in bytes of ready and unacknowledged messages",
                    queue -> queue.report().readyBytes() + queue.report().unackedBytes()),
            gauge(
                    QUEUE_SIZES,
                    "queue_messages_ready_bytes",
                    "Size in bytes of ready messages",
                    queue -> queue.report().readyBytes()),
            gauge(
                    QUEUE_SIZES,
                    "queue_messages_unacked_bytes",
                    "Size in bytes of all unacknowledged messages",
                    queue -> queue.report().unackedBytes()),
            gauge(
                    QUEUE_SIZES,
                    "queue_process_memory_bytes",
                    "Memory in bytes used by the queue",
                    queue -> queue.report().memoryBytes()),
            counter(
                    QUEUE_DELIVERY_METRICS,
                    "queue_get_ack_total",
                    "Total number of messages fetched from a queue with basic.get in manual acknowledgement mode",
                    queue -> queue.report().tally().of(Counted.GET)),
            counter(
                    QUEUE_DELIVERY_METRICS,
                    "queue_get_total",
                    "Total number of messages fetched from a queue with basic.get in automatic acknowledgement mode",
                    queue -> queue.report().tally().of(Counted.GET_NO_ACK)),
            counter(
                    QUEUE_DELIVERY_METRICS,
                    "queue_messages_delivered_ack_total",
                    "Total number of messages delivered from a queue to consumers in manual acknowledgement mode",
                    queue -> queue.report().tally().of(Counted.DELIVER)),
            counter(
                    QUEUE_DELIVERY_METRICS,
                    "queue_messages_delivered_total",
                    "Total number of messages delivered from a queue to consumers in automatic acknowledgement mode",
                    queue -> queue.report().tally().of(Counted.DELIVER_NO_ACK)),
            counter(
                    QUEUE_DELIVERY_METRICS,
                    "queue_messages_redelivered_total",
                    "Total number of messages redelivered from a queue to consumers",
                    queue -> queue.report().tally().of(Counted.REDELIVER)),
            counter(
                    QUEUE_DELIVERY_METRICS,
                    "queue_messages_acked_total",
                    "Total number of messages acknowledged by consumers on a queue",
                    queue -> queue.report().tally().of(Counted.ACK)),
            counter(
                    QUEUE_DELIVERY_METRICS,
                    "queue_get_empty_total",
                    "Total number of times basic.get operations fetched no message on a queue",
                    queue -> queue.report().tally().of(Counted.GET_EMPTY)));

    static final List<Metric<Scrape.Exchange>> EXCHANGES = List.of(
            counter(
                    EXCHANGE_METRICS,
                    "exchange_messages_published_total",
                    "Total number of messages published into an exchange",
                    Scrape.Exchange::in),
            counter(
                    EXCHANGE_METRICS,
                    "exchange_messages_routed_total",
                    "Total number of times a message published into an exchange was taken by a queue",
                    Scrape.Exchange::out));

    static final List<Metric<Channel>> CHANNELS = List.of(
            gauge(
                    CHANNEL_METRICS,
                    "channel_consumers",
                    "Consumers on a channel",
                    channel -> channel.report().consumers().size()),
            gauge(
                    CHANNEL_METRICS,
                    "channel_messages_unacked",
                    "Delivered but not yet acknowledged messages",
                    channel -> channel.report().unacked()),
            gauge(
                    CHANNEL_METRICS,
                    "channel_messages_unconfirmed",
                    "Published but not yet confirmed messages",
                    channel -> channel.report().unconfirmed()),
            gauge(
                    CHANNEL_METRICS,
                    "channel_messages_uncommitted",
                    "Messages received in a transaction but not yet committed",
                    channel -> channel.report().uncommitted()),
            gauge(
                    CHANNEL_METRICS,
                    "channel_acks_uncommitted",
                    "Message acknowledgements in a transaction not yet committed",
                    channel -> channel.report().uncommittedAcks()),
            gauge(
                    CHANNEL_METRICS,
                    "consumer_prefetch",
                    "Limit of unacknowledged messages for each consumer",
                    channel -> channel.report().prefetch()),
            gauge(
                    CHANNEL_METRICS,
                    "channel_prefetch",
                    "Total limit of unacknowledged messages for all consumers on a channel",
                    channel -> channel.report().sharedPrefetch()),
            counted(
                    CHANNEL_EXCHANGE_METRICS,
                    "channel_messages_published_total",
                    "Total number of messages published into an exchange on a channel",
                    Counted.PUBLISH),
            counted(
                    CHANNEL_EXCHANGE_METRICS,
                    "channel_messages_confirmed_total",
                    "Total number of messages published into an exchange and confirmed on the channel",
                    Counted.CONFIRM),
            counted(
                    CHANNEL_EXCHANGE_METRICS,
                    "channel_messages_unroutable_returned_total",
                    "Total number of messages published as mandatory and returned to the publisher as unroutable",
                    Counted.RETURN_UNROUTABLE),
            counted(
                    CHANNEL_EXCHANGE_METRICS,
                    "channel_messages_unroutable_dropped_total",
                    "Total number of messages published as non-mandatory and dropped as unroutable",
                    Counted.DROP_UNROUTABLE),
            counted(
                    CHANNEL_QUEUE_METRICS,
                    "channel_get_ack_total",
                    "Total number of messages fetched with basic.get in manual acknowledgement mode",
                    Counted.GET),
            counted(
                    CHANNEL_QUEUE_METRICS,
                    "channel_get_total",
                    "Total number of messages fetched with basic.get in automatic acknowledgement mode",
                    Counted.GET_NO_ACK),
            counted(
                    CHANNEL_QUEUE_METRICS,
                    "channel_messages_delivered_ack_total",
                    "Total number of messages delivered to consumers in manual acknowledgement mode",
                    Counted.DELIVER),
            counted(
                    CHANNEL_QUEUE_METRICS,
                    "channel_messages_delivered_total",
                    "Total number of messages delivered to consumers in automatic acknowledgement mode",
                    Counted.DELIVER_NO_ACK),
            counted(
                    CHANNEL_QUEUE_METRICS,
                    "channel_messages_redelivered_total",
                    "Total number of messages redelivered to consumers",
                    Counted.REDELIVER),
            counted(
                    CHANNEL_QUEUE_METRICS,
                    "channel_messages_acked_total",
                    "Total number of messages acknowledged by consumers",
                    Counted.ACK),
            counted(
                    CHANNEL_QUEUE_METRICS,
                    "channel_get_empty_total",
                    "Total number of times basic.get operations fetched no message",
                    Counted.GET_EMPTY));

    static final List<Metric<ConnectionReport>> CONNECTIONS = List.of(
            counter(
                    CONNECTION_COARSE_METRICS,
                    "connection_incoming_bytes_total",
                    "Total number of bytes received on a connection",
                    connection -> connection.traffic().receivedBytes()),
            counter(
                    CONNECTION_COARSE_METRICS,
                    "connection_outgoing_bytes_total",
                    "Total number of bytes sent on a connection",
                    connection -> connection.traffic().sentBytes()),
            counter(
                    CONNECTION_METRICS,
                    "connection_incoming_packets_total",
                    "Total number of packets received on a connection",
                    connection -> connection.traffic().receivedReads()),
            counter(
                    CONNECTION_METRICS,
                    "connection_outgoing_packets_total",
                    "Total number of packets sent on a connection",
                    connection -> connection.traffic().sentWrites()),
            gauge(
                    CONNECTION_METRICS,
                    "connection_pending_packets",
                    "Number of bytes waiting to be sent on a connection",
                    connection -> connection.traffic().pendingBytes()),
            gauge(
                    CONNECTION_METRICS,
                    "connection_channels",
                    "Channels on a connection",
                    connection -> connection.channels().size()));

    private static <T> Metric<T> gauge(Families family, String name, String help, ToLongFunction<T> value) {
        return new Metric<>(family, name, Type.GAUGE, help, value);
    }

    private static <T> Metric<T> counter(Families family, String name, String help, ToLongFunction<T> value) {
        return new Metric<>(family, name, Type.COUNTER, help, value);
    }

    private static Metric<Channel> counted(Families family, String name, String help, Counted what) {
        return counter(family, name, help, channel -> channel.report().tally().of(what));
    }

    /// Stands for connections that are gone, in sums.
    static ConnectionReport ofTraffic(ConnectionReport.Traffic traffic) {
        return new ConnectionReport(
                "",
                "",
                "",
                "",
                "",
                null,
                null,
                Optional.empty(),
                "",
                0,
                0,
                0,
                0,
                FieldTable.EMPTY,
                "",
                traffic,
                List.of());
    }

    /// The counter of channels that `metric` sums up, for channels that are gone.
    static long ofGone(Metric<Channel> metric, Tally gone) {
        if (metric.type() != Type.COUNTER) {
            return 0;
        }
        return metric.value()
                .applyAsLong(new Channel(
                        null,
                        new ChannelReport(
                                0, "", false, false, 0, 0, 0, 0, 0, 0, gone, List.of(), List.of(), List.of())));
    }
}
