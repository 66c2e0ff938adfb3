package io.headrace.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// Puts batches of entries into the WAL as blocks, from file to file.
///
/// Invariant: every block of a file is forced before the first block of the next file is written.
///
/// Threads: the writer.
final class WalWriter {
    private final Extents extents;
    private final CRC32C crc = new CRC32C();
    private final ByteBuffer head = ByteBuffer.allocate(WalBlock.headBytes(EntryBatch.ENTRIES_MAX));
    private final BlockBuffer block = new BlockBuffer();
    private final long[] next; // the groups' next offsets where the log ends
    private final int run;
    private WalFile file;
    private long position;
    private long sequence;
    private long forcedSequence;

    /// @param end where recovery found the log's end; its file may be absent
    WalWriter(Extents extents, LogEnd end) {
        this.extents = extents;
        this.file = end.file();
        this.position = end.position();
        this.sequence = end.nextSequence();
        this.forcedSequence = sequence - 1;
        this.run = end.lastRun() + 1;
        this.next = end.nextOffsets().clone();
    }

    /// Bytes that a block may have and still fit into the file.
    long roomBytes() {
        return file == null ? 0 : file.sizeBytes - position;
    }

    boolean halfFull() {
        return roomBytes() < file.sizeBytes / 2;
    }

    /// Marks the beginning of a run, on the device: whatever lies behind, of runs before this one, is void.
    void openRun() throws IOException {
        writeNextOffsets();
        force();
    }

    /// Goes on in `fresh`.
    void roll(WalFile fresh) throws IOException {
        force();
        file = fresh;
        position = 0;
        extents.open(fresh, next);
        writeNextOffsets();
    }

    void write(EntryBatch batch) throws IOException {
        file.index.add(position, next);
        int length = fillDirectory(batch);
        WalBlock.seal(head, crc, batch.count, stamp(), length);
        begin(batch.count);
        for (int i = 0; i < batch.count; i++) {
            int start = batch.starts[i];
            block.put(batch.pages[i].bytes(), start, start + batch.lengths[i]);
            block.align(WalBlock.ENTRY_ALIGNMENT);
        }
        end();
    }

    boolean dirty() {
        return forcedSequence < sequence - 1;
    }

    void force() throws IOException {
        if (dirty()) {
            file.file().force();
            forcedSequence = sequence - 1;
        }
    }

    long lastSequence() {
        return sequence - 1;
    }

    /// The last offset of `group` that was written, -1 if none.
    long lastOffset(int group) {
        return next[group] - 1;
    }

    private void writeNextOffsets() throws IOException {
        file.index.add(position, next);
        int count = 0;
        for (int group = 0; group < next.length; group++) {
            if (next[group] > 0) {
                WalBlock.putSlot(head, count++, group, WalBlock.NEXT, 0, next[group], 0, 0, 0);
            }
        }
        WalBlock.seal(head, crc, count, stamp(), WalBlock.headBytes(count));
        begin(count);
        end();
    }

    /// Fills the directory, and checks in each entry.
    ///
    /// @return the block's length
    private int fillDirectory(EntryBatch batch) {
        int end = WalBlock.headBytes(batch.count);
        for (int i = 0; i < batch.count; i++) {
            putEntry(batch, i, end);
            end += WalBlock.alignEntry(batch.lengths[i]);
        }
        return end;
    }

    private void putEntry(EntryBatch batch, int i, int position) {
        int group = batch.groups[i];
        int start = batch.starts[i];
        int length = batch.lengths[i];
        var bytes = batch.pages[i].bytes();
        int checksum = EntryFrame.checksum(crc, bytes, start, length);
        bytes.putInt(start + EntryFrame.CRC, checksum);
        int epoch = bytes.getInt(start + EntryFrame.LEADER_EPOCH);
        WalBlock.putSlot(head, i, group, WalBlock.DATA, epoch, batch.offsets[i], position, length, checksum);
        next[group] = EntryFrame.lastOffset(bytes, start) + 1;
    }

    private WalBlock.Stamp stamp() {
        return new WalBlock.Stamp(sequence, forcedSequence, file.number, run);
    }

    private void begin(int slots) throws IOException {
        block.begin(file.file(), position);
        block.put(head, 0, WalBlock.headBytes(slots));
    }

    private void end() throws IOException {
        position = block.end();
        file.end = position;
        sequence++;
    }
}
