package io.headrace.conformance;

import java.util.concurrent.atomic.AtomicInteger;

/// Names that no other test uses, also when the broker outlives the run.
public final class Names {
    private static final String RUN = Long.toString(System.nanoTime() & 0xFFFFFF, 36);
    private static final AtomicInteger NEXT = new AtomicInteger();

    private Names() {}

    public static String fresh(String what) {
        return what + "." + RUN + "." + NEXT.incrementAndGet();
    }
}
