package io.headrace.stream;

/// A transaction whose records nobody should see who reads what is committed: those of this producer from `firstOffset`
/// on to its next marker.
public record AbortedTransaction(long producerId, long firstOffset) {}
