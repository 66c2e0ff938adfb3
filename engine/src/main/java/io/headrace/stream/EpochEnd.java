package io.headrace.stream;

/// Where a leader's epoch ended.
///
/// @param leaderEpoch the largest that is not above the one asked for; -1 if there is none
/// @param endOffset -1 if there is none
public record EpochEnd(int leaderEpoch, long endOffset) {}
