package io.headrace.broker;

import java.util.Map;
import java.util.function.Consumer;

/// Gives ids to producers, none of them twice: a block at a time is set aside in the catalog.
///
/// Threads: the loop.
final class ProducerIds {
    private static final String SETTINGS = "kafka.producers";
    private static final String NEXT = "next";
    private static final long BLOCK = 1_000;

    private final Engine engine;
    private long next;
    private long end; // of the block that is ours

    ProducerIds(Engine engine) {
        this.engine = engine;
    }

    void next(Consumer<Long> answer) {
        if (next < end) {
            answer.accept(next++);
            return;
        }
        long first = Long.parseLong(engine.catalog().settings(SETTINGS).getOrDefault(NEXT, "0"));
        next = first + 1;
        end = first + BLOCK;
        engine.put(SETTINGS, Map.of(NEXT, Long.toString(end)), () -> answer.accept(first));
    }
}
