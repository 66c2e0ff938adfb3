package io.headrace.broker;

import io.headrace.message.FieldTable;

/// One consumer.
///
/// @param ackTimeoutMillis in which it has to settle a delivery; 0 for no limit
/// @param active false while it waits for its turn on a queue that has one consumer at a time
/// @param arguments as the client gave them
public record ConsumerReport(
        String tag,
        String queue,
        boolean manualAck,
        boolean exclusive,
        int prefetch,
        long ackTimeoutMillis,
        boolean active,
        FieldTable arguments) {}
