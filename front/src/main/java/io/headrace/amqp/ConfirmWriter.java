package io.headrace.amqp;

import io.headrace.broker.Session;
import java.util.Arrays;

/// Collects the confirms of one channel over a turn and writes as few frames as will do: one `basic.ack`
/// with `multiple` for everything that is confirmed without a gap, single ones for what is ahead of a gap,
/// and before them a `basic.nack` for each rejected one, so that no ack covers it first.
///
/// Invariants: every number below [#next] is confirmed or rejected; `ahead` has a bit for each such number
/// from there on.
///
/// Threads: the loop of its connection.
final class ConfirmWriter implements Session.Confirms {
    private static final int FIRST_NUMBERS = 64;

    private final AmqpChannel channel;
    private long next = 1; // the lowest number neither confirmed nor rejected
    private long written; // everything up to here was covered by an ack with multiple
    private long[] ahead = new long[FIRST_NUMBERS / Long.SIZE]; // a ring of bits
    private int aheadCount;
    private long[] loose = new long[0]; // confirmed in this turn, ahead of a gap
    private int looseCount;
    private long[] rejected = new long[0]; // in this turn
    private int rejectedCount;
    private boolean queued;

    ConfirmWriter(AmqpChannel channel) {
        this.channel = channel;
    }

    @Override
    public void confirmed(long sequence, boolean multiple) {
        if (multiple && aheadCount == 0) {
            next = Math.max(next, sequence + 1);
        } else if (multiple) {
            while (next <= sequence) {
                pass(next);
            }
        } else if (sequence == next) {
            pass(sequence);
        } else if (mark(sequence)) {
            loose = add(loose, looseCount++, sequence);
        }
        passMarked();
        queue();
    }

    @Override
    public void rejected(long sequence) {
        rejected = add(rejected, rejectedCount++, sequence);
        if (sequence == next) {
            pass(sequence);
        } else {
            mark(sequence);
        }
        passMarked();
        queue();
    }

    /// How many numbers are confirmed or rejected.
    long settled() {
        return next - 1 + aheadCount;
    }

    private void queue() {
        if (!queued) {
            queued = true;
            channel.confirmLater(this);
        }
    }

    void write(FrameWriter frames) {
        queued = false;
        for (int i = 0; i < rejectedCount; i++) {
            frames.nack(channel.number(), rejected[i]);
        }
        long covered = next - 1;
        if (covered > written && !(rejectedCount > 0 && onlyRejectedSince())) {
            frames.ack(channel.number(), covered, covered - written > 1);
        }
        written = covered;
        for (int i = 0; i < looseCount; i++) {
            if (loose[i] > covered) {
                frames.ack(channel.number(), loose[i], false);
            }
        }
        rejectedCount = 0;
        looseCount = 0;
    }

    /// Whether all numbers passed in this turn were rejected, so that there is nothing to ack.
    private boolean onlyRejectedSince() {
        int passed = 0;
        for (int i = 0; i < rejectedCount; i++) {
            if (rejected[i] > written && rejected[i] < next) {
                passed++;
            }
        }
        return passed == next - 1 - written;
    }

    private void pass(long sequence) {
        int bit = bit(sequence);
        if ((ahead[bit >>> 6] & 1L << bit) != 0) {
            ahead[bit >>> 6] &= ~(1L << bit);
            aheadCount--;
        }
        next = sequence + 1;
    }

    private void passMarked() {
        while (aheadCount > 0) {
            int bit = bit(next);
            if ((ahead[bit >>> 6] & 1L << bit) == 0) {
                return;
            }
            pass(next);
        }
    }

    /// @return false if it was known already
    private boolean mark(long sequence) {
        if (sequence < next) {
            return false;
        }
        while (sequence - next >= (long) ahead.length * Long.SIZE) {
            grow();
        }
        int bit = bit(sequence);
        if ((ahead[bit >>> 6] & 1L << bit) != 0) {
            return false;
        }
        ahead[bit >>> 6] |= 1L << bit;
        aheadCount++;
        return true;
    }

    private int bit(long sequence) {
        return (int) (sequence & (long) ahead.length * Long.SIZE - 1);
    }

    private void grow() {
        var old = ahead;
        long oldBits = (long) old.length * Long.SIZE;
        ahead = new long[old.length * 2];
        for (long sequence = next; sequence < next + oldBits; sequence++) {
            int from = (int) (sequence & oldBits - 1);
            if ((old[from >>> 6] & 1L << from) != 0) {
                int to = bit(sequence);
                ahead[to >>> 6] |= 1L << to;
            }
        }
    }

    private static long[] add(long[] list, int count, long value) {
        var room = count < list.length ? list : Arrays.copyOf(list, Math.max(8, count * 2));
        room[count] = value;
        return room;
    }
}
