package io.headrace.log;

import java.io.IOException;

/// The ground as the upper floors get it: one data directory's log, with everything that belongs to it.
///
/// Life: open (lock, read the newest checkpoint, find the log's end) → [#replay] → [#start] → [#close].
public interface DurableLog extends AutoCloseable {
    CommitLog commits();

    EntryReader reader();

    Reclaim reclaim();

    Checkpoints checkpoints();

    PageFile indexPages();

    /// Restores `machine` from the newest checkpoint's section of `group`, if there is one. All groups are restored
    /// before any is replayed.
    void restore(int group, StateMachine machine);

    /// Feeds every entry after the checkpoint to its group's machine, in log order; `machines[group]`. Called once,
    /// before [#start].
    void replay(StateMachine... machines) throws IOException;

    /// True if the directory was closed by [#close] and nothing was appended since.
    boolean wasCleanlyClosed();

    /// Begins to accept appends: starts the writer and reader threads.
    void start() throws IOException;

    /// Writes and forces what is pending, then releases the directory. Upper floors write their last checkpoint
    /// (with [Checkpoints.Checkpoint#cleanShutdown]) through a log that is still started, with no append after it.
    @Override
    void close() throws IOException;
}
