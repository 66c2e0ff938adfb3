package io.headrace.broker;

/// What one channel got from a queue.
public record QueueDeliveries(String queue, Tally tally) {}
