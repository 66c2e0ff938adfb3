package io.headrace.stream;

/// How a transaction ends, told to each partition it touched.
///
/// @param producerEpoch the producer's, or with `epochMoved` the one after it
/// @param coordinatorEpoch of the coordinator that decided; one that was told of a later one takes no earlier
/// @param epochMoved the second version of transactions (KIP-890): each transaction has its own epoch
public record TransactionEnd(
        long producerId, short producerEpoch, boolean commit, int coordinatorEpoch, boolean epochMoved) {}
