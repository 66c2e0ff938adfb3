package io.headrace.queue;

import java.nio.ByteBuffer;
import java.util.Arrays;

/// 4096 consecutive sequence numbers of a queue: for each a slot, and a bit that says whether the message
/// is alive.
///
/// ```text
///  slot (16 bytes)
///  0   t location        t = 1: transient; location as in [io.headrace.log.Location]
///  8   length (32) | 0   bytes of the stored message; the low half is kept for an expiry
///
///  block on disk
///  0     live bits        64 × int64
///  512   slots            4096 × 16 bytes
/// ```
/// The slots grow with use, so that a short queue costs little.
///
/// Threads: the loop of the queue.
final class IndexPage {
    static final int SLOTS = 4096;
    static final int SLOT_BITS = 12;
    static final int BLOCK_BYTES = SLOTS / 8 + SLOTS * 16;
    private static final int WORDS = SLOTS / 64;
    private static final int SLOTS_INITIAL = 32;
    private static final long TRANSIENT = Long.MIN_VALUE;

    private final long[] live = new long[WORDS];
    private long[] slots = new long[2 * SLOTS_INITIAL];

    void put(int slot, long location, int length, boolean isTransient) {
        if (2 * slot >= slots.length) {
            int wanted = Math.min(SLOTS, Math.max(Integer.highestOneBit(slot) << 1, slots.length));
            slots = Arrays.copyOf(slots, 2 * wanted);
        }
        slots[2 * slot] = isTransient ? location | TRANSIENT : location;
        slots[2 * slot + 1] = (long) length << 32;
        live[slot >> 6] |= 1L << slot;
    }

    boolean isLive(int slot) {
        return (live[slot >> 6] & 1L << slot) != 0;
    }

    void clear(int slot) {
        live[slot >> 6] &= ~(1L << slot);
    }

    long location(int slot) {
        return slots[2 * slot] & ~TRANSIENT;
    }

    boolean isTransient(int slot) {
        return slots[2 * slot] < 0;
    }

    int length(int slot) {
        return (int) (slots[2 * slot + 1] >>> 32);
    }

    /// @return the first live slot from `slot` on, or -1
    int nextLive(int slot) {
        if (slot >= SLOTS) {
            return -1;
        }
        int word = slot >> 6;
        long bits = live[word] & -1L << slot;
        while (bits == 0) {
            if (++word == WORDS) {
                return -1;
            }
            bits = live[word];
        }
        return word * 64 + Long.numberOfTrailingZeros(bits);
    }

    /// Forgets messages that did not survive a restart.
    void clearTransients() {
        for (int slot = nextLive(0); slot >= 0; slot = nextLive(slot + 1)) {
            if (isTransient(slot)) {
                clear(slot);
            }
        }
    }

    void write(ByteBuffer block) {
        for (long word : live) {
            block.putLong(word);
        }
        for (long half : slots) {
            block.putLong(half);
        }
    }

    static IndexPage read(ByteBuffer block) {
        var page = new IndexPage();
        page.slots = new long[2 * SLOTS];
        for (int i = 0; i < WORDS; i++) {
            page.live[i] = block.getLong();
        }
        for (int i = 0; i < page.slots.length && block.remaining() >= Long.BYTES; i++) {
            page.slots[i] = block.getLong();
        }
        return page;
    }
}
