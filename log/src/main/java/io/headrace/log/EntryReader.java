package io.headrace.log;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
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

    /// Copies messages together that lie anywhere in the log, and reads each stretch once for all of them that it has:
    /// for what will be needed soon, in another order than it was written. Other reads go on meanwhile.
    ///
    /// What is not live any more is left out of the answer, and so is what has no room in `into` or cannot be read.
    ///
    /// @param locations of messages of `group`, ascending
    /// @param measure of the messages, asked on a reader thread
    /// @param into pages of [PageArena#PAGE_BYTES], which are the answer's
    void gather(int group, long[] locations, Measure measure, List<Page> into, Consumer<Gathered> answer);

    /// How long messages are.
    interface Measure {
        /// Bytes of the message that begins at `start`.
        int bytes(ByteBuffer page, int start);
    }

    /// Copies of messages.
    ///
    /// @param count of them
    /// @param locations ascending
    /// @param places of each, counted over all pages
    record Gathered(List<Page> pages, int count, long[] locations, int[] places) {
        /// @return the place of the message, or -1 if it is not here
        public int find(long location) {
            int at = Arrays.binarySearch(locations, 0, count, location);
            return at < 0 ? -1 : places[at];
        }

        public ByteBuffer page(int place) {
            return pages.get(place / PageArena.PAGE_BYTES).bytes();
        }

        /// Where the message begins in its page.
        public int start(int place) {
            return place % PageArena.PAGE_BYTES;
        }
    }

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

        /// The device refused, or the bytes are not what was written: also when the location was not live any more, so
        /// that its place may have been given away.
        record Failed(Throwable cause) implements Result {}
    }
}
