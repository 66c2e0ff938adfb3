package io.headrace.log;

/// Appends entries and says, later, that they are committed. Nobody above may assume that committing is
/// local or instant: it is a callback with a position.
///
/// Implemented by [LocalCommitter] (committed = forced to this disk) and, on a cluster, by Raft
/// (committed = forced by a majority).
///
/// Threads: any loop appends; listeners are called on the log's own thread and must only hand over.
public interface CommitLog {
    /// The metadata group: vhosts, exchanges, bindings, queues, users.
    int CATALOG = 0;
    /// The first data group. One node has no other.
    int DATA = 1;

    /// How soon an entry has to be durable.
    enum Urgency {
        /// Someone waits for it: force as soon as the disk is free.
        SOON,
        /// Nobody waits (settlements): written soon, forced along with the next entry that is urgent, at the latest
        /// after [LogConfig#lazyForceMillis].
        LAZY
    }

    /// Gives the entry at `start` of `page` the next offset of `group`, stamps it, pins the page until the entry is
    /// written, and queues it. The bytes must not change afterwards. Entries of one group commit in offset order.
    /// Never blocks and never fails: a log that cannot write any more reports it through [Listener#failed].
    ///
    /// @return the offset; usable at once as part of a [Location]
    long append(int group, Page page, int start, int length, Urgency urgency);

    /// The offset the next append to `group` will get.
    long nextOffset(int group);

    /// The greatest committed offset of `group`, -1 if none.
    long committedOffset(int group);

    /// Bytes appended and not yet written. Shards stop reading from publishers over a bound of their own.
    long pendingBytes();

    void addListener(Listener listener);

    /// What the log tells. Called on the log's thread.
    interface Listener {
        /// Everything of `group` up to and including `offset` is written to the file (readable through
        /// [EntryReader], page unpinned). Comes before or together with [#committed].
        default void written(int group, long offset) {}

        /// Everything of `group` up to and including `offset` is committed.
        void committed(int group, long offset);

        /// Free space changed: `false` means that publishers have to be blocked. Settlements may still be appended.
        default void spaceForPublishing(boolean ample) {}

        /// The log stopped for good; nothing more will be committed. The process should exit loudly.
        default void failed(Throwable cause) {}
    }
}
