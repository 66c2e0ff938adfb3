package io.headrace.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// The brokers that a user of this machine runs, so that tools find one from wherever they are called: a folder of the
/// user with a file for each, which holds the path of its data directory.
///
/// ```text
///   $XDG_RUNTIME_DIR/headrace/   or   /tmp/headrace-alice/       mode 0700
///       3f2a...                       /var/lib/headrace
/// ```
/// It only helps to find them. A folder that others may write to, or that is another's, is left alone: it could lead to
/// a broker that is none of ours. What a crash leaves behind is seen to be stale, and swept up by the next start.
///
/// Threads: any.
public final class RunningBrokers {
    private static final String NAME = "headrace";
    private static final String MINE_ALONE = "rwx------";

    private final List<Path> folders; // the first that can be used is written to

    private RunningBrokers(List<Path> folders) {
        this.folders = folders;
    }

    /// Those of whoever runs this process.
    public static RunningBrokers ofThisUser() {
        List<Path> folders = new ArrayList<>();
        var session = System.getenv("XDG_RUNTIME_DIR"); // a service has none, a shell may
        if (session != null && !session.isEmpty()) {
            folders.add(Path.of(session, NAME));
        }
        folders.add(Path.of(System.getProperty("java.io.tmpdir"), NAME + "-" + System.getProperty("user.name")));
        return new RunningBrokers(folders);
    }

    static RunningBrokers in(Path folder) {
        return new RunningBrokers(List.of(folder));
    }

    /// By their data directories.
    public Map<Path, Running> all() throws IOException {
        Map<Path, Running> found = new LinkedHashMap<>();
        for (Path entry : entries()) {
            var data = dataDirectory(entry);
            Running.on(data).ifPresent(running -> found.put(data, running));
        }
        return found;
    }

    /// @throws IOException there is nowhere to write it; the broker runs as well without
    void add(Path data) throws IOException {
        sweep();
        for (Path folder : folders) {
            if (make(folder)) {
                Files.writeString(entry(folder, data), data.toString());
                return;
            }
        }
        throw new IOException("none of " + folders + " is a folder of this user alone");
    }

    void remove(Path data) throws IOException {
        for (Path folder : folders) {
            if (isMine(folder)) {
                Files.deleteIfExists(entry(folder, data));
            }
        }
    }

    private void sweep() throws IOException {
        for (Path entry : entries()) {
            if (Running.on(dataDirectory(entry)).isEmpty()) {
                Files.deleteIfExists(entry);
            }
        }
    }

    private Collection<Path> entries() throws IOException {
        List<Path> entries = new ArrayList<>();
        for (Path folder : folders) {
            if (isMine(folder)) {
                try (var files = Files.list(folder)) {
                    entries.addAll(files.sorted().toList());
                } catch (UncheckedIOException e) {
                    throw e.getCause();
                }
            }
        }
        return entries;
    }

    private static Path dataDirectory(Path entry) throws IOException {
        return Path.of(Files.readString(entry));
    }

    private static Path entry(Path folder, Path data) {
        return folder.resolve(UUID.nameUUIDFromBytes(data.toString().getBytes(StandardCharsets.UTF_8))
                .toString());
    }

    private static boolean make(Path folder) throws IOException {
        try {
            if (!Files.isDirectory(folder.getParent())) {
                return false;
            }
            Files.createDirectory(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(MINE_ALONE)));
            return true;
        } catch (FileAlreadyExistsException _) {
            return isMine(folder);
        }
    }

    private static boolean isMine(Path folder) throws IOException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        var me = ProcessHandle.current().info().user();
        return me.isPresent()
                && Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).getName().equals(me.get())
                && PosixFilePermissions.toString(Files.getPosixFilePermissions(folder))
                        .equals(MINE_ALONE);
    }
}
