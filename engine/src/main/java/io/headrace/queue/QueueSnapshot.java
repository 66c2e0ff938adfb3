package io.headrace.queue;

import java.nio.ByteBuffer;

/// All queues in one section of a checkpoint. Pages that are full enough are named by their blocks in the
/// index file, others are written out; transient messages are left out.
///
/// ```text
///  u8 version 4 | u32 queues | queues × {
///    u32 id | u32 retries | retries × { u64 sequence, u64 as in [RetryWord] } |
///    u16 lanes | lanes × {
///      u64 next sequence | u64 delivered end |
///      u32 blocks | blocks × { u64 first sequence, u32 block, u32 expiry block or -1, u32 retry block or -1,
///                              u32 live, u32 transient, u32 delayed,
///                              u64 bytes, u64 body bytes, u64 first location, u64 last location, u64 earliest,
///                              u16 words, words × u64: 64 with a bit for each message that is alive, or 0 if
///                                                      the block has them right } |
///      u32 messages | messages × { u64 sequence, u64 location, u32 length, u32 body bytes, u64 expiry } } }
///
///  version 3: attempts × { u64 sequence, u32 count } instead of retries, for messages in blocks too; of a block
///  neither retry block nor delayed
///
///  version 2: as 3, and the blocks always have them right, without words
///
///  u8 version 1 | u32 queues | queues × {
///    u32 id | u64 next sequence | u64 delivered end |
///    u32 blocks | blocks × { u64 first sequence, u32 block, u32 live, u32 transient, u64 bytes,
///                            u64 first location, u64 last location } |
///    u32 messages | messages × { u64 sequence, u64 location, u32 length } }
/// ```
/// Retries are those of messages that are written out; a block's lie in its retry block. Versions 1, of brokers in
/// which
/// nothing expired, to 3, in which nothing was delayed, are read and not written. Times are in ms since 1970; what
/// never expires has [Long#MAX_VALUE].
///
/// Threads: the loop of the shard.
final class QueueSnapshot {
    private static final byte VERSION = 4;
    private static final byte NOTHING_DELAYED = 3;
    private static final byte WITHOUT_WORDS = 2;
    private static final byte NOTHING_EXPIRES = 1;
    private static final int HEADER_BYTES = 1 + Integer.BYTES;
    private static final int QUEUE_BYTES = 2 * Integer.BYTES + Short.BYTES;
    private static final int LANE_BYTES = 2 * Integer.BYTES + 2 * Long.BYTES;
    private static final int ATTEMPT_BYTES = Long.BYTES + Integer.BYTES;
    private static final int RETRY_BYTES = 2 * Long.BYTES;
    private static final int BLOCK_BYTES = 6 * Integer.BYTES + 6 * Long.BYTES + Short.BYTES;
    private static final int MESSAGE_BYTES = 3 * Long.BYTES + 2 * Integer.BYTES;
    /// For a page of which a part is in [DueSoon], which is not kept: it is looked through after the restart.
    private static final long AT_ONCE = 1;

    /// A page with fewer live messages than this is written out: 32 bytes each against a block of 64 KiB.
    private static final int BLOCK_LIVE_MIN = 1024;

    private QueueSnapshot() {}

