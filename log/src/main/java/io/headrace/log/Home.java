package io.headrace.log;

import java.util.concurrent.atomic.AtomicInteger;

/// A file that holds what is left of one or more extents.
///
/// Threads: any. Readers hold it open with [#enter] and [#leave]; once retired, the last one out gives it
/// away.
abstract sealed class Home permits WalFile, ColdFile {
    private static final int RETIRED = Integer.MIN_VALUE;

    private final AtomicInteger uses = new AtomicInteger();
    private volatile Runnable whenUnused;

    /// @return false if the file is being given away: look up the extent's home again
    final boolean enter() {
        int before;
        do {
            before = uses.get();
            if (before < 0) {
                return false;
            }
        } while (!uses.compareAndSet(before, before + 1));
        return true;
    }

    final void leave() {
        if (uses.decrementAndGet() == RETIRED) {
            whenUnused.run();
        }
    }

    /// Nobody enters any more; `whenUnused` runs once, as soon as nobody is inside.
    final void retire(Runnable whenUnused) {
        this.whenUnused = whenUnused;
        if (uses.getAndAdd(RETIRED) == 0) {
            whenUnused.run();
        }
    }

    abstract StorageFile file();
}
