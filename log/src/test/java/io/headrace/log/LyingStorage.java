package io.headrace.log;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/// A data directory in memory that keeps a promise only when it was made: at [#crash], what was not forced
/// is lost, torn at sectors of 512 bytes or kept while older bytes are lost, as the seed has it. Names are
/// kept up to some point of what was done to a folder since it was last forced.
///
/// It also fails writes and forces on demand, can be full, and, for the negative control, can pretend to
/// force.
///
/// Threads: any, one at a time.
public final class LyingStorage implements Storage {
    private final SplittableRandom random;
    private final Map<String, LyingFile> names = new TreeMap<>(); // as this process sees them
    private final Map<String, LyingFile> durableNames = new TreeMap<>();
    private final Map<String, List<Change>> changes = new LinkedHashMap<>(); // by folder, since its last force
    private int generation;
    private long capacityBytes = Long.MAX_VALUE;
    private int writesUntilFailure = -1;
    private int forcesUntilFailure = -1;
    private boolean pretendsToForce;

    /// Done to a folder: `from` is null for a creation, `to` for a deletion.
    private record Change(String from, String to, LyingFile file) {}

    public LyingStorage(long seed) {
        random = new SplittableRandom(seed);
    }

    /// The power goes, and comes back. Files that were open cannot be used any more.
    public synchronized void crash() {
        generation++;
        writesUntilFailure = -1;
        forcesUntilFailure = -1;
        boolean keepAll = random.nextInt(8) == 0;
        changes.values().forEach(done -> survivors(done, keepAll));
        changes.clear();
        names.clear();
        names.putAll(durableNames);
        names.values().forEach(file -> file.crash(random.split(), keepAll));
    }

    /// The process dies and the machine lives on: everything written is there.
    public synchronized void kill() {
        generation++;
        writesUntilFailure = -1;
        forcesUntilFailure = -1;
    }

    /// From now on a force does nothing, and says it did.
    public synchronized void pretendToForce(boolean pretend) {
        pretendsToForce = pretend;
    }

    /// The write after the next `writes` fails, having written a part. Once.
    public synchronized void failWriteAfter(int writes) {
        writesUntilFailure = writes;
    }

    /// The force after the next `forces` fails, makes nothing durable, and, as Linux does, leaves it at
    /// that: the next force of the file succeeds without it. Once.
    public synchronized void failForceAfter(int forces) {
        forcesUntilFailure = forces;
    }

    /// All files together may have so many bytes.
    public synchronized void capacityBytes(long bytes) {
        capacityBytes = bytes;
    }

    public synchronized long usedBytes() {
        return names.values().stream().mapToLong(LyingFile::size).sum();
    }

    /// Turns one bit, on the device.
    public synchronized void flipBit(String path, long position) throws IOException {
        file(path).flipBit((int) position);
    }

    /// What the file holds now, as read by this process.
    public synchronized byte[] content(String path) throws IOException {
        return file(path).content();
    }

    @Override
    public synchronized StorageFile create(String path) throws IOException {
        if (names.containsKey(path)) {
            throw new FileAlreadyExistsException(path);
        }
        var file = new LyingFile();
        names.put(path, file);
        changed(path, new Change(null, path, file));
        return new Handle(file, generation);
    }

    @Override
    public synchronized StorageFile open(String path) throws IOException {
        return new Handle(file(path), generation);
    }

    @Override
    public StorageFile createDirect(String path) throws IOException {
        return new AlignedFile(create(path));
    }

    @Override
    public StorageFile openDirect(String path) throws IOException {
        return new AlignedFile(open(path));
    }

    @Override
    public synchronized boolean exists(String path) {
        return names.containsKey(path);
    }

    @Override
    public synchronized List<String> list(String directory) {
        return names.keySet().stream()
                .filter(path -> folder(path).equals(directory))
                .map(path -> path.substring(directory.length() + 1))
                .toList();
    }

    @Override
    public synchronized void rename(String from, String to) throws IOException {
        var file = file(from);
        names.remove(from);
        names.put(to, file);
        changed(to, new Change(from, to, file));
    }

