package io.headrace.log;

import java.util.function.Consumer;

/// Reads entries back that left the memory tail.
///
/// Threads: any asks; the answer comes on a reader thread (inline in the simulator).
public interface EntryReader {
    /// Loads the stretch of the log that holds `location` of `group`, and what follows it there, into a
    /// page taken from the arena (in overdraft if need be). The asker owns the page of the answer and
    /// releases it.
    ///
    /// `location` must be live as far as the log was told (see [Reclaim]); then it is in the answer.
    void read(int group, long location, Consumer<Result> answer);

    sealed interface Result {
        /// Pieces of the log in one page, sorted by location. Piece `i` covers locations from
        /// `locations[i]` on, for `lengths[i]` bytes that lie at `starts[i]` of the page. A whole entry is
        /// a piece whose location has position 0; a survivor that the cleaner kept is a piece that begins
        /// at its own position.
        record Stretch(Page page, int count, long[] locations, int[] lengths, int[] starts) implements Result {
            /// The piece that has all of `length` bytes at `location`; looks from piece `from` on.
            ///
            /// @return -1 if they are not in the stretch
            int piece(long location, int length, int from) {
                for (int i = from; i < count && locations[i] <= location; i++) {
                    boolean sameEntry = Location.entryOffset(locations[i]) == Location.entryOffset(location);
                    if (sameEntry && location - locations[i] + length <= lengths[i]) {
                        return i;
                    }
                }
                return -1;
            }
        }

        /// The device refused, or the bytes are not what was written. The log has stopped.
        record Failed(Throwable cause) implements Result {}
    }
}
