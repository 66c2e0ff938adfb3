package io.headrace.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/// Checkpoints as files of `meta/`, drawn in the package's description. The newest is the truth; the one
/// before is kept until there is a newer one.
///
/// Threads: as [Checkpoints].
final class CheckpointFiles implements Checkpoints {
    static final String DIRECTORY = "meta";

    private static final String PREFIX = "checkpoint-";
    private static final String UNFINISHED = DIRECTORY + "/checkpoint.new";
    private static final int MAGIC = 0x48525743; // HRWC
    private static final short VERSION = 1;
    private static final short CLEAN = 1;
    private static final int HEADER_BYTES = 32;
    private static final int SECTION_BYTES = 24;
    private static final int SECTIONS_MAX = WalFile.GROUPS_MAX;

    private final Storage storage;
    private final Settled settled;
    private final CRC32C crc = new CRC32C();
    private int last;
    private Optional<Checkpoint> latest = Optional.empty();

    /// What has to happen before a checkpoint may count.
    interface Settled {
        /// Everything that was appended is committed: a snapshot holds effects of entries that are not yet.
        void await() throws IOException;
    }

    private CheckpointFiles(Storage storage, Settled settled) {
        this.storage = storage;
        this.settled = settled;
    }

    /// @throws CorruptLogException the newest checkpoint is harmed
    static CheckpointFiles open(Storage storage, Settled settled) throws IOException {
        var files = new CheckpointFiles(storage, settled);
        for (int number : files.numbers()) {
            files.last = number;
        }
        if (files.last > 0) {
            files.latest = Optional.of(files.read(path(files.last)));
        }
        return files;
    }

    @Override
    public void write(Checkpoint checkpoint) throws IOException {
        if (storage.exists(UNFINISHED)) {
            storage.delete(UNFINISHED);
        }
        try {
            try (var file = storage.create(UNFINISHED)) {
                write(checkpoint, file);
                file.force();
            }
            settled.await();
        } catch (OutOfSpaceException e) {
            storage.delete(UNFINISHED);
            throw e;
        }
        int number = last + 1;
        storage.rename(UNFINISHED, path(number));
        storage.forceDirectory(DIRECTORY);
        last = number;
        latest = Optional.of(withoutSnapshots(checkpoint));
        for (int old : numbers()) {
            if (old < number - 1) {
                storage.delete(path(old));
            }
        }
    }

    /// After [#write] the snapshots of what it returns are empty: nobody restores from a running log.
    @Override
    public Optional<Checkpoint> latest() {
        return latest;
    }

    /// Gives back the memory of the snapshots.
    void forgetSnapshots() {
        latest = latest.map(CheckpointFiles::withoutSnapshots);
    }

    /// By group, the offset up to which no replay is needed.
    long[] applied() {
        var applied = new long[WalFile.GROUPS_MAX];
        Arrays.fill(applied, -1);
        latest.ifPresent(checkpoint ->
                checkpoint.groups().forEach(section -> applied[section.group()] = section.appliedOffset()));
        return applied;
    }

    private void write(Checkpoint checkpoint, StorageFile file) throws IOException {
        var sections = checkpoint.groups();
        var head = ByteBuffer.allocate(HEADER_BYTES + sections.size() * SECTION_BYTES);
        head.putInt(MAGIC).putInt(0);
        head.putShort(VERSION).putShort(checkpoint.cleanShutdown() ? CLEAN : 0);
        head.putInt(sections.size());
        head.position(HEADER_BYTES);
        for (var section : sections) {
            head.putInt(section.group()).putInt(section.snapshot().remaining());
            head.putLong(section.appliedOffset());
            head.putInt(checksum(section.snapshot())).putInt(section.appliedEpoch());
        }
        head.flip();
        head.putInt(4, checksum(head.slice(8, head.limit() - 8)));
        long position = head.remaining();
        file.write(head, 0);
        for (var section : sections) {
            var snapshot = section.snapshot().duplicate();
            int bytes = snapshot.remaining();
            file.write(snapshot, position);
            position += bytes;
        }
    }

    private Checkpoint read(String path) throws IOException {
        try (var file = storage.open(path)) {
            var fixed = read(file, path, 0, HEADER_BYTES);
            int count = fixed.getInt(12);
            if (fixed.getInt(0) != MAGIC || fixed.getShort(8) != VERSION || count < 0 || count > SECTIONS_MAX) {
                throw harmed(path);
            }
            var head = read(file, path, 0, HEADER_BYTES + count * SECTION_BYTES);
            if (head.getInt(4) != checksum(head.slice(8, head.limit() - 8))) {
                throw harmed(path);
            }
            return new Checkpoint(sections(file, path, head, count), head.getShort(10) == CLEAN);
        }
    }

    private List<Section> sections(StorageFile file, String path, ByteBuffer head, int count) throws IOException {
        var sections = new ArrayList<Section>();
        long position = head.limit();
        for (int i = 0; i < count; i++) {
            int at = HEADER_BYTES + i * SECTION_BYTES;
            var snapshot = read(file, path, position, head.getInt(at + 4));
            position += snapshot.remaining();
            if (head.getInt(at + 16) != checksum(snapshot)) {
                throw harmed(path);
            }
            sections.add(new Section(head.getInt(at), head.getLong(at + 8), head.getInt(at + 20), snapshot));
        }
        return sections;
    }

    private static ByteBuffer read(StorageFile file, String path, long position, int bytes) throws IOException {
        if (position + bytes > file.sizeBytes()) {
            throw harmed(path);
        }
        var target = ByteBuffer.allocateDirect(bytes);
        file.read(target, position);
        return target.flip();
    }

    private static CorruptLogException harmed(String path) {
        return new CorruptLogException(path + " is harmed: it was once safe on the device. Restore the data directory."
                + " The state it held cannot be told from the log alone.");
    }

    private int checksum(ByteBuffer bytes) {
        crc.reset();
        crc.update(bytes.duplicate());
        return (int) crc.getValue();
    }

    private List<Integer> numbers() throws IOException {
        return storage.list(DIRECTORY).stream()
                .filter(name -> name.startsWith(PREFIX))
                .map(name -> Numbered.number(name, PREFIX, ""))
                .toList();
    }

    private static String path(int number) {
        return Numbered.name(DIRECTORY + "/" + PREFIX, number, "");
    }

    private static Checkpoint withoutSnapshots(Checkpoint checkpoint) {
        var sections = checkpoint.groups().stream()
                .map(section -> new Section(
                        section.group(), section.appliedOffset(), section.appliedEpoch(), ByteBuffer.allocate(0)))
                .toList();
        return new Checkpoint(sections, checkpoint.cleanShutdown());
    }
}
