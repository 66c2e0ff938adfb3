package io.headrace.server;

import io.headrace.log.Storage;
import io.headrace.log.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/// A storage that never forces anything to the device, so that what is confirmed can be lost: for the
/// power-cut test, which must see it. Nothing but the system property `headrace.test.force=off` puts it in.
///
/// Threads: as the storage that it stands before.
record UnforcedStorage(Storage storage) implements Storage {
    private static final String SWITCH = "headrace.test.force";
    private static final System.Logger LOG = System.getLogger(UnforcedStorage.class.getName());

    /// Takes the force out if the switch says so.
    static Storage orForced(Storage storage) {
        if (!System.getProperty(SWITCH, "on").equals("off")) {
            return storage;
        }
        LOG.log(
                System.Logger.Level.ERROR,
                "{0}=off: nothing is forced to disk, a power cut loses what was confirmed",
                SWITCH);
        return new UnforcedStorage(storage);
    }

    @Override
    public StorageFile create(String path) throws IOException {
        return new UnforcedFile(storage.create(path));
    }

    @Override
    public StorageFile open(String path) throws IOException {
        return new UnforcedFile(storage.open(path));
    }

    @Override
    public StorageFile createDirect(String path) throws IOException {
        return create(path);
    }

    @Override
    public StorageFile openDirect(String path) throws IOException {
        return open(path);
    }

    @Override
    public boolean exists(String path) throws IOException {
        return storage.exists(path);
    }

    @Override
    public List<String> list(String directory) throws IOException {
        return storage.list(directory);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        storage.rename(from, to);
    }

    @Override
    public void delete(String path) throws IOException {
        storage.delete(path);
    }

    @Override
    public void forceDirectory(String directory) {
        // The test wants it lost.
    }

    @Override
    public long usableBytes() throws IOException {
        return storage.usableBytes();
    }

    @Override
    public long totalBytes() throws IOException {
        return storage.totalBytes();
    }

    @Override
    public void close() throws IOException {
        storage.close();
    }

    private record UnforcedFile(StorageFile file) implements StorageFile {
        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            file.write(source, position);
        }

        @Override
        public void write(ByteBuffer[] sources, int count, long position) throws IOException {
            file.write(sources, count, position);
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            return file.read(target, position);
        }

        @Override
        public void force() {
            // The test wants it lost.
        }

        @Override
        public long sizeBytes() throws IOException {
            return file.sizeBytes();
        }

        @Override
        public void resize(long bytes) throws IOException {
            file.resize(bytes);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
