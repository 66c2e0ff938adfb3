package io.headrace.kafka;

import io.headrace.shard.Loop;
import java.util.ArrayDeque;

/// How much memory all requests hold that came in pieces: what Kafka calls `queued.max.request.bytes`. One that
/// begins below the limit may go over it, so that the largest request can always be read.
///
/// Threads: any; who waits is called on its own loop.
final class RequestMemory {
    private record Waiting(Loop loop, Runnable task) {}

    private final long bytesMax;
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>(); // guarded by this
    private long held; // guarded by this

    RequestMemory(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /// @return false: nothing was taken, try again when [#whenFree] calls
    synchronized boolean take(int bytes) {
        if (held >= bytesMax) {
            return false;
        }
        held += bytes;
        return true;
    }

    synchronized void give(int bytes) {
        held -= bytes;
        while (held < bytesMax && !waiting.isEmpty()) {
            var next = waiting.poll();
            next.loop().execute(next.task());
        }
    }

    synchronized void whenFree(Loop loop, Runnable task) {
        if (held < bytesMax) {
            loop.execute(task);
        } else {
            waiting.add(new Waiting(loop, task));
        }
    }

    synchronized long held() {
        return held;
    }
}
