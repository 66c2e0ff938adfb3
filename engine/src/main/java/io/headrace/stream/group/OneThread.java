package io.headrace.stream.group;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// One platform thread that does tasks in order, and is there only while there are any.
final class OneThread {
    private static final long IDLE_SECONDS = 10;

    private OneThread() {}

    static ThreadPoolExecutor named(String name) {
        var executor = new ThreadPoolExecutor(
                1,
                1,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                Thread.ofPlatform().name(name).daemon().factory());
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }
}
