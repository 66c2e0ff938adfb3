package io.headrace.log;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// Names the bytes of a commit block, as drawn in the package's description.
final class WalBlock {
    /// Blocks begin at multiples of this.
    static final int SECTOR_BYTES = 512;

    static final int HEADER_BYTES = 64;
    static final int SLOT_BYTES = 32;
    /// Entries begin at multiples of this in their block.
    static final int ENTRY_ALIGNMENT = 8;

    /// An entry with bytes.
    static final byte DATA = 1;
    /// Reserved: entries of the group from this offset on are void (Raft).
    static final byte TRUNC = 2;
    /// Reserved: a snapshot covers the group up to this offset (Raft).
    static final byte CHECKPOINT = 3;
    /// Reserved: the payload lies in a partition's segment.
    static final byte REF = 4;
    /// No bytes: the next offset of the group. Opens each file and each run.
    static final byte NEXT = 5;

    private static final int MAGIC_VALUE = 0x48525742; // HRWB
    private static final short VERSION_VALUE = 1;

    private static final int CRC = 4;
    private static final int VERSION = 8;
    private static final int COUNT = 12;
    private static final int SEQUENCE = 16;
    private static final int FORCED = 24;
    private static final int FILE = 32;
    private static final int RUN = 36;
    private static final int LENGTH = 40;

    private static final int SLOT_OFFSET = 0;
    private static final int SLOT_GROUP = 8;
    private static final int SLOT_TYPE = 10;
    private static final int SLOT_EPOCH = 12;
    private static final int SLOT_POSITION = 16;
    private static final int SLOT_LENGTH = 20;
    private static final int SLOT_CRC = 24;

    private WalBlock() {}

    static int headBytes(int count) {
        return HEADER_BYTES + count * SLOT_BYTES;
    }

    static int alignEntry(int bytes) {
        return bytes + ENTRY_ALIGNMENT - 1 & -ENTRY_ALIGNMENT;
    }

    static long alignBlock(long position) {
        return position + SECTOR_BYTES - 1 & -SECTOR_BYTES;
    }

    static void putSlot(
            ByteBuffer head,
            int slot,
            int group,
            byte type,
            int epoch,
            long offset,
            int position,
            int length,
            int crc) {
        int at = headBytes(slot);
        head.putLong(at + SLOT_OFFSET, offset);
        head.putShort(at + SLOT_GROUP, (short) group);
        head.putShort(at + SLOT_TYPE, (short) (type << 8));
        head.putInt(at + SLOT_EPOCH, epoch);
        head.putInt(at + SLOT_POSITION, position);
        head.putInt(at + SLOT_LENGTH, length);
        head.putInt(at + SLOT_CRC, crc);
        head.putInt(at + SLOT_CRC + 4, 0);
    }

    /// Completes a head whose slots are filled.
    static void seal(ByteBuffer head, CRC32C crc, int count, Stamp stamp, int length) {
        head.putInt(0, MAGIC_VALUE);
        head.putShort(VERSION, VERSION_VALUE);
        head.putShort(VERSION + 2, (short) 0);
        head.putInt(COUNT, count);
        head.putLong(SEQUENCE, stamp.sequence());
        head.putLong(FORCED, stamp.forced());
        head.putInt(FILE, stamp.file());
        head.putInt(RUN, stamp.run());
        head.putInt(LENGTH, length);
        head.putInt(LENGTH + 4, 0);
        head.putLong(LENGTH + 8, 0);
        head.putLong(LENGTH + 16, 0);
        head.putInt(CRC, headChecksum(head, 0, crc, count));
    }

    /// @param sequence one more than the block before
    /// @param forced the greatest sequence known to be on the device when this block was written
    /// @param file the number in the file's name
    /// @param run counts the log's starts
    record Stamp(long sequence, long forced, int file, int run) {}

