package io.headrace.stream;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;

/// The aborted transactions whose markers are in one segment, in the order of the markers. They lie in a file beside
/// the segment's, which is written and forced together with it; in memory are those that are not in it yet, and of the
/// segment that is appended to a few more, which readers at the end of the partition ask for.
///
/// Threads: the loop of the partition; before it runs, the thread that recovers.
final class AbortedIndex {
    /// 256 of them are some 12 KiB.
    static final int KEPT_MAX = 256;

    private final ArrayDeque<AbortedRange> newest = new ArrayDeque<>();
    private int count;
    private int written; // of the count
    private int keptMax = KEPT_MAX;

    AbortedIndex() {}

    /// @param written so many are in the file
    AbortedIndex(int written) {
        this.count = written;
        this.written = written;
    }

    void add(AbortedRange range) {
        newest.addLast(range);
        count++;
    }

    int count() {
        return count;
    }

    /// So many are in the file and not in memory.
    int fileOnly() {
        return count - newest.size();
    }

    int written() {
        return written;
    }

    int unwritten() {
        return count - written;
    }

    /// Where in the file the first one goes that is not in it.
    long writtenBytes() {
        return (long) written * AbortedRange.BYTES;
    }

    /// Those that are not in the file.
    ByteBuffer toWrite() {
        var bytes = ByteBuffer.allocate(unwritten() * AbortedRange.BYTES);
        newest.stream().skip(newest.size() - unwritten()).forEach(range -> range.write(bytes));
        return bytes.flip();
    }

    /// The next `ranges` are in the file.
    void written(int ranges) {
        written += ranges;
        forget();
    }

    /// No more are added.
    void seal() {
        keptMax = 0;
        forget();
    }

    private void forget() {
        int spare = newest.size() - Math.max(keptMax, unwritten());
        for (; spare > 0; spare--) {
            newest.removeFirst();
        }
    }

    /// Whether none that ends at or after `offset` is in the file only.
    boolean inMemory(long offset) {
        return fileOnly() == 0 || !newest.isEmpty() && newest.getFirst().lastOffset() <= offset;
    }

    /// Adds those in memory that meet the range.
    ///
    /// @return whether nothing that follows does
    boolean find(long from, long to, List<AbortedRange> found) {
        for (var range : newest) {
            if (range.meets(from, to)) {
                found.add(range);
            }
            if (range.lastBefore(to)) {
                return true;
            }
        }
        return false;
    }
}
