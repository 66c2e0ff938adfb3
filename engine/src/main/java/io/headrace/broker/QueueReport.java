package io.headrace.broker;

/// One queue at one moment.
///
/// @param ready messages that wait; of a stream all records
/// @param unacked delivered and not settled
/// @param bytes of both, as they are stored
/// @param exclusivelyConsumed its consumer wants no other beside it
public record QueueReport(
        long ready, long unacked, long bytes, int consumers, boolean exclusivelyConsumed, Tally tally) {
    public long messages() {
        return ready + unacked;
    }
}
