package io.headrace.broker;

import io.headrace.stream.AbortedTransaction;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/// What should be known of transactions in one partition: worked out anew from all that was appended.
final class TransactionModel {
    /// What somebody appended.
    sealed interface Event {
        long offset();

        long producer();

        record Sent(long offset, long producer, int sequence, int records) implements Event {}

        record Ended(long offset, long producer, boolean commit) implements Event {}
    }

    /// What a producer has done.
    record Known(int nextSequence, OptionalLong openFrom, Optional<Event.Sent> last) {
        static final Known NOTHING = new Known(0, OptionalLong.empty(), Optional.empty());
    }

    private record Aborted(long producer, long first, long marker) {}

    private final List<Event> events = new ArrayList<>();

    void add(Event event) {
        events.add(event);
    }

    /// A crash took what is at `endOffset` and later.
    void lost(long endOffset) {
        events.removeIf(event -> event.offset() >= endOffset);
    }

    Map<Long, Known> producers() {
        var producers = new TreeMap<Long, Known>();
        for (var event : events) {
            var before = producers.getOrDefault(event.producer(), Known.NOTHING);
            producers.put(
                    event.producer(),
                    switch (event) {
                        case Event.Sent sent ->
                            new Known(
                                    sent.sequence + sent.records,
                                    before.openFrom.isPresent() ? before.openFrom : OptionalLong.of(sent.offset),
                                    Optional.of(sent));
                        case Event.Ended _ -> new Known(before.nextSequence, OptionalLong.empty(), before.last);
                    });
        }
        return producers;
    }

    Known of(long producer) {
        return producers().getOrDefault(producer, Known.NOTHING);
    }

    /// If everything up to `end` is committed.
    long lastStable(long start, long end) {
        long stable = producers().values().stream()
                .flatMapToLong(known -> known.openFrom.stream())
                .min()
                .orElse(end);
        return Math.max(start, stable);
    }

    /// Those that end in `from` or later.
    List<AbortedTransaction> aborted(long from) {
        var open = new TreeMap<Long, Long>();
        var aborted = new ArrayList<Aborted>();
        for (var event : events) {
            switch (event) {
                case Event.Sent sent -> open.putIfAbsent(sent.producer, sent.offset);
                case Event.Ended(long offset, long producer, boolean commit) -> {
                    Long first = open.remove(producer);
                    if (first != null && !commit) {
                        aborted.add(new Aborted(producer, first, offset));
                    }
                }
            }
        }
        return aborted.stream()
                .filter(one -> one.marker >= from)
                .sorted(Comparator.comparingLong(Aborted::first))
                .map(one -> new AbortedTransaction(one.producer, one.first))
                .toList();
    }
}
