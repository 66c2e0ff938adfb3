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
    private static final int PADDING_BYTES = WalBlock.ENTRY_ALIGNMENT;
    private static final ByteBuffer PADDING =
            ByteBuffer.allocateDirect(PADDING_BYTES).asReadOnlyBuffer();

    private final Extents extents;
    private final CRC32C crc = new CRC32C();
    private final ByteBuffer head = ByteBuffer.allocateDirect(WalBlock.headBytes(EntryBatch.ENTRIES_MAX));
    private final ByteBuffer[] pieces = new ByteBuffer[2 * EntryBatch.ENTRIES_MAX + 1];
    private final long[] next; // the groups' next offsets where the log ends
    private final int run;
    private int pieceCount;
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
        int end = layOut(batch);
        WalBlock.seal(head, crc, batch.count, stamp(), end);
        pieces[0] = head.duplicate().position(0).limit(WalBlock.headBytes(batch.count));
        file.file().write(pieces, pieceCount, position);
        wrote(end);
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
        int length = WalBlock.headBytes(count);
        WalBlock.seal(head, crc, count, stamp(), length);
        file.file().write(head.duplicate().position(0).limit(length), position);
        wrote(length);
    }

    /// Fills the directory, checks in each entry, and lists what lies together in memory as one piece.
    ///
    /// @return the block's length
    private int layOut(EntryBatch batch) {
        int end = WalBlock.headBytes(batch.count);
        pieceCount = 1;
        Page page = null;
        int from = 0;
        int to = 0;
        for (int i = 0; i < batch.count; i++) {
            int start = batch.starts[i];
            int length = batch.lengths[i];
            putEntry(batch, i, end);
            if (page != batch.pages[i] || to != start) {
                addPiece(page, from, to);
                page = batch.pages[i];
                from = start;
            }
            to = start + WalBlock.alignEntry(length);
            end += WalBlock.alignEntry(length);
        }
        addPiece(page, from, to);
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

    private void addPiece(Page page, int from, int to) {
        if (page == null) {
            return;
        }
        int have = Math.min(to, page.sizeBytes());
        pieces[pieceCount++] = page.bytes().duplicate().position(from).limit(have);
        if (have < to) {
            pieces[pieceCount++] = PADDING.duplicate().limit(to - have);
        }
    }

    private WalBlock.Stamp stamp() {
        return new WalBlock.Stamp(sequence, forcedSequence, file.number, run);
    }

    private void wrote(int length) {
        position = WalBlock.alignBlock(position + length);
        file.end = position;
        sequence++;
    }
}
