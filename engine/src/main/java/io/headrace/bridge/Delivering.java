package io.headrace.bridge;

/// Somebody who is given messages of topics when the sockets have been read.
///
/// Threads: the loop.
abstract sealed class Delivering permits StreamConsumer, ShareConsumer {
    boolean queued; // known to the bridge

    /// Delivers what there is, within a bound.
    ///
    /// @return whether there may be more to do in this turn
    abstract boolean deliver();

    /// The queue that it consumes from is deleted.
    abstract void queueGone();
}
