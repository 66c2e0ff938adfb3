package io.headrace.net;

import io.headrace.shard.Loop;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.internal.PlatformDependent;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/// Memory for what was read from sockets and for what waits to be sent, of all connections together. Each of them is
/// bounded by itself, but there may be thousands, so whoever is about to fill more asks here first: when it is
/// [#tight] all take small portions, and when it is [#full] deliveries wait for [#onRelief]. What is left above that is
/// for single large messages and for answers, which are not asked to wait.
///
/// ```text
///  0           1/4             3/8                                       all that the JVM may have
///  ├── as usual ─┼──── tight ────┼──── full ──────────────────────────────┤
/// ```
/// A peer that takes nothing of what waits for it while memory is full would make all others wait for good, so it is
/// cut
/// after [SocketEnd#STALLED_SECONDS_MAX].
///
/// How much is in use takes a microsecond or two to find out, so that is done once for each megabyte taken, and more
/// often when memory is tight.
///
/// Threads: any, but for [#onRelief].
public final class BufferMemory {
    private static final long LOOK_BYTES = 1 << 20;
    private static final long LOOK_BYTES_TIGHT = 64 << 10;
    private static final long RELIEF_MILLIS = 20;
    private static final int RELIEFS_PER_SECOND = 50;

    private final Loop loop;
    private final LongSupplier used;
    private final long tightBytes;
    private final long fullBytes;
    private final AtomicLong unseenBytes = new AtomicLong(); // taken since the last look
    private final Set<SocketEnd> sockets = ConcurrentHashMap.newKeySet();
    private volatile boolean tight;
    private volatile boolean full;
    private List<Runnable> waiting = new ArrayList<>(0); // loop only, and so is the next
    private int looksWhileFull;

    /// @param loop of those who wait
    /// @param bytesMax all that there may be
    /// @param used how much of it is in use now; any thread
    public BufferMemory(Loop loop, long bytesMax, LongSupplier used) {
        this.loop = loop;
        this.used = used;
        this.tightBytes = bytesMax / 4;
        this.fullBytes = bytesMax / 8 * 3;
    }

    /// That of this JVM: Netty's pool, which may have what the JVM allows outside its heap.
    static BufferMemory ofProcess(Loop loop) {
        return new BufferMemory(loop, PlatformDependent.maxDirectMemory(), BufferMemory::usedInProcess);
    }

    /// Of this JVM's, what is in use at the moment.
    static long usedInProcess() {
        return PooledByteBufAllocator.DEFAULT.pinnedDirectMemory();
    }

    /// More is in use, by `bytes`.
    void taken(int bytes) {
        if (unseenBytes.addAndGet(bytes) >= (tight ? LOOK_BYTES_TIGHT : LOOK_BYTES)) {
            look();
        }
    }

    private void look() {
        unseenBytes.set(0);
        long bytes = used.getAsLong();
        tight = bytes >= tightBytes;
        full = bytes >= fullBytes;
    }

    /// Whether to read little at a time, and to send one message and no more until the socket has taken it.
    public boolean tight() {
        return tight;
    }

    /// Whether to send nothing that can wait.
    public boolean full() {
        return full;
    }

    /// Runs `task` once when memory is not full any more, in no order. Many may have waited, so it has to ask again. On
    /// the
    /// loop only.
    public void onRelief(Runnable task) {
        waiting.add(task);
        if (waiting.size() == 1) {
            looksWhileFull = 0;
            loop.schedule(RELIEF_MILLIS, this::relieve);
        }
    }

    private void relieve() {
        look();
        if (full) {
            looksWhileFull++;
            if (looksWhileFull % RELIEFS_PER_SECOND == 0) {
                cutStalled(looksWhileFull / RELIEFS_PER_SECOND);
            }
            loop.schedule(RELIEF_MILLIS, this::relieve);
            return;
        }
        var ready = waiting;
        waiting = new ArrayList<>(0);
        // the last, the first, the last but one: those who take nothing once they are served would come first again and
        // again, as they are many, and whoever takes what it gets would wait behind all of them
        for (int first = 0, last = ready.size() - 1; first <= last; ) {
            ready.get(last--).run();
            if (first <= last) {
                ready.get(first++).run();
            }
        }
    }

    /// To be called each second while memory is full and somebody waits.
    ///
    /// @param second of that time, from 1 on
    void cutStalled(int second) {
        sockets.forEach(socket -> socket.cutIfStalled(second));
    }

    void opened(SocketEnd socket) {
        sockets.add(socket);
    }

    void closed(SocketEnd socket) {
        sockets.remove(socket);
    }
}
