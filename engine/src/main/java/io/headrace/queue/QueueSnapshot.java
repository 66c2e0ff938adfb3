package io.headrace.queue;

import java.nio.ByteBuffer;

/// All queues in one section of a checkpoint. Pages that are full enough are named by their block in the
/// index file, others are written out; transient messages are left out.
///
/// ```text
///  u8 version 1 | u32 queues | queues × {
///    u32 id | u64 next sequence | u64 delivered end |
///    u32 blocks | blocks × { u64 first sequence, u32 block, u32 live, u32 transient, u64 bytes,
///                            u64 first location, u64 last location } |
///    u32 messages | messages × { u64 sequence, u64 location, u32 length } }
/// ```
///
/// Threads: the loop of the shard.
final class QueueSnapshot {
    private static final byte VERSION = 1;
    private static final int HEADER_BYTES = 1 + Integer.BYTES;
    private static final int QUEUE_BYTES = 3 * Integer.BYTES + 2 * Long.BYTES;
    private static final int BLOCK_BYTES = 3 * Integer.BYTES + 4 * Long.BYTES;
    private static final int MESSAGE_BYTES = 2 * Long.BYTES + Integer.BYTES;
    /// A page with fewer live messages than this is written out: 20 bytes each against a block of 64 KiB.
    private static final int BLOCK_LIVE_MIN = 1024;

    private QueueSnapshot() {}

    static ByteBuffer take(Queues queues) {
        var all = queues.all();
        long bytes = HEADER_BYTES;
        for (var queue : all) {
            bytes += QUEUE_BYTES + pageBytes(queue.index());
        }
        var target = ByteBuffer.allocate(Math.toIntExact(bytes));
        target.put(VERSION).putInt(all.size());
        for (var queue : all) {
            write(queue, target);
        }
        queues.store().captured();
        return target.flip();
    }

    static void restore(ByteBuffer source, Queues queues) {
        byte version = source.get();
        if (version != VERSION) {
            throw new IllegalStateException("queue snapshot of version " + version + ", this broker reads " + VERSION);
        }
        for (int i = source.getInt(); i > 0; i--) {
            read(source, queues);
        }
    }

    private static long pageBytes(QueueIndex index) {
        long[] bytes = {0};
        index.forEachPage((first, slot) ->
                bytes[0] += inBlock(slot) ? BLOCK_BYTES : (long) (slot.live - slot.liveTransient) * MESSAGE_BYTES);
        return bytes[0];
    }

    private static boolean inBlock(PageSlot slot) {
        return !slot.resident() || slot.live - slot.liveTransient >= BLOCK_LIVE_MIN;
    }

    private static void write(Queue queue, ByteBuffer target) {
        target.putInt(queue.id()).putLong(queue.nextSequence()).putLong(queue.deliveredEnd());
        int countAt = target.position();
        target.putInt(0);
        int[] counts = {0, 0};
        queue.index().forEachPage((first, slot) -> {
            if (inBlock(slot)) {
                if (slot.resident()) {
                    queue.index().store().save(slot);
                }
                target.putLong(first).putInt(slot.block).putInt(slot.live).putInt(slot.liveTransient);
                target.putLong(slot.liveBytes).putLong(slot.firstLocation).putLong(slot.lastLocation);
                counts[0]++;
            }
        });
        target.putInt(countAt, counts[0]);
        int messagesAt = target.position();
        target.putInt(0);
        queue.index().forEachPage((first, slot) -> {
            if (!inBlock(slot)) {
                counts[1] += writeMessages(first, slot.page, target);
            }
        });
        target.putInt(messagesAt, counts[1]);
    }

    private static int writeMessages(long first, IndexPage page, ByteBuffer target) {
        int count = 0;
        for (int at = page.nextLive(0); at >= 0; at = page.nextLive(at + 1)) {
            if (!page.isTransient(at)) {
                target.putLong(first + at).putLong(page.location(at)).putInt(page.length(at));
                count++;
            }
        }
        return count;
    }

    private static void read(ByteBuffer source, Queues queues) {
        var queue = queues.byId(source.getInt());
        long nextSequence = source.getLong();
        long deliveredEnd = source.getLong();
        for (int i = source.getInt(); i > 0; i--) {
            long first = source.getLong();
            var slot = readSlot(source);
            if (queue != null && slot.live > 0) {
                queue.index().restorePage(first, slot);
            }
        }
        for (int i = source.getInt(); i > 0; i--) {
            long sequence = source.getLong();
            long location = source.getLong();
            int length = source.getInt();
            if (queue != null) {
                queue.index().put(sequence, location, length, false);
            }
        }
        if (queue != null) {
            queue.restored(nextSequence, deliveredEnd);
        }
    }

    private static PageSlot readSlot(ByteBuffer source) {
        var slot = new PageSlot();
        slot.block = source.getInt();
        int live = source.getInt();
        int transients = source.getInt();
        slot.live = live - transients;
        slot.dropTransients = transients > 0;
        slot.liveBytes = source.getLong();
        slot.firstLocation = source.getLong();
        slot.lastLocation = source.getLong();
        return slot;
    }
}
