package io.headrace.stream;

/// A record found by its time.
public record TimedOffset(long offset, long timestampMillis, int leaderEpoch) {}
