package io.headrace.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Keeps two brokers off one data directory. The operating system holds the lock, so that a killed process
/// leaves nothing stale; the file `lock` only says whose it is.
///
/// Threads: any.
final class DirectoryLock implements AutoCloseable {
    private static final String NAME = "lock";
    private static final int OWNER_BYTES_MAX = 512;

    private final FileChannel channel;
    private final FileLock lock;

    private DirectoryLock(FileChannel channel, FileLock lock) {
        this.channel = channel;
        this.lock = lock;
    }

    /// @throws DirectoryLockedException another process, or another log of this one, has the directory
    static DirectoryLock acquire(Path directory) throws IOException {
        Path path = directory.resolve(NAME);
        var channel =
                FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            var lock = channel.tryLock();
            if (lock == null) {
                throw new DirectoryLockedException(directory, owner(path));
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(ourselves().getBytes(StandardCharsets.UTF_8)), 0);
            return new DirectoryLock(channel, lock);
        } catch (OverlappingFileLockException e) {
            channel.close();
            throw new DirectoryLockedException(directory, "this process");
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        lock.release();
        channel.close();
    }

    private static String ourselves() {
        return ProcessHandle.current().pid() + " " + HostName.own() + "\n";
    }

    private static String owner(Path path) throws IOException {
        byte[] bytes;
        try (var in = Files.newInputStream(path)) {
            bytes = in.readNBytes(OWNER_BYTES_MAX);
        }
        var words = new String(bytes, StandardCharsets.UTF_8).strip().split(" ");
        if (words.length != 2) {
            return "another process";
        }
        return words[1].equals(HostName.own()) ? "process " + words[0] : "process " + words[0] + " on " + words[1];
    }
}
