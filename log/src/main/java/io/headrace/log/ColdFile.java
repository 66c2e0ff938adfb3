package io.headrace.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/// A file of survivors: what was still alive in one or more old WAL files, drawn in the package's
/// description. Written once, then only read, and deleted when a later one has taken over or nothing in it
/// is alive.
///
/// Threads: any.
final class ColdFile extends Home {
    static final String DIRECTORY = "cold";
    static final String SUFFIX = ".cold";

    static final int MAGIC = 0x48525753; // HRWS
    static final int VERSION = 1;
    static final int RECORD_HEADER_BYTES = 24;
    static final int POINT_BYTES = 24;
    static final int EXTENT_BYTES = 8 + 16 * WalFile.GROUPS_MAX;
    static final int FOOTER_BYTES = 32;
    static final int POINT_SPACING_BYTES = 64 << 10;

    final int number;
    final long sizeBytes;
    /// Records lie below.
    final long recordsEnd;

    private final StorageFile file;
    private final long[] pointLocations;
    private final int[] pointGroups;
    private final long[] pointPositions;
    private final List<Extent> extents;

    private ColdFile(int number, StorageFile file, long sizeBytes, ByteBuffer tail, int points, int extentCount) {
        this.number = number;
        this.file = file;
        this.sizeBytes = sizeBytes;
        this.recordsEnd = sizeBytes - tail.capacity();
        this.pointGroups = new int[points];
        this.pointLocations = new long[points];
        this.pointPositions = new long[points];
        this.extents = new ArrayList<>(extentCount);
        for (int i = 0; i < points; i++) {
            pointGroups[i] = tail.getInt();
            tail.getInt();
            pointLocations[i] = tail.getLong();
            pointPositions[i] = tail.getLong();
        }
        for (int i = 0; i < extentCount; i++) {
            extents.add(readExtent(tail));
        }
    }

    /// @throws CorruptLogException the file is harmed where it says what it holds
    static ColdFile open(Storage storage, int number) throws IOException {
        var path = path(number);
        var file = storage.open(path);
        long size = file.sizeBytes();
        var footer = read(file, path, size - FOOTER_BYTES, FOOTER_BYTES);
        int points = footer.getInt(8);
        int extentCount = footer.getInt(12);
        long tailBytes = FOOTER_BYTES + (long) points * POINT_BYTES + (long) extentCount * EXTENT_BYTES;
        boolean plausible = footer.getInt(0) == MAGIC && footer.getInt(4) == VERSION && points >= 0 && extentCount > 0;
        if (!plausible || tailBytes > size) {
            throw harmed(path, size - FOOTER_BYTES);
        }
        var tail = read(file, path, size - tailBytes, (int) tailBytes);
        if (footer.getInt(FOOTER_BYTES - 4) != checksum(tail)) {
            throw harmed(path, size - tailBytes);
        }
        return new ColdFile(number, file, size, tail, points, extentCount);
    }

    /// The checksum over all that follows the records, but for itself at the end.
    static int checksum(ByteBuffer tail) {
        var crc = new CRC32C();
        crc.update(tail.slice(0, tail.limit() - 4));
        return (int) crc.getValue();
    }

    /// The extents that were moved here, with this file as their home.
    List<Extent> extents() {
        return extents;
    }

    /// Where to begin looking for the record of `location`.
    long floor(int group, long location) {
        int low = 1;
        int high = pointGroups.length - 1;
        while (low <= high) {
            int middle = low + high >>> 1;
            boolean before =
                    pointGroups[middle] < group || pointGroups[middle] == group && pointLocations[middle] <= location;
            if (before) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return pointGroups.length == 0 ? 0 : pointPositions[high];
    }

    @Override
    StorageFile file() {
        return file;
    }

    String path() {
        return path(number);
    }

    static String path(int number) {
        return Numbered.name(DIRECTORY + "/", number, SUFFIX);
    }

    private Extent readExtent(ByteBuffer tail) {
        int extentNumber = tail.getInt();
        tail.getInt();
        var first = new long[WalFile.GROUPS_MAX];
        var end = new long[WalFile.GROUPS_MAX];
        for (int group = 0; group < WalFile.GROUPS_MAX; group++) {
            first[group] = tail.getLong();
            end[group] = tail.getLong();
        }
        var extent = new Extent(extentNumber, first, this);
        extent.end(end);
        return extent;
    }

    private static ByteBuffer read(StorageFile file, String path, long position, int bytes) throws IOException {
        var target = ByteBuffer.allocate(bytes);
        if (position < 0 || file.read(target, position) < bytes) {
            throw harmed(path, Math.max(0, position));
        }
        return target.flip();
    }

    private static CorruptLogException harmed(String path, long position) {
        return new CorruptLogException(
                "%s is harmed at %d: the messages it keeps cannot be told. Restore the data directory."
                        .formatted(path, position));
    }
}
