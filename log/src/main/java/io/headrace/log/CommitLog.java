package io.headrace.log;

/// Appends entries and says, later, that they are committed. Nobody above may assume that committing is
/// local or instant: it is a callback with a position.
///
/// Implemented by [LocalCommitter] (committed = forced to this disk) and, on a cluster, by Raft (committed
/// = forced by a majority, this node included: what is reported here is found here after a crash).
///
/// A group's offset means something only together with an epoch: the stretch of time in which one node
/// leads the group, and it alone appends. When leadership is lost, what was not committed may be truncated,
/// and its offsets are given to other entries. So an appender says in which epoch it decided; if that is
/// over, the entry is not taken.
///
/// Offsets ascend and may have gaps: the log writes entries of its own (the one that begins an epoch), and
/// those no append got and no [StateMachine] is given.
///
/// Threads: any loop appends; listeners are called on the log's own thread and must only hand over.
public interface CommitLog {
    /// The metadata group: vhosts, exchanges, bindings, queues, users.
    int CATALOG = 0;
    /// The first data group. One node has no other.
    int DATA = 1;

    /// The offset of an entry that was not taken.
    long NO_OFFSET = -1;
    /// The epoch of a group that this node does not lead. The first real one is 1.
    int NOT_LEADING = 0;

    /// How soon an entry has to be durable.
    enum Urgency {
        /// Someone waits for it: force as soon as the disk is free.
        SOON,
        /// Nobody waits (settlements): written soon, forced along with the next entry that is urgent, at
        /// the latest after [LogConfig#lazyForceMillis].
        LAZY
    }

    /// Gives the entry at `start` of `page` the next offset of `group`, stamps it, pins the page until the
    /// entry is written, and queues it. The bytes must not change afterwards. Entries of one group commit
    /// in offset order. Never blocks and never fails: a log that cannot write any more reports it through
    /// [Listener#failed].
    ///
    /// @param epoch in which the entry was decided: as [#epoch] or [Listener#leading] said
    /// @return the offset, usable at once as part of a [Location]; or [#NO_OFFSET] if this node does not
    ///     lead in that epoch (any more): then the page is neither stamped nor pinned, the entry never
    ///     commits, and whoever decided it has to rebuild its state
    long append(int group, int epoch, Page page, int start, int length, Urgency urgency);

    /// The epoch in which this node may append to `group`, [#NOT_LEADING] if it may not. It may be over
    /// when the answer arrives.
    int epoch(int group);

    /// One after the last offset given in `group`; the next append may get a greater one.
    long nextOffset(int group);

    /// Everything of `group` up to here is committed, which includes that it is forced on this node; -1 if
    /// nothing is. It may name an offset that no append got.
    long committedOffset(int group);

    /// Bytes appended and not yet written. Shards stop reading from publishers over a bound of their own.
    long pendingBytes();

    /// How often this node forced something to its disk since the start. Any thread.
    default long forces() {
        return 0;
    }

    /// The most bytes that one entry may have, its frame included.
    long entryBytesMax();

    void addListener(Listener listener);

    /// What the log tells. Called on the log's threads; what is written and committed by one at a time, in order.
    interface Listener {
        /// Everything of `group` up to and including `offset` is written to the file (readable through
        /// [EntryReader], page unpinned). Comes before or together with [#committed].
        default void written(int group, long offset) {}

        /// Everything of `group` up to and including `offset` is committed, see [#committedOffset].
        void committed(int group, long offset);

        /// From now on this node may append to `group` in `epoch`, and its entries get `firstOffset` or
        /// more. Told when the log starts or an election is won; who listens later asks [#epoch].
        default void leading(int group, int epoch, long firstOffset) {}

        /// In `epoch` another node leads `group`, or nobody yet. State that was applied when it was
        /// appended may hold what never commits: it has to be rebuilt.
        default void following(int group, int epoch) {}

        /// The entries of `group` from `fromOffset` on are void, and their offsets will be given to others:
        /// memory that knows them by offset forgets them.
        default void truncated(int group, long fromOffset) {}

        /// Free space changed: `false` means that publishers have to be blocked. Settlements may still be
        /// appended.
        default void spaceForPublishing(boolean ample) {}

        /// The log stopped for good; nothing more will be committed. The process should exit loudly.
        default void failed(Throwable cause) {}
    }
}
