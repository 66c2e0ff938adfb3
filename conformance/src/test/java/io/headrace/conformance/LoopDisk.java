package io.headrace.conformance;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// An ext4 file system in a file, whose power can be cut. Needs root.
///
/// Threads: one.
public final class LoopDisk implements AutoCloseable {
    private static final String[] POWER_CUT = {"/usr/bin/python3", "src/test/clients/python/power_cut.py"};

    private final Path image;
    private final Path mountPoint;
    private boolean mounted;

    private LoopDisk(Path image, Path mountPoint) {
        this.image = image;
        this.mountPoint = mountPoint;
    }

    /// Skips the test where there cannot be one.
    public static LoopDisk create(Path folder, int mebibytes) throws IOException {
        assumeTrue(run("id", "-u").strip().equals("0"), "SKIPPED: mounting a file system needs root");
        var disk = new LoopDisk(folder.resolve("disk.img"), Files.createDirectory(folder.resolve("disk")));
        try (var file = new RandomAccessFile(disk.image.toFile(), "rw")) {
            file.setLength((long) mebibytes << 20);
        }
        run("mkfs.ext4", "-q", "-F", disk.image.toString());
        try {
            disk.mount();
        } catch (UncheckedIOException e) {
            assumeTrue(false, "SKIPPED: no loop device can be mounted here: " + e.getMessage());
        }
        return disk;
    }

    public Path folder() {
        return mountPoint;
    }

    public void mount() {
        run("mount", "-o", "loop", image.toString(), mountPoint.toString());
        mounted = true;
    }

    /// From now on nothing reaches the disk, and what was not forced is gone.
    public void cutPower() {
        run(POWER_CUT[0], POWER_CUT[1], mountPoint.toString());
    }

    /// Nobody may have a file open there.
    public void unmount() {
        run("umount", mountPoint.toString());
        mounted = false;
    }

    @Override
    public void close() {
        if (mounted) {
            unmount();
        }
    }

    private static String run(String... command) {
        try {
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", List.of(command)) + ": " + output.strip());
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
