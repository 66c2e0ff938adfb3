package io.headrace.broker;

import java.util.List;

/// A histogram of body sizes.
///
/// @param bounds upper ones, inclusive, ascending
/// @param counts of each bucket by itself; one more than there are bounds
/// @param sum of all sizes
public record SizeReport(List<Long> bounds, List<Long> counts, long sum) {}
