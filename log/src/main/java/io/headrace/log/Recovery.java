package io.headrace.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Finds the end of the log and tells a torn tail from corruption.
///
/// Blocks follow each other by sequence, from file to file. The first that is missing or harmed is the
/// log's end, unless a later block proves that it had been forced: each block names the greatest sequence
/// that was on the device when it was written, and a file is forced before the next one begins.
///
/// Threads: the one that opens the log.
final class Recovery {
    private static final System.Logger LOG = System.getLogger(Recovery.class.getName());

    private final OnCorruption onCorruption;
    private final long[] applied;
    private final BlockCursor cursor;
    private final List<Part> parts = new ArrayList<>();
    private final long[] next = new long[WalFile.GROUPS_MAX];
    private final ArrayDeque<Unproven> unproven = new ArrayDeque<>();
    private long sequence;
    private int run;
    private boolean damaged;

    /// A stretch of unharmed blocks.
    private record Part(WalFile file, long from, long to) {}

    /// A block of the file being walked that no later one says is on the device.
    private record Unproven(long sequence, long position) {}

    /// @param applied by group, the offset up to which the checkpoint needs no replay
    Recovery(OnCorruption onCorruption, long[] applied, BlockCursor cursor) {
        this.onCorruption = onCorruption;
        this.applied = applied;
        this.cursor = cursor;
    }

    /// @throws CorruptLogException what was committed is missing or harmed, and loss is not accepted
    LogEnd find(WalFolder folder) throws IOException {
        var used = folder.used();
        if (used.isEmpty()) {
            return fresh();
        }
        checkBlankFiles(folder);
        int first = firstNeeded(used);
        var opening = used.get(first);
        sequence = opening.sequence();
        run = opening.run();
        System.arraycopy(opening.next(), 0, next, 0, next.length);
        long position = 0;
        for (int i = first; i < used.size(); i++) {
            boolean last = i == used.size() - 1;
            position = walk(used.get(i).file(), last ? -1 : used.get(i + 1).sequence());
        }
        checkCheckpointIsCovered();
        long provenTo = unproven.isEmpty() ? position : unproven.getFirst().position;
        return new LogEnd(used.getLast().file(), provenTo, position, sequence, run, next, damaged);
    }

    /// Feeds the entries after the checkpoint to their groups' machines, in log order; of each group those
    /// up to `through`.
    void replay(long[] through, StateMachine... machines) throws IOException {
        for (var part : parts) {
            cursor.open(part.file, part.to);
            for (long at = part.from; at < part.to; at = cursor.next()) {
                if (!cursor.moveTo(at)) {
                    throw new IOException("%s changed under us at %d".formatted(part.file.path(), at));
                }
                cursor.load();
                replayBlock(through, machines);
            }
        }
    }

    private void replayBlock(long[] through, StateMachine[] machines) {
        var bytes = cursor.bytes();
        int at = cursor.at();
        int count = WalBlock.count(bytes, at);
        for (int slot = 0; slot < count; slot++) {
            int group = WalBlock.group(bytes, at, slot);
            long offset = WalBlock.offset(bytes, at, slot);
            if (WalBlock.type(bytes, at, slot) == WalBlock.DATA && offset > applied[group]) {
                if (group >= machines.length || machines[group] == null) {
                    throw new IllegalStateException("group " + group + " has entries and no state machine");
                }
                int start = at + WalBlock.position(bytes, at, slot);
                if (EntryFrame.lastOffset(bytes, start) <= through[group] && !EntryFrame.isControl(bytes, start)) {
                    apply(machines[group], offset, bytes, start);
                }
            }
        }
    }

    private static void apply(StateMachine machine, long offset, ByteBuffer bytes, int start) {
        machine.apply(
                offset, EntryFrame.timestampMillis(bytes, start), bytes, start, EntryFrame.valueBytes(bytes, start));
    }

    private LogEnd fresh() throws IOException {
        for (int group = 0; group < applied.length; group++) {
            if (applied[group] >= 0) {
                loss(
                        "The folder wal/ has no write-ahead file, and the checkpoint needs the one that held entry %d of group %d."
                                .formatted(applied[group], group));
                next[group] = applied[group] + 1;
            }
        }
        return new LogEnd(null, 0, 0, 1, 0, next, damaged);
    }

    private void checkBlankFiles(WalFolder folder) throws IOException {
        int last = folder.used().getLast().file().number;
        for (var file : List.copyOf(folder.blank())) {
            if (file.number < last) {
                loss("%s is harmed at position 0: its entries cannot be told.".formatted(file.path()));
                folder.blank().remove(file);
            }
        }
    }

    /// The last file that begins at or before what the checkpoint has not got.
    private int firstNeeded(List<WalFolder.Opened> used) throws IOException {
        for (int i = used.size() - 1; i >= 0; i--) {
            if (beginsCovered(used.get(i).next())) {
                return i;
            }
        }
        loss("%s is the first file, but entries before it are needed: it begins at %s, the checkpoint ends at %s."
                .formatted(
                        used.getFirst().file().path(),
                        Arrays.toString(used.getFirst().next()),
                        Arrays.toString(applied)));
        return 0;
    }

