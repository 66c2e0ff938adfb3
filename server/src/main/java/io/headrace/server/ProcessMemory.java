package io.headrace.server;

import com.sun.management.OperatingSystemMXBean;
import io.headrace.broker.MemoryGauge;
import io.headrace.log.PageArena;
import io.headrace.net.EventLoops;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.List;

/// The memory of this JVM: objects that lived through the last collection, code and classes, sockets' buffers, pages of
/// the log. The resident size will not do: it hardly ever falls, so an alarm would stay for good.
///
/// Threads: any.
record ProcessMemory(PageArena arena) implements MemoryGauge {
    /// Not loaded before the first look, so that no start waits for it.
    private static final class Beans {
        static final List<MemoryPoolMXBean> POOLS = ManagementFactory.getMemoryPoolMXBeans();
        static final OperatingSystemMXBean MACHINE = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    }

    @Override
    public long usedBytes() {
        long bytes = arena.usedBytes() + EventLoops.directBytes();
        for (var pool : Beans.POOLS) {
            bytes += pool.getType() == MemoryType.HEAP ? afterCollection(pool) : used(pool.getUsage());
        }
        return bytes;
    }

    // The old generation is collected so seldom that what the last collection left says little; what is in it now
    // is mostly alive.
    private static long afterCollection(MemoryPoolMXBean pool) {
        return pool.getName().contains("Old") ? used(pool.getUsage()) : used(pool.getCollectionUsage());
    }

    private static long used(MemoryUsage usage) {
        return usage == null ? 0 : usage.getUsed();
    }

    @Override
    public long totalBytes() {
        return Beans.MACHINE.getTotalMemorySize();
    }
}
