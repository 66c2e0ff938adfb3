package io.headrace.queue;

import io.headrace.message.StoredMessage;

/// Shows messages that were ready when it began, in the order in which they would be given out, and leaves all as it
/// is: nothing is taken, marked or moved. What is taken meanwhile is passed over.
///
/// Threads: the loop of the queue.
public final class Peek {
    /// Hears what there is.
    public interface Viewer {
        /// @param message valid during the call
        /// @param attempts how often it came back to a quorum queue
        void message(StoredMessage message, boolean redelivered, int attempts);

        void done();
    }

    private final Queue queue;
    private final Queues queues;
    private final long[] sequences;
    private final Viewer viewer;
    private int next;

    Peek(Queue queue, Queues queues, int skip, int most, Viewer viewer) {
        this.queue = queue;
        this.queues = queues;
        this.sequences = queue.contents().firstReady(skip, most);
        this.viewer = viewer;
    }

    void goOn() {
        while (next < sequences.length && !queue.gone()) {
            long sequence = sequences[next];
            if (queue.contents().alive(sequence)) {
                int at = queue.find(sequence);
                if (at < 0) {
                    queue.read(sequence, () -> queue.missing(sequence), this::goOn);
                    return;
                }
                viewer.message(
                        queues.message.wrap(queues.found.page(), at),
                        sequence < queue.contents().lane(sequence).deliveredEnd(),
                        queue.retries().attempts(sequence));
            }
            next++;
        }
        viewer.done();
    }
}