    private boolean beginsCovered(long[] begin) {
        for (int group = 0; group < begin.length; group++) {
            if (begin[group] > applied[group] + 1) {
                return false;
            }
        }
        return true;
    }

    /// @param nextFileSequence the first block of the next file, -1 if this is the last one
    /// @return the end of its blocks
    private long walk(WalFile file, long nextFileSequence) throws IOException {
        cursor.open(file, file.sizeBytes);
        unproven.clear();
        long from = 0;
        long position = 0;
        while (true) {
            if (isNext(position)) {
                take(file);
                position = cursor.next();
                continue;
            }
            keep(file, from, position);
            if (sequence == nextFileSequence) {
                return position;
            }
            long resume = resume(file, position, nextFileSequence);
            if (resume < 0) {
                return position;
            }
            from = resume;
            position = resume;
        }
    }

    /// Whether the block that belongs here is here and unharmed.
    private boolean isNext(long position) throws IOException {
        if (!cursor.moveTo(position) || cursor.sequence() != sequence) {
            return false;
        }
        int itsRun = WalBlock.run(cursor.bytes(), cursor.at());
        if (itsRun != run && !(itsRun > run && WalFolder.isOpening(cursor))) {
            return false; // left over from before a restart
        }
        cursor.load();
        return cursor.entriesHold();
    }

    private void take(WalFile file) throws IOException {
        var bytes = cursor.bytes();
        int at = cursor.at();
        file.index.add(cursor.position(), next);
        int count = WalBlock.count(bytes, at);
        for (int slot = 0; slot < count; slot++) {
            int group = WalBlock.group(bytes, at, slot);
            long offset = WalBlock.offset(bytes, at, slot);
            if (offset != next[group] && !(damaged && offset > next[group])) {
                throw new CorruptLogException("%s, block at %d: entry %d of group %d where %d is due."
                        .formatted(file.path(), cursor.position(), offset, group, next[group]));
            }
            next[group] = nextAfter(file, slot);
        }
        run = WalBlock.run(bytes, at);
        prove(WalBlock.forced(bytes, at));
        unproven.addLast(new Unproven(sequence, cursor.position()));
        sequence++;
    }

    private long nextAfter(WalFile file, int slot) throws CorruptLogException {
        var bytes = cursor.bytes();
        int at = cursor.at();
        byte type = WalBlock.type(bytes, at, slot);
        return switch (type) {
            case WalBlock.NEXT -> WalBlock.offset(bytes, at, slot);
            case WalBlock.DATA -> EntryFrame.lastOffset(bytes, at + WalBlock.position(bytes, at, slot)) + 1;
            default ->
                throw new CorruptLogException(
                        "%s, block at %d: it has an entry of type %d, which a newer Headrace wrote."
                                .formatted(file.path(), cursor.position(), type));
        };
    }

    private void prove(long forced) {
        while (!unproven.isEmpty() && unproven.getFirst().sequence <= forced) {
            unproven.removeFirst();
        }
    }

    private void keep(WalFile file, long from, long to) {
        file.end = to;
        if (to > from) {
            parts.add(new Part(file, from, to));
        }
    }

    /// Looks behind a bad block.
    ///
    /// @return where to go on if it was forced once and its loss is accepted; -1 to stop here
    private long resume(WalFile file, long bad, long nextFileSequence) throws IOException {
        long later = -1;
        boolean wasForced = nextFileSequence >= 0;
        for (long at = bad + WalBlock.SECTOR_BYTES; at < file.sizeBytes; at += WalBlock.SECTOR_BYTES) {
            if (cursor.moveTo(at)
                    && cursor.sequence() >= sequence
                    && WalBlock.run(cursor.bytes(), cursor.at()) >= run) {
                wasForced |= WalBlock.forced(cursor.bytes(), cursor.at()) >= sequence;
                later = later < 0 && cursor.sequence() > sequence ? at : later;
            }
        }
        if (!wasForced) {
            return -1;
        }
        loss("%s is harmed at position %d: block %d, and what it holds from entries %s (by group) on, cannot be read."
                .formatted(file.path(), bad, sequence, Arrays.toString(next)));
        if (later < 0) {
            sequence = nextFileSequence;
            return -1;
        }
        cursor.moveTo(later);
        sequence = cursor.sequence();
        run = WalBlock.run(cursor.bytes(), cursor.at());
        return later;
    }

    private void checkCheckpointIsCovered() throws IOException {
        for (int group = 0; group < next.length; group++) {
            if (next[group] <= applied[group]) {
                loss("The log ends before entry %d of group %d, which the checkpoint names."
                        .formatted(next[group], group));
                next[group] = applied[group] + 1;
            }
        }
    }

    private void loss(String what) throws CorruptLogException {
        if (onCorruption == OnCorruption.REFUSE) {
            throw new CorruptLogException(what
                    + " This was once safe on the device. Restore the data directory, or start with"
                    + " --accept-loss true to go on without what is lost.");
        }
        damaged = true;
        LOG.log(System.Logger.Level.ERROR, "Loss accepted: " + what);
    }
}
