package io.headrace.log;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/// Copies messages from all over the log together, a stretch with each step.
///
/// Threads: one at a time.
final class Gathering {
    /// A stretch for a message that is alone, far and wide.
    private static final int LONELY_BYTES = 16 << 10;

    private static final int NEAR_BYTES = 256 << 10;
    /// So many of one stretch are worth a whole page the next time.
    private static final int CROWD = 8;

    private final int group;
    private final long[] wanted;
    private final EntryReader.Measure measure;
    private final List<Page> pages;
    private final PageArena arena;
    private final Consumer<EntryReader.Gathered> answer;
    private final long[] locations;
    private final int[] places;
    private int next; // in `wanted`
    private int count; // of copies
    private int page; // being filled
    private int end; // in this page
    private int windowBytes = NEAR_BYTES;

    /// @param wanted locations, ascending
    Gathering(
            int group,
            long[] wanted,
            EntryReader.Measure measure,
            List<Page> pages,
            PageArena arena,
            Consumer<EntryReader.Gathered> answer) {
        this.group = group;
        this.wanted = wanted;
        this.measure = measure;
        this.pages = pages;
        this.arena = arena;
        this.answer = answer;
        this.locations = new long[wanted.length];
        this.places = new int[wanted.length];
    }

    /// Reads one stretch. What is not there any more is passed over, and so is what cannot be read: who needs it asks
    /// for it alone, and hears why.
    ///
    /// @return whether there is more to read; if not, the answer was given
    boolean step(StretchReader reader) {
        if (next < wanted.length && page < pages.size()) {
            try {
                var stretch = reader.read(group, wanted[next], windowBytes);
                int taken = copy(stretch);
                arena.release(stretch.page());
                windowBytes = taken >= CROWD ? PageArena.PAGE_BYTES : taken > 1 ? NEAR_BYTES : LONELY_BYTES;
            } catch (IOException e) {
                next++;
            }
            return true;
        }
        answer.accept(
                new EntryReader.Gathered(pages, count, Arrays.copyOf(locations, count), Arrays.copyOf(places, count)));
        return false;
    }

    // all that the stretch has; the first is passed over if it has none, so that each step gets on
    private int copy(EntryReader.Result.Stretch stretch) {
        int before = count;
        int first = next;
        int piece = 0;
        while (next < wanted.length && page < pages.size()) {
            piece = stretch.piece(wanted[next], 1, piece);
            if (piece < 0) {
                break;
            }
            int start = stretch.starts()[piece] + (int) (wanted[next] - stretch.locations()[piece]);
            copy(stretch.page(), start, wanted[next]);
            next++;
        }
        if (next == first) {
            next++;
        }
        return count - before;
    }

    private void copy(Page from, int start, long location) {
        int bytes = measure.bytes(from.bytes(), start);
        if (bytes > PageArena.PAGE_BYTES) {
            return;
        }
        if (end + bytes > PageArena.PAGE_BYTES) {
            end = 0;
            if (++page == pages.size()) {
                return;
            }
        }
        pages.get(page).bytes().put(end, from.bytes(), start, bytes);
        locations[count] = location;
        places[count++] = page * PageArena.PAGE_BYTES + end;
        end += bytes;
    }
}
