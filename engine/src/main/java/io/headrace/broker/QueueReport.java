package io.headrace.broker;

/// One queue at one moment.
///
/// @param ready messages that wait; of a stream all records
/// @param unacked delivered and not settled
/// @param delayed came back to a quorum queue and wait for their time
/// @param readyBytes of the bodies of those that wait, delayed ones among them
/// @param unackedBytes of the bodies of the others
/// @param memoryBytes that are kept for it
/// @param consumerCapacity the share of time in which its consumers could take a message; 1 for a stream that has some
/// @param exclusivelyConsumed its consumer wants no other beside it
public record QueueReport(
        long ready,
        long unacked,
        long delayed,
        long readyBytes,
        long unackedBytes,
        long memoryBytes,
        int consumers,
        boolean exclusivelyConsumed,
        double consumerCapacity,
        Tally tally) {
    /// A queue in which nothing is.
    public static QueueReport nothing(Tally tally) {
        return new QueueReport(0, 0, 0, 0, 0, 0, 0, false, 0, tally);
    }

    public long messages() {
        return ready + unacked + delayed;
    }
}
