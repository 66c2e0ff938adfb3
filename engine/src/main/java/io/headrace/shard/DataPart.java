package io.headrace.shard;

import java.nio.ByteBuffer;

/// One kind of state in the data group, such as the queues: its operations lie in the same entries as those of the
/// others, told apart by their first byte.
///
/// Threads: the loop of the shard; before it runs, the thread that recovers.
public interface DataPart {
    /// Applies the operation at `at`, which just got its place.
    ///
    /// @param entry the entry's offset, or the page's number for a transient operation
    /// @param entryStart where positions in locations are counted from
    /// @return where the operation ends
    int apply(long entry, ByteBuffer page, int entryStart, int at, boolean durable);

    /// Applies the operation at `at` while the log is replayed: it is committed, and the page is gone afterwards.
    ///
    /// @return where the operation ends
    int replay(long entry, ByteBuffer page, int entryStart, int at);

    /// Everything up to `offset` is committed.
    void committed(long offset);
}
