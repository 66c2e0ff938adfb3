package io.headrace.stream;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;

/// Finds a partition's aborted transactions of which records may lie in a range: in memory where they are, else in the
/// files beside the segments.
///
/// Who has read records and asks in the same turn gets the whole answer, even if the segments are compacted before a
/// file was looked into (not if they are deleted: [Partition#aborted]): then it is asked again of those that took their
/// place. [Compaction] keeps an entry as long as
/// the marker, and so for one pass at least after the records went.
///
/// Threads: the loop of the partition.
final class AbortedSearch {
    private final LogPartition partition;
    private final Streams streams;
    private final long from;
    private final long to;
    private final Consumer<List<AbortedTransaction>> answer;
    private final List<AbortedRange> found = new ArrayList<>();
    private Iterator<Segment> left;

    AbortedSearch(
            LogPartition partition, Streams streams, long from, long to, Consumer<List<AbortedTransaction>> answer) {
        this.partition = partition;
        this.streams = streams;
        this.from = from;
        this.to = to;
        this.answer = answer;
    }

    void begin() {
        var segments =
                partition.gone() ? List.<Segment>of() : partition.segments().aborting(from);
        found.clear();
        left = segments.iterator();
        goOn();
    }

    private void goOn() {
        while (left.hasNext()) {
            var segment = left.next();
            var index = segment.aborted().orElseThrow();
            if (!index.inMemory(from)) {
                readFile(segment, index);
                return;
            }
            if (index.find(from, to, found)) {
                break;
            }
        }
        answer.accept(AbortedRange.byFirstOffset(found));
    }

    private void readFile(Segment segment, AbortedIndex index) {
        var part = new AbortedFile.Part(segment, index.fileOnly(), segment.endOffset());
        var inMemory = new ArrayList<AbortedRange>();
        boolean memoryComplete = index.find(from, to, inMemory);
        streams.readAborted(part, from, to, got -> {
            if (!got.here() || segment.gone()) {
                begin();
                return;
            }
            found.addAll(got.ranges());
            if (!got.complete()) { // what followed is taken as it was then: by now it may be in the file only
                found.addAll(inMemory);
            }
            if (got.complete() || memoryComplete) {
                left = Collections.emptyIterator();
            }
            goOn();
        });
    }
}
