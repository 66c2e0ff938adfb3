package io.headrace.broker;

import io.headrace.catalog.QueueType;
import io.headrace.queue.DeadLetters.Reason;
import io.headrace.queue.DeathCounts.Strategy;

/// How many messages died in queues of one type, for one reason, and what was to become of them.
public record DeathReport(QueueType type, Strategy strategy, Reason reason, long messages) {}
