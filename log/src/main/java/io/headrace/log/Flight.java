package io.headrace.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// A block on its way to the device, and the memory that it is laid out in; both are used again for later ones.
///
/// [WalWriter] says where it goes and when it has arrived, under its owner's lock. The long part between the two,
/// [#write] and [#force], is done without that lock, beside another flight's.
///
/// Threads: one between its beginning and its landing; before and after it, the writer's owner.
final class Flight {
    /// Where a flight is. Those that follow each other land in their order.
    enum State {
        FREE,
        BEGUN,
        /// Its bytes were given to the system.
        WRITTEN,
        /// And forced, if they had to be. Another before it may still be on its way.
        DONE
    }

    final EntryBatch batch = new EntryBatch();
    private final long[] next = new long[WalFile.GROUPS_MAX];
    private final ByteBuffer head = ByteBuffer.allocate(WalBlock.headBytes(EntryBatch.ENTRIES_MAX));
    private final CRC32C crc = new CRC32C();
    private final BlockBuffer buffer = new BlockBuffer();
    private WalFile file;
    private long position;
    private int length;
    private WalBlock.Stamp stamp;
    private boolean forced;
    private State state = State.FREE;

    /// A block of the batch's entries will be at `position` of `file` and has `length` bytes, of which those behind the
    /// last entry are zero.
    ///
    /// @param forced whether its landing is to mean that it is on the device
    void begin(WalFile file, long position, int length, WalBlock.Stamp stamp, boolean forced) {
        this.file = file;
        this.position = position;
        this.length = length;
        this.stamp = stamp;
        this.forced = forced;
        state = State.BEGUN;
    }

    /// Nothing is to be written; what was, is to be forced.
    void beginForce(WalFile file, long position, WalBlock.Stamp last) {
        batch.clear();
        begin(file, position, 0, last, true);
    }

    /// Checks in the entries and gives the block to the system. Their pages are not needed any more.
    void write() throws IOException {
        if (length > 0) {
            putDirectory();
            WalBlock.seal(head, crc, batch.count, stamp, length);
            buffer.begin(file.file(), position);
            buffer.put(head, 0, WalBlock.headBytes(batch.count));
            putEntries();
            buffer.end(endsWithUnit() ? StorageFile.DIRECT_BYTES : WalBlock.SECTOR_BYTES);
        }
        batch.unpin();
    }

    /// Writes a block without entries, which says what the groups' next offsets are.
    void writeOffsets(long[] offsets) throws IOException {
        int count = 0;
        for (int group = 0; group < offsets.length; group++) {
            if (offsets[group] > 0) {
                WalBlock.putSlot(head, count++, group, WalBlock.NEXT, 0, offsets[group], 0, 0, 0);
            }
        }
        WalBlock.seal(head, crc, count, stamp, length);
        buffer.begin(file.file(), position);
        buffer.put(head, 0, WalBlock.headBytes(count));
        buffer.end(WalBlock.SECTOR_BYTES);
    }

    private void putDirectory() {
        int at = WalBlock.headBytes(batch.count);
        for (int i = 0; i < batch.count; i++) {
            putSlot(i, at);
            at += WalBlock.alignEntry(batch.lengths[i]);
        }
    }

    private void putSlot(int i, int at) {
        int start = batch.starts[i];
        int bytes = batch.lengths[i];
        var page = batch.pages[i].bytes();
        int checksum = EntryFrame.checksum(crc, page, start, bytes);
        page.putInt(start + EntryFrame.CRC, checksum);
        int epoch = page.getInt(start + EntryFrame.LEADER_EPOCH);
        WalBlock.putSlot(head, i, batch.groups[i], WalBlock.DATA, epoch, batch.offsets[i], at, bytes, checksum);
    }

    private void putEntries() throws IOException {
        for (int i = 0; i < batch.count; i++) {
            int start = batch.starts[i];
            buffer.put(batch.pages[i].bytes(), start, start + batch.lengths[i]);
            buffer.align(WalBlock.ENTRY_ALIGNMENT);
        }
    }

    void force() throws IOException {
        if (forced) {
            file.file().force();
        }
    }

    /// The groups' next offsets behind it.
    long[] next() {
        return next;
    }

    long end() {
        return WalBlock.alignBlock(position + length);
    }

    /// Whether the next block shares no unit of the device with it.
    boolean endsWithUnit() {
        return (end() & StorageFile.DIRECT_BYTES - 1) == 0;
    }

    long sequence() {
        return stamp.sequence();
    }

    WalFile file() {
        return file;
    }

    boolean forced() {
        return forced;
    }

    State state() {
        return state;
    }

    void state(State state) {
        this.state = state;
    }
}
