package io.headrace.stream;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Looks into the files of aborted transactions that lie beside segments.
///
/// Threads: a file thread.
final class AbortedFile {
    private static final int CHUNK_ENTRIES = 512;

    private final SegmentFiles files;

    AbortedFile(SegmentFiles files) {
        this.files = files;
    }

    /// The first `count` entries of a segment's file.
    ///
    /// @param endOffset the segment's
    record Part(Segment segment, int count, long endOffset) {}

    /// @param complete nothing that follows in the index meets the range
    /// @param here false if the file went meanwhile
    record Found(List<AbortedRange> ranges, boolean complete, boolean here) {
        static final Found NOT_HERE = new Found(List.of(), false, false);
    }

    /// Those that meet `[from, to)`.
    Found find(Part part, long from, long to) throws IOException {
        var found = new ArrayList<AbortedRange>();
        boolean complete = false;
        var chunk = ByteBuffer.allocate(CHUNK_ENTRIES * AbortedRange.BYTES);
        for (int at = firstEndingFrom(part, from); at < part.count && !complete; ) {
            int entries = Math.min(CHUNK_ENTRIES, part.count - at);
            fill(part, chunk, at, entries);
            for (int i = 0; i < entries && !complete; i++) {
                var range = AbortedRange.read(chunk);
                if (range.meets(from, to)) {
                    found.add(range);
                }
                complete = range.lastBefore(to);
            }
            at += entries;
        }
        return new Found(found, complete, true);
    }

    /// Those that meet `[from, to)` in what lies in several segments' files, oldest first.
    List<AbortedRange> find(List<Part> parts, long from, long to) throws IOException {
        var found = new ArrayList<AbortedRange>();
        for (var part : parts) {
            if (part.endOffset > from) {
                var some = find(part, from, to);
                found.addAll(some.ranges);
                if (some.complete) {
                    break;
                }
            }
        }
        return found;
    }

    // markers lie in the order of their offsets
    private int firstEndingFrom(Part part, long offset) throws IOException {
        var entry = ByteBuffer.allocate(AbortedRange.BYTES);
        int low = 0;
        int high = part.count;
        while (low < high) {
            int middle = low + high >>> 1;
            fill(part, entry, middle, 1);
            if (AbortedRange.lastOffset(entry) < offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private void fill(Part part, ByteBuffer into, int entry, int entries) throws IOException {
        into.clear().limit(entries * AbortedRange.BYTES);
        long position = (long) entry * AbortedRange.BYTES;
        int read = files.readAborted(part.segment, into, position);
        if (read < into.limit()) {
            throw new IOException("the index of aborted transactions of segment %s is harmed: it ends at %d, not at %d"
                    .formatted(part.segment.fileName(), position + Math.max(0, read), position + into.limit()));
        }
        into.flip();
    }
}