    /// A first look, on the fixed part alone: worth reading `headBytes(count)`?
    static boolean looksLikeHead(ByteBuffer bytes, int at, int file, long roomBytes) {
        if (bytes.getInt(at) != MAGIC_VALUE || bytes.getInt(at + FILE) != file) {
            return false;
        }
        int count = count(bytes, at);
        int length = length(bytes, at);
        return bytes.getShort(at + VERSION) == VERSION_VALUE
                && length >= HEADER_BYTES
                && length <= roomBytes
                && count >= 0
                && count <= (length - HEADER_BYTES) / SLOT_BYTES;
    }

    static boolean headHolds(ByteBuffer bytes, int at, CRC32C crc) {
        return bytes.getInt(at + CRC) == headChecksum(bytes, at, crc, count(bytes, at));
    }

    /// Whether the bytes of every entry are those that were written. The whole block is in memory.
    static boolean entriesHold(ByteBuffer bytes, int at, CRC32C crc) {
        int count = count(bytes, at);
        int length = length(bytes, at);
        for (int slot = 0; slot < count; slot++) {
            if (type(bytes, at, slot) == DATA) {
                int position = position(bytes, at, slot);
                int entryBytes = entryLength(bytes, at, slot);
                if (position < HEADER_BYTES
                        || entryBytes < EntryFrame.OVERHEAD_BYTES
                        || position > length - entryBytes) {
                    return false;
                }
                if (!entryHolds(bytes, at, slot, bytes, at + position, crc)) {
                    return false;
                }
            }
        }
        return true;
    }

    /// Whether the entry at `start` of `entries` is the one that a slot of the head at `at` names.
    static boolean entryHolds(ByteBuffer head, int at, int slot, ByteBuffer entries, int start, CRC32C crc) {
        int length = entryLength(head, at, slot);
        int expected = crc(head, at, slot);
        return entries.getLong(start + EntryFrame.BASE_OFFSET) == offset(head, at, slot)
                && entries.getInt(start + EntryFrame.LEADER_EPOCH) == epoch(head, at, slot)
                && EntryFrame.length(entries, start) == length
                && entries.getInt(start + EntryFrame.CRC) == expected
                && EntryFrame.checksum(crc, entries, start, length) == expected;
    }

    static int count(ByteBuffer bytes, int at) {
        return bytes.getInt(at + COUNT);
    }

    static long sequence(ByteBuffer bytes, int at) {
        return bytes.getLong(at + SEQUENCE);
    }

    static long forced(ByteBuffer bytes, int at) {
        return bytes.getLong(at + FORCED);
    }

    static int run(ByteBuffer bytes, int at) {
        return bytes.getInt(at + RUN);
    }

    static int length(ByteBuffer bytes, int at) {
        return bytes.getInt(at + LENGTH);
    }

    static long offset(ByteBuffer bytes, int at, int slot) {
        return bytes.getLong(at + headBytes(slot) + SLOT_OFFSET);
    }

    static int group(ByteBuffer bytes, int at, int slot) {
        return bytes.getShort(at + headBytes(slot) + SLOT_GROUP);
    }

    static byte type(ByteBuffer bytes, int at, int slot) {
        return bytes.get(at + headBytes(slot) + SLOT_TYPE);
    }

    static int position(ByteBuffer bytes, int at, int slot) {
        return bytes.getInt(at + headBytes(slot) + SLOT_POSITION);
    }

    static int entryLength(ByteBuffer bytes, int at, int slot) {
        return bytes.getInt(at + headBytes(slot) + SLOT_LENGTH);
    }

    static int epoch(ByteBuffer bytes, int at, int slot) {
        return bytes.getInt(at + headBytes(slot) + SLOT_EPOCH);
    }

    static int crc(ByteBuffer bytes, int at, int slot) {
        return bytes.getInt(at + headBytes(slot) + SLOT_CRC);
    }

    private static int headChecksum(ByteBuffer bytes, int at, CRC32C crc, int count) {
        crc.reset();
        crc.update(bytes.slice(at + VERSION, headBytes(count) - VERSION));
        return (int) crc.getValue();
    }
}
