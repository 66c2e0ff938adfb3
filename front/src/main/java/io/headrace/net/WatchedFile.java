package io.headrace.net;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;

/// A file of an operator's that is read again when it has changed.
///
/// Threads: one.
public final class WatchedFile {
    private static final long BYTES_MAX = 1 << 20;

    private final Path path;
    private FileTime stamp; // of what was read last; null before that
    private long size;

    public WatchedFile(String path) {
        this.path = Path.of(path);
    }

    /// Whether it is not what was read last. A look costs microseconds.
    ///
    /// @throws IOException it is not there
    public boolean changed() throws IOException {
        return !Files.getLastModifiedTime(path).equals(stamp) || Files.size(path) != size;
    }

    /// @throws IOException it cannot be read, or is larger than 1 MiB
    public String read() throws IOException {
        var read = Files.getLastModifiedTime(path); // before the bytes: a change in between is seen next time
        long bytes = Files.size(path);
        if (bytes > BYTES_MAX) {
            throw new IOException(path + " has " + bytes + " bytes; at most " + BYTES_MAX + " are read");
        }
        var text = Files.readString(path, StandardCharsets.UTF_8);
        stamp = read;
        size = bytes;
        return text;
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
