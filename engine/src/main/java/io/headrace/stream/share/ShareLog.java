package io.headrace.stream.share;

/// Where what was decided about share groups is put down, to be found again after a restart. [ShareOperations] is the
/// one that lasts; the tests of the fronts bring one that forgets.
///
/// Threads: the loop.
public interface ShareLog {
    /// A group has to do with a partition from now on, or anew.
    void open(SharePartition share);

    /// It has not any more.
    void close(int share);

    /// Everything below `offset` is done with.
    void start(int share, long offset);

    void mark(int share, Marks marks);
}
