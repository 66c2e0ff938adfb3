package io.headrace.queue;

import io.headrace.message.StoredMessage;

/// Where messages go that die in a queue; implemented above, where exchanges are known.
///
/// Threads: the loop of the queues.
public interface DeadLetters {
    /// Why a message dies, in the words of the header `x-death`.
    enum Reason {
        REJECTED("rejected"),
        EXPIRED("expired"),
        MAXLEN("maxlen"),
        DELIVERY_LIMIT("delivery_limit");

        static final Reason[] ALL = values();
        private final String wireName;

        Reason(String wireName) {
            this.wireName = wireName;
        }

        public String wireName() {
            return wireName;
        }
    }

    /// What became of a message.
    enum Fate {
        /// It is somewhere else, and [Queue#moved] was told.
        MOVED,
        /// Nobody takes it: it is gone.
        DROPPED,
        /// It is tried again later.
        STAYS
    }

    /// The dead are gone.
    DeadLetters NOWHERE = new DeadLetters() {
        @Override
        public Fate bury(Queue from, long sequence, StoredMessage message, Reason reason) {
            return Fate.DROPPED;
        }

        @Override
        public void refused(Queue queue, Queues.Source message) {}
    };

    /// Moves a message out of its queue: what the targets get and [Queue#moved] lie in one entry of the log.
    ///
    /// @param message valid until something is encoded
    Fate bury(Queue from, long sequence, StoredMessage message, Reason reason);

    /// A message that `queue` has no room for goes on to where its dead go.
    void refused(Queue queue, Queues.Source message);
}
