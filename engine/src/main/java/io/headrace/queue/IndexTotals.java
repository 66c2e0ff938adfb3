package io.headrace.queue;

/// What the indexes of one queue hold together.
///
/// Threads: the loop of the queue.
final class IndexTotals {
    long live;
    long liveBytes; // as stored
    long bodyBytes; // of the bodies alone
    long taken; // of the live ones, those that are with consumers or dying
    long takenBodyBytes;
    long delayed; // of the others, those that came back and wait for their time

    void clear() {
        live = 0;
        liveBytes = 0;
        bodyBytes = 0;
        taken = 0;
        takenBodyBytes = 0;
        delayed = 0;
    }
}