    @Override
    public synchronized void delete(String path) throws IOException {
        var file = file(path);
        names.remove(path);
        changed(path, new Change(path, null, file));
    }

    @Override
    public synchronized void forceDirectory(String directory) {
        var done = changes.remove(directory);
        if (done != null) {
            done.forEach(this::makeDurable);
        }
    }

    @Override
    public synchronized long usableBytes() {
        return Math.max(0, capacityBytes - usedBytes());
    }

    @Override
    public long totalBytes() {
        return capacityBytes;
    }

    @Override
    public void close() {}

    private void changed(String path, Change change) {
        changes.computeIfAbsent(folder(path), folder -> new ArrayList<>()).add(change);
    }

    private void survivors(List<Change> done, boolean keepAll) {
        int kept = keepAll ? done.size() : random.nextInt(done.size() + 1);
        done.subList(0, kept).forEach(this::makeDurable);
    }

    private void makeDurable(Change change) {
        if (change.from != null) {
            durableNames.remove(change.from);
        }
        if (change.to != null) {
            durableNames.put(change.to, change.file);
        }
    }

    private LyingFile file(String path) throws FileNotFoundException {
        var file = names.get(path);
        if (file == null) {
            throw new FileNotFoundException(path);
        }
        return file;
    }

    private static String folder(String path) {
        int slash = path.lastIndexOf('/');
        return slash < 0 ? "" : path.substring(0, slash);
    }

    private void checkSpace(LyingFile file, long end) throws OutOfSpaceException {
        long growth = end - file.size();
        if (growth > 0 && growth > usableBytes()) {
            throw new OutOfSpaceException("the device is full", null);
        }
    }

    private boolean failsNow(boolean write) {
        int left = write ? writesUntilFailure-- : forcesUntilFailure--;
        return left == 0;
    }

    /// One opening of a file; dead after the next crash.
    private final class Handle implements StorageFile {
        private final LyingFile file;
        private final int openedIn;

        Handle(LyingFile file, int openedIn) {
            this.file = file;
            this.openedIn = openedIn;
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            synchronized (LyingStorage.this) {
                checkAlive();
                checkSpace(file, position + source.remaining());
                if (failsNow(true)) {
                    source.limit(source.position() + random.nextInt(source.remaining() + 1));
                    file.write(source, (int) position);
                    throw new IOException("the device refused to write");
                }
                file.write(source, (int) position);
            }
        }

        @Override
        public void write(ByteBuffer[] sources, int count, long position) throws IOException {
            int bytes = 0;
            for (int i = 0; i < count; i++) {
                bytes += sources[i].remaining();
            }
            var all = ByteBuffer.allocate(bytes);
            for (int i = 0; i < count; i++) {
                all.put(sources[i]);
            }
            write(all.flip(), position);
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            synchronized (LyingStorage.this) {
                checkAlive();
                return file.read(target, position);
            }
        }

        @Override
        public void force() throws IOException {
            synchronized (LyingStorage.this) {
                checkAlive();
                if (failsNow(false)) {
                    file.failForce();
                    throw new IOException("the device refused to force");
                }
                if (!pretendsToForce) {
                    file.force();
                }
            }
        }

        @Override
        public long sizeBytes() throws IOException {
            synchronized (LyingStorage.this) {
                checkAlive();
                return file.size();
            }
        }

        @Override
        public void resize(long bytes) throws IOException {
            synchronized (LyingStorage.this) {
                checkAlive();
                checkSpace(file, bytes);
                file.resize((int) bytes);
            }
        }

        @Override
        public void close() {}

        private void checkAlive() throws IOException {
            if (openedIn != generation) {
                throw new IOException("the power went while this file was open");
            }
        }
    }

    /// A snapshot of all that is readable, by path.
    public synchronized Map<String, byte[]> contents() {
        var all = new HashMap<String, byte[]>();
        names.forEach((path, file) -> all.put(path, file.content()));
        return all;
    }
}
