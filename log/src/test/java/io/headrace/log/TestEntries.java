package io.headrace.log;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/// Makes entries whose bytes follow from a seed, and knows them again.
final class TestEntries {
    private TestEntries() {}

    /// Writes an entry of `valueBytes` at `start`.
    ///
    /// @return its length
    static int write(Page page, int start, int valueBytes, long seed) {
        var random = new SplittableRandom(seed);
        var bytes = page.bytes();
        int at = start + EntryFrame.VALUE_START;
        int end = at + valueBytes;
        for (; at + 8 <= end; at += 8) {
            bytes.putLong(at, random.nextLong());
        }
        for (; at < end; at++) {
            bytes.put(at, (byte) random.nextInt());
        }
        return EntryFrame.close(bytes, start, valueBytes, seed);
    }

    /// Makes of an entry one that takes several offsets.
    static void takeOffsets(Page page, int start, int offsets) {
        page.bytes().putInt(start + EntryFrame.LAST_OFFSET_DELTA, offsets - 1);
    }

    /// Makes of an entry one that the log wrote for itself.
    static void markControl(Page page, int start) {
        page.bytes().putShort(start + EntryFrame.ATTRIBUTES, EntryFrame.CONTROL);
    }

    /// The seed that an entry was made from.
    static long seedOf(ByteBuffer page, int start) {
        return EntryFrame.timestampMillis(page, start);
    }

    static boolean isWhole(ByteBuffer page, int start, int valueBytes) {
        var random = new SplittableRandom(seedOf(page, start));
        int at = start + EntryFrame.VALUE_START;
        int end = at + valueBytes;
        for (; at + 8 <= end; at += 8) {
            if (page.getLong(at) != random.nextLong()) {
                return false;
            }
        }
        for (; at < end; at++) {
            if (page.get(at) != (byte) random.nextInt()) {
                return false;
            }
        }
        return true;
    }
}
