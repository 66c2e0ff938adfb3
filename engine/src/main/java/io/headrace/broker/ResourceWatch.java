package io.headrace.broker;

import io.headrace.config.Share;
import io.headrace.log.Storage;
import io.headrace.shard.Loop;
import java.io.IOException;
import java.util.concurrent.Executor;

/// Looks at memory and disk every few seconds, and sets and clears their alarms.
///
/// Threads: the loop keeps the rhythm, the looks are on a thread for files, one at a time; anyone may set limits and
/// read levels.
final class ResourceWatch implements Resources {
    private static final System.Logger LOG = System.getLogger(ResourceWatch.class.getName());
    private static final long LOOK_MILLIS = 2_500;

    private final String node;
    private final Loop loop;
    private final Executor files;
    private final Storage storage;
    private final MemoryGauge memory;
    private final ResourceAlarms alarms;
    private volatile Share memoryLimit;
    private volatile Share diskLimit;
    private boolean memoryLow; // at the last look; this and the next under the lock
    private boolean diskLow;
    private volatile Levels levels = new Levels(0, 0, 0, false, 0, 0, false, 0);

    ResourceWatch(
            String node,
            Loop loop,
            Executor files,
            Storage storage,
            MemoryGauge memory,
            ResourceLimits limits,
            ResourceAlarms alarms) {
        this.node = node;
        this.loop = loop;
        this.files = files;
        this.storage = storage;
        this.memory = memory;
        this.alarms = alarms;
        this.memoryLimit = limits.memoryHighWatermark();
        this.diskLimit = limits.diskFreeLimit();
    }

    void start() {
        look(() -> loop.schedule(LOOK_MILLIS, this::start));
    }

    @Override
    public Levels levels() {
        return levels;
    }

    @Override
    public void limitMemory(Share ofTotal, Runnable done) {
        memoryLimit = ofTotal;
        look(done);
    }

    @Override
    public void limitDisk(Share ofMemory, Runnable done) {
        diskLimit = ofMemory;
        look(done);
    }

    private void look(Runnable done) {
        files.execute(() -> {
            look();
            done.run();
        });
    }

    private synchronized void look() {
        long total = memory.totalBytes();
        long used = memory.usedBytes();
        long mostUsed = memoryLimit.of(total);
        long leastFree = diskLimit.of(total);
        long free = freeBytes();
        boolean memoryLow = used > mostUsed;
        boolean diskLow = free < leastFree;
        if (memoryLow != this.memoryLow) {
            this.memoryLow = memoryLow;
            tell("memory", memoryLow, used + " bytes used, the limit is " + mostUsed);
        }
        if (diskLow != this.diskLow) {
            this.diskLow = diskLow;
            tell("disk", diskLow, free + " bytes free, the limit is " + leastFree);
        }
        alarms.low(memoryLow, diskLow);
        levels = new Levels(used, mostUsed, total, memoryLow, free, leastFree, alarms.diskShort(), totalBytes());
    }

    private long totalBytes() {
        try {
            return storage.totalBytes();
        } catch (IOException e) {
            return levels.diskTotalBytes(); // said below already
        }
    }

    // a device that does not answer is the log's business, which stops at the next write
    private long freeBytes() {
        try {
            return storage.usableBytes();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "cannot tell what is free on the device: {0}", e.getMessage());
            return levels.diskFreeBytes();
        }
    }

    // in words that people search their logs for
    private void tell(String resource, boolean set, String levels) {
        LOG.log(
                System.Logger.Level.WARNING,
                set
                        ? "{0} resource limit alarm set on node {1}: {2}. *** Publishers will be blocked until this alarm"
                                + " clears ***"
                        : "{0} resource limit alarm cleared on node {1}: {2}",
                resource,
                node,
                levels);
    }
}
