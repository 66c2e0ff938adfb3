package io.headrace.queue;

import io.headrace.queue.DeadLetters.Reason;

/// How often messages died since the broker started: for which reason, in which type of queue, and what became of the
/// dead there.
///
/// Threads: the loop of the queues.
public final class DeathCounts {
    /// Where the dead of a queue go.
    public enum Strategy {
        /// Nowhere.
        DISABLED("disabled"),
        AT_MOST_ONCE("at_most_once"),
        AT_LEAST_ONCE("at_least_once");

        private final String wireName;

        Strategy(String wireName) {
            this.wireName = wireName;
        }

        public String wireName() {
            return wireName;
        }

        private static Strategy of(QueueTraits traits) {
            return traits.deadLetter()
                    .map(letter -> letter.atLeastOnce() ? AT_LEAST_ONCE : AT_MOST_ONCE)
                    .orElse(DISABLED);
        }
    }

    private final long[][] classic = new long[Strategy.values().length][Reason.values().length];
    private final long[][] quorum = new long[Strategy.values().length][Reason.values().length];

    void died(Queue queue, Reason reason) {
        var counts = queue.quorum() ? quorum : classic;
        counts[Strategy.of(queue.traits()).ordinal()][reason.ordinal()]++;
    }

    public long of(boolean inQuorumQueues, Strategy strategy, Reason reason) {
        return (inQuorumQueues ? quorum : classic)[strategy.ordinal()][reason.ordinal()];
    }
}
