package io.headrace.kafka;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/// What the current thread has allocated on the heap, and how long it has worked.
final class Allocation {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Allocation() {}

    static long ofThisThread() {
        return THREADS.getCurrentThreadAllocatedBytes();
    }

    static long cpuNanosOfThisThread() {
        return THREADS.getCurrentThreadCpuTime();
    }
}
