package io.headrace.bridge;

import io.headrace.catalog.Resource;
import io.headrace.queue.Queue;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;

/// Where a message goes. The arrays are not changed.
public record Destinations(Queue[] queues, StreamQueue[] streams) {
    private static final Queue[] NO_QUEUES = {};
    static final StreamQueue[] NO_STREAMS = {};
    public static final Destinations NOWHERE = new Destinations(NO_QUEUES, NO_STREAMS);

    public int count() {
        return queues.length + streams.length;
    }

    /// Both, each once.
    Destinations and(Destinations more) {
        if (count() == 0 || more.count() == 0) {
            return count() == 0 ? more : this;
        }
        return new Destinations(
                union(queues, more.queues).toArray(Queue[]::new),
                union(streams, more.streams).toArray(StreamQueue[]::new));
    }

    /// All but the stream over this topic.
    Destinations without(Resource topic) {
        return new Destinations(
                queues,
                Arrays.stream(streams)
                        .filter(stream -> !stream.topic().equals(topic))
                        .toArray(StreamQueue[]::new));
    }

    private static <T> LinkedHashSet<T> union(T[] first, T[] second) {
        var union = new LinkedHashSet<T>(List.of(first));
        union.addAll(List.of(second));
        return union;
    }
}
