package io.headrace.broker;

import io.headrace.stream.Traffic;

/// One partition at one moment.
///
/// @param end records below can be read
/// @param bytes of all its batches
public record PartitionReport(int index, long start, long end, long bytes, int segments, Traffic traffic) {}
