package io.headrace.broker;

/// Messages that went from an exchange to a queue.
public record QueuePublishes(String exchange, int queue, long messages) {}