    static ByteBuffer take(Queues queues) {
        var all = queues.all();
        long bytes = HEADER_BYTES;
        for (var queue : all) {
            bytes += QUEUE_BYTES;
            for (var lane : queue.contents().lanes()) {
                bytes += LANE_BYTES + pageBytes(lane.index);
            }
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
        if (version < NOTHING_EXPIRES || version > VERSION) {
            throw new IllegalStateException("queue snapshot of version " + version + ", this broker reads "
                    + NOTHING_EXPIRES + " to " + VERSION);
        }
        for (int i = source.getInt(); i > 0; i--) {
            if (version == NOTHING_EXPIRES) {
                readFirstVersion(source, queues);
            } else {
                read(source, version, queues);
            }
        }
    }

    private static long pageBytes(QueueIndex index) {
        long[] bytes = {0};
        index.forEachPage((first, slot) ->
                bytes[0] += inBlock(slot) ? blockBytes(slot) : (long) (slot.live - slot.liveTransient) * MESSAGE_BYTES);
        forEachRetry(index, (_, _) -> bytes[0] += RETRY_BYTES);
        return bytes[0];
    }

    private interface RetryVisitor {
        void retry(long sequence, long word);
    }

    /// Of messages that are written out.
    private static void forEachRetry(QueueIndex index, RetryVisitor visitor) {
        index.forEachPage((first, slot) -> {
            if (!inBlock(slot) && slot.page.hasRetries()) {
                var page = slot.page;
                for (int at = page.nextLive(0); at >= 0; at = page.nextLive(at + 1)) {
                    if (page.retry(at) != 0) {
                        visitor.retry(first + at, page.retry(at));
                    }
                }
            }
        });
    }

    private static int blockBytes(PageSlot slot) {
        return BLOCK_BYTES + slot.stillAlive().length * Long.BYTES;
    }

    private static boolean inBlock(PageSlot slot) {
        return !slot.resident() || slot.live - slot.liveTransient >= BLOCK_LIVE_MIN;
    }

    private static void write(Queue queue, ByteBuffer target) {
        target.putInt(queue.id());
        int countAt = target.position();
        int[] count = {0};
        target.putInt(0);
        for (var lane : queue.contents().lanes()) {
            forEachRetry(lane.index, (sequence, word) -> {
                target.putLong(sequence).putLong(word);
                count[0]++;
            });
        }
        target.putInt(countAt, count[0]);
        target.putShort((short) queue.contents().lanes().length);
        for (var lane : queue.contents().lanes()) {
            write(lane, target);
        }
    }

    private static void write(Lane lane, ByteBuffer target) {
        target.putLong(lane.nextSequence()).putLong(lane.deliveredEnd());
        int countAt = target.position();
        target.putInt(0);
        int[] counts = {0, 0};
        lane.index.forEachPage((first, slot) -> {
            if (inBlock(slot)) {
                if (slot.resident()) {
                    lane.index.store().save(slot);
                }
                writeBlock(first, slot, target);
                counts[0]++;
            }
        });
        target.putInt(countAt, counts[0]);
        int messagesAt = target.position();
        target.putInt(0);
        lane.index.forEachPage((first, slot) -> {
            if (!inBlock(slot)) {
                counts[1] += writeMessages(first, slot.page, target);
            }
        });
        target.putInt(messagesAt, counts[1]);
    }

    private static void writeBlock(long first, PageSlot slot, ByteBuffer target) {
        target.putLong(first).putInt(slot.block).putInt(slot.expiryBlock).putInt(slot.retryBlock);
        target.putInt(slot.live).putInt(slot.liveTransient).putInt(slot.delayed);
        target.putLong(slot.liveBytes - slot.transientBytes).putLong(slot.bodyBytes - slot.transientBodyBytes);
        target.putLong(slot.firstLocation).putLong(slot.lastLocation);
        target.putLong(slot.soonUntil > 0 ? AT_ONCE : slot.earliest);
        var words = slot.stillAlive();
        target.putShort((short) words.length);
        for (long word : words) {
            target.putLong(word);
        }
    }

    private static int writeMessages(long first, IndexPage page, ByteBuffer target) {
        int count = 0;
        for (int at = page.nextLive(0); at >= 0; at = page.nextLive(at + 1)) {
            if (!page.isTransient(at)) {
                target.putLong(first + at).putLong(page.location(at));
                target.putInt(page.length(at)).putInt(page.bodyBytes(at)).putLong(page.expiry(at));
                count++;
            }
        }
        return count;
    }

    private static void read(ByteBuffer source, byte version, Queues queues) {
        var queue = queues.byId(source.getInt());
        boolean attemptsAlone = version <= NOTHING_DELAYED;
        int retries = source.getInt();
        int retriesAt = source.position();
        int retryBytes = attemptsAlone ? ATTEMPT_BYTES : RETRY_BYTES;
        source.position(retriesAt + retries * retryBytes);
        int lanes = source.getShort();
        for (int i = 0; i < lanes; i++) {
            readLane(source, version, queue, i);
        }
        for (int i = 0; i < retries && queue != null; i++) { // of messages that are there by now
            int at = retriesAt + i * retryBytes;
            long word =
                    attemptsAlone ? RetryWord.of(source.getInt(at + Long.BYTES), 0) : source.getLong(at + Long.BYTES);
            queue.retries().applied(source.getLong(at), word);
        }
    }

    private static void readLane(ByteBuffer source, byte version, Queue queue, int number) {
        long nextSequence = source.getLong();
        long deliveredEnd = source.getLong();
        for (int i = source.getInt(); i > 0; i--) {
            long first = source.getLong();
            var slot = readSlot(source, version > NOTHING_DELAYED);
            if (version != WITHOUT_WORDS) {
                readWords(slot, source);
            }
            if (queue != null && slot.live > 0) {
                queue.restored(first, slot);
            }
        }
        for (int i = source.getInt(); i > 0; i--) {
            long sequence = source.getLong();
            long location = source.getLong();
            int length = source.getInt();
            int bodyBytes = source.getInt();
            long expiry = source.getLong();
            if (queue != null) {
                queue.replayed(sequence, location, length, bodyBytes);
                if (expiry != Long.MAX_VALUE) {
                    queue.expires(sequence, expiry);
                }
            }
        }
        if (queue != null) {
            queue.contents().lanes()[number].restored(nextSequence, deliveredEnd);
        }
    }

    private static PageSlot readSlot(ByteBuffer source, boolean delays) {
        var slot = new PageSlot();
        slot.block = source.getInt();
        slot.expiryBlock = source.getInt();
        slot.retryBlock = delays ? source.getInt() : -1;
        live(slot, source);
        slot.delayed = delays ? source.getInt() : 0;
        slot.liveBytes = source.getLong();
        slot.bodyBytes = source.getLong();
        slot.firstLocation = source.getLong();
        slot.lastLocation = source.getLong();
        slot.earliest = source.getLong();
        return slot;
    }

    private static void readWords(PageSlot slot, ByteBuffer source) {
        int count = source.getShort();
        if (count > 0) {
            slot.remaining = new long[count];
            for (int i = 0; i < count; i++) {
                slot.remaining[i] = source.getLong();
            }
        }
    }

    private static void live(PageSlot slot, ByteBuffer source) {
        int live = source.getInt();
        int transients = source.getInt();
        slot.live = live - transients;
        slot.dropTransients = transients > 0;
    }

    private static void readFirstVersion(ByteBuffer source, Queues queues) {
        var queue = queues.byId(source.getInt());
        long nextSequence = source.getLong();
        long deliveredEnd = source.getLong();
        for (int i = source.getInt(); i > 0; i--) {
            long first = source.getLong();
            var slot = new PageSlot();
            slot.block = source.getInt();
            live(slot, source);
            slot.liveBytes = source.getLong();
            slot.firstLocation = source.getLong();
            slot.lastLocation = source.getLong();
            if (queue != null && slot.live > 0) {
                queue.restored(first, slot);
            }
        }
        for (int i = source.getInt(); i > 0; i--) {
            long sequence = source.getLong();
            long location = source.getLong();
            int length = source.getInt();
            if (queue != null) {
                queue.replayed(sequence, location, length, 0);
            }
        }
        if (queue != null) {
            queue.contents().lanes()[0].restored(nextSequence, deliveredEnd);
        }
    }
}
