package io.headrace.stream;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.storage.internals.log.AbortedTxn;
import org.apache.kafka.storage.internals.log.CleanedTransactionMetadata;

/// Whose transaction was aborted, told to Kafka's account of it a stretch ahead of the batches, so that it does not
/// matter how many there are in a segment.
///
/// Threads: a file thread.
final class CompactionTransactions {
    private static final int STRETCH_OFFSETS = 16 << 10;

    private final CleanedTransactionMetadata account = new CleanedTransactionMetadata();
    private final AbortedFile files;
    private final List<AbortedFile.Part> parts;
    private final Map<Long, AbortedRange> byMarker = new HashMap<>(); // of what is told and not passed
    private long told; // what ends below

    CompactionTransactions(AbortedFile files, List<AbortedFile.Part> parts) {
        this.files = files;
        this.parts = parts;
    }

    /// Before a batch is looked at.
    void reach(long baseOffset, long nextOffset) throws IOException {
        if (parts.isEmpty() || nextOffset <= told) {
            return;
        }
        long to = nextOffset + STRETCH_OFFSETS;
        byMarker.keySet().removeIf(marker -> marker < baseOffset);
        var ranges = files.find(parts, Math.max(told, baseOffset), to);
        account.addAbortedTransactions(ranges.stream()
                .map(range -> new AbortedTxn(
                        range.producerId(), range.firstOffset(), range.lastOffset(), range.lastStableOffset()))
                .toList());
        ranges.forEach(range -> byMarker.put(range.lastOffset(), range));
        told = to;
    }

    /// What batches and markers are met is told to this.
    CleanedTransactionMetadata account() {
        return account;
    }

    /// What ends with the marker at `offset`, if it was aborted.
    Optional<AbortedRange> endedBy(long offset) {
        return Optional.ofNullable(byMarker.get(offset));
    }
}
