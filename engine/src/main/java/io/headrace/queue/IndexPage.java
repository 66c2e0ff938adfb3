package io.headrace.queue;

import java.nio.ByteBuffer;
import java.util.Arrays;

/// 4096 consecutive sequence numbers of a queue: for each a slot, and a bit that says whether the message
/// is alive.
///
/// ```text
///  slot (16 bytes)
///  0   t location               t = 1: transient; location as in [io.headrace.log.Location]
///  8   length (32) | body (32)  bytes of the stored message, and of the body in it
///
///  block on disk                          a second one, if anything here expires
///  0     live bits        64 × int64      0   expiries   up to 4096 × int64, ms since 1970, 0 never
///  512   slots            4096 × 16 bytes
///                                         a third one, if anything here came back to a quorum queue
///                                         0   retries    up to 4096 × int64, see [RetryWord]
/// ```
/// Slots, expiries and retries grow with use, so that a short queue costs little; where nothing expires there is no
/// room for expiries, and where nothing came back none for retries.
///
/// Three more rows of bits are in memory only: what is dying, that is alive and not to be given out any more; what
/// came back and waits for its time; and, where something expires, what is with consumers.
///
/// Threads: the loop of the queue.
final class IndexPage {
    static final int SLOTS = 4096;
    static final int SLOT_BITS = 12;
    static final int BLOCK_BYTES = SLOTS / 8 + SLOTS * 16;
    static final int WORDS = SLOTS / 64;
    private static final int SLOTS_INITIAL = 32;
    private static final long TRANSIENT = Long.MIN_VALUE;

    private static final long[] NONE = new long[WORDS];
    private static final long[] NO_TIMES = {};

    private final long[] live = new long[WORDS];
    private long[] slots = new long[2 * SLOTS_INITIAL];
    private long[] expiries = NO_TIMES;
    private long[] retries = NO_TIMES;
    private long[] dying = NONE;
    private long[] delayed = NONE; // as the retries say
    private long[] held = NONE;

    void put(int slot, long location, int length, int bodyBytes, boolean isTransient) {
        if (2 * slot >= slots.length) {
            int wanted = Math.min(SLOTS, Math.max(Integer.highestOneBit(slot) << 1, slots.length));
            slots = Arrays.copyOf(slots, 2 * wanted);
        }
        slots[2 * slot] = isTransient ? location | TRANSIENT : location;
        slots[2 * slot + 1] = (long) length << 32 | bodyBytes;
        live[slot >> 6] |= 1L << slot;
    }

    /// For a message that was put.
    void expires(int slot, long atMillis) {
        if (slot >= expiries.length) {
            expiries = Arrays.copyOf(expiries, slots.length / 2);
        }
        expiries[slot] = atMillis;
    }

    /// When the message expires, in ms since 1970; [Long#MAX_VALUE] for never.
    long expiry(int slot) {
        return slot >= expiries.length || expiries[slot] == 0 ? Long.MAX_VALUE : expiries[slot];
    }

    boolean hasExpiries() {
        return expiries.length > 0;
    }

    /// What is remembered of a message that came back, as in [RetryWord]; 0 for one that never did.
    long retry(int slot) {
        return slot >= retries.length ? 0 : retries[slot];
    }

    /// For a message that was put.
    void retry(int slot, long word) {
        if (slot >= retries.length) {
            retries = Arrays.copyOf(retries, slots.length / 2);
        }
        retries[slot] = word;
        delayed(slot, RetryWord.due(word) != 0);
    }

    private void delayed(int slot, boolean now) {
        if (now) {
            if (delayed == NONE) {
                delayed = new long[WORDS];
            }
            delayed[slot >> 6] |= 1L << slot;
        } else if (delayed != NONE) {
            delayed[slot >> 6] &= ~(1L << slot);
        }
    }

    /// Whether a message that is alive came back and waits for its time; [#nextReady] passes it over.
    boolean isDelayed(int slot) {
        return (delayed[slot >> 6] & 1L << slot) != 0;
    }

    boolean hasRetries() {
        return retries.length > 0;
    }

    /// Alive, and passed over by [#nextReady] from now on.
    void die(int slot) {
        if (dying == NONE) {
            dying = new long[WORDS];
        }
        dying[slot >> 6] |= 1L << slot;
    }

    boolean isDying(int slot) {
        return (dying[slot >> 6] & 1L << slot) != 0;
    }

    long memoryBytes() {
        return (long) Long.BYTES * (live.length + slots.length + expiries.length + retries.length);
    }

    boolean isLive(int slot) {
        return (live[slot >> 6] & 1L << slot) != 0;
    }

    /// A bit for each message that is alive; the page's own.
    long[] liveBits() {
        return live;
    }

    /// Forgets what is not alive in `bits`.
    void keep(long[] bits) {
        for (int i = 0; i < WORDS; i++) {
            live[i] &= bits[i];
        }
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

    /// A consumer has it; remembered only where something expires.
    void held(int slot, boolean now) {
        if (expiries.length == 0) {
            return;
        }
        if (held == NONE) {
            held = new long[WORDS];
        }
        if (now) {
            held[slot >> 6] |= 1L << slot;
        } else {
            held[slot >> 6] &= ~(1L << slot);
        }
    }

    boolean isHeld(int slot) {
        return (held[slot >> 6] & 1L << slot) != 0;
    }

    int bodyBytes(int slot) {
        return (int) slots[2 * slot + 1];
    }

    /// @return the first live slot from `slot` on, or -1
    int nextLive(int slot) {
        return next(slot, NONE, NONE);
    }

    /// @return the first slot from `slot` on that is alive, neither dying nor delayed, or -1
    int nextReady(int slot) {
        return next(slot, dying, delayed);
    }

    private int next(int slot, long[] but, long[] norThese) {
        if (slot >= SLOTS) {
            return -1;
        }
        int word = slot >> 6;
        long bits = live[word] & ~(but[word] | norThese[word]) & -1L << slot;
        while (bits == 0) {
            if (++word == WORDS) {
                return -1;
            }
            bits = live[word] & ~(but[word] | norThese[word]);
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

    void writeExpiries(ByteBuffer block) {
        for (long expiry : expiries) {
            block.putLong(expiry);
        }
    }

    void readExpiries(ByteBuffer block) {
        expiries = readTimes(block);
    }

    void writeRetries(ByteBuffer block) {
        for (long word : retries) {
            block.putLong(word);
        }
    }

    void readRetries(ByteBuffer block) {
        retries = readTimes(block);
        for (int i = 0; i < SLOTS; i++) {
            if (RetryWord.due(retries[i]) != 0) {
                delayed(i, true);
            }
        }
    }

    private static long[] readTimes(ByteBuffer block) {
        var times = new long[SLOTS];
        for (int i = 0; i < SLOTS && block.remaining() >= Long.BYTES; i++) {
            times[i] = block.getLong();
        }
        return times;
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
