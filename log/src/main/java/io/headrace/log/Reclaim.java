package io.headrace.log;

import java.io.IOException;
import java.util.BitSet;

/// How the log learns what may be recycled. A WAL file of a group's entries is free when no live message
/// lies in it and a checkpoint covers it; one with few live messages is cleaned into `cold/`.
///
/// Threads: [#extentOf] any, [#worthCleaning] too, with its restriction; the rest the checkpointing thread.
public interface Reclaim {
    /// The number of the file that holds the written entry `offset` of `group`: a small, dense, ascending
    /// number that stays the same when the cleaner moves survivors. Only for offsets that
    /// [CommitLog.Listener#written] reported.
    int extentOf(int group, long offset);

    /// The first offset of `group` after those in `extent`: so a caller can remember the range and ask
    /// seldom. [Long#MAX_VALUE] while the extent is still written to.
    long extentEnd(int group, int extent);

    /// The extents that [#live] would clean if it were told these counts now. So whoever keeps them need enumerate only
    /// the messages in these. Not while another thread is in [#live].
    BitSet worthCleaning(int group, LiveCounts counts);

    /// Tells how many live messages of `group` lie in each extent (extents not named have none), after the
    /// checkpoint that replay would start from is durable. Recycles files that are free, and cleans some.
    ///
    /// A file is kept while a group with entries in it has not told since the start; a group that keeps no
    /// messages in the log tells [LiveCounts#NONE].
    ///
    /// @throws OutOfSpaceException nothing was cleaned; what is free is recycled
    void live(int group, LiveCounts counts) throws IOException;

    /// Who can count live messages, and enumerate those of an extent that is worth cleaning.
    interface LiveCounts {
        /// For a group that keeps no messages in the log: a checkpoint has all of it.
        LiveCounts NONE = new NoneLive();

        long live(int extent);

        /// Live bytes, for choosing files worth cleaning.
        long liveBytes(int extent);

        /// Whether [#survivors] has the messages of an extent.
        boolean enumerates(int extent);

        /// Calls `survivor` with each live message whose entry offset lies in `[first, end)`, in any order;
        /// a message may be named more than once.
        void survivors(long firstOffset, long endOffset, Survivor survivor);
    }

    interface Survivor {
        void keep(long location, int lengthBytes);
    }
}
