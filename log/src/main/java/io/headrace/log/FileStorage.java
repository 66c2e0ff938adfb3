package io.headrace.log;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// A data directory on a real file system. Holds the directory's lock while open.
///
/// Threads: any.
public final class FileStorage implements Storage {
    private static final System.Logger LOG = System.getLogger(FileStorage.class.getName());
    private static final Optional<OpenOption> PAST_THE_CACHE = pastTheCache();

    private final Path directory;
    private final DirectoryLock lock;
    private final FileStore space;

    private FileStorage(Path directory, DirectoryLock lock) throws IOException {
        this.directory = directory;
        this.lock = lock;
        this.space = Files.getFileStore(directory);
    }

    /// Creates the directory if need be and locks it.
    ///
    /// @throws DirectoryLockedException its message names the holder and says what to do
    public static FileStorage open(Path directory) throws IOException {
        Path absolute = directory.toAbsolutePath().normalize();
        createDirectories(absolute);
        return new FileStorage(absolute, DirectoryLock.acquire(absolute));
    }

    @Override
    public StorageFile create(String path) throws IOException {
        Path file = resolve(path);
        createDirectories(file.getParent());
        return new ChannelFile(
                FileChannel.open(
                        file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
                space);
    }

    @Override
    public StorageFile open(String path) throws IOException {
        return new ChannelFile(
                FileChannel.open(resolve(path), StandardOpenOption.READ, StandardOpenOption.WRITE), space);
    }

    @Override
    public StorageFile createDirect(String path) throws IOException {
        return direct(create(path), path);
    }

    @Override
    public StorageFile openDirect(String path) throws IOException {
        return direct(open(path), path);
    }

    /// Some file systems cannot do without their cache, and some have blocks larger than ours: then `file` serves as
    /// it is.
    private StorageFile direct(StorageFile file, String path) throws IOException {
        if (PAST_THE_CACHE.isEmpty() || space.getBlockSize() > StorageFile.DIRECT_BYTES) {
            return file;
        }
        try {
            var channel = FileChannel.open(resolve(path), StandardOpenOption.WRITE, PAST_THE_CACHE.get());
            return new DirectFile(file, new ChannelFile(channel, space));
        } catch (IOException | UnsupportedOperationException e) {
            LOG.log(System.Logger.Level.DEBUG, "{0}: written through the system''s cache: {1}", path, e.getMessage());
            return file;
        }
    }

    /// The option is public, but its package is not that of every JDK, and the compiler warns of it.
    private static Optional<OpenOption> pastTheCache() {
        try {
            var options = Class.forName("com.sun.nio.file.ExtendedOpenOption").getEnumConstants();
            return Arrays.stream(options)
                    .filter(option -> option.toString().equals("DIRECT"))
                    .map(OpenOption.class::cast)
                    .findFirst();
        } catch (ClassNotFoundException e) {
            return Optional.empty();
        }
    }

    @Override
    public boolean exists(String path) {
        return Files.exists(resolve(path));
    }

    @Override
    public List<String> list(String directory) throws IOException {
        Path folder = resolve(directory);
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (var files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Files.move(resolve(from), resolve(to), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void delete(String path) throws IOException {
        Files.delete(resolve(path));
    }

    @Override
    public void forceDirectory(String directory) throws IOException {
        force(resolve(directory));
    }

    @Override
    public long usableBytes() throws IOException {
        return space.getUsableSpace();
    }

    @Override
    public long totalBytes() throws IOException {
        return space.getTotalSpace();
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }

    private Path resolve(String path) {
        Path resolved = directory.resolve(path).normalize();
        if (!resolved.startsWith(directory)) {
            throw new IllegalArgumentException(path + " leaves the data directory");
        }
        return resolved;
    }

    /// A new folder's name lies in its parent, which is forced too.
    private static void createDirectories(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            return;
        }
        Path parent = folder.getParent();
        createDirectories(parent);
        Files.createDirectory(folder);
        force(parent);
    }

    private static void force(Path folder) throws IOException {
        try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
