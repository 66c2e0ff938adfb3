package io.headrace.log;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/// A data directory on a real file system. Holds the directory's lock while open.
///
/// Threads: any.
public final class FileStorage implements Storage {
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
