package io.headrace.stream;

import java.util.OptionalLong;

/// What a partition knows of a producer.
///
/// @param lastSequence -1 if it knows no record of this epoch
/// @param lastTimestampMillis of its newest record
/// @param coordinatorEpoch -1 if no transaction of it has ended here
/// @param transactionStart the first offset of its open transaction
public record ProducerState(
        long producerId,
        short epoch,
        int lastSequence,
        long lastTimestampMillis,
        int coordinatorEpoch,
        OptionalLong transactionStart) {}
