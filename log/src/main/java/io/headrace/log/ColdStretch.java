package io.headrace.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// Reads survivors of one group from a cold file, from a location on.
///
/// Threads: its owner.
final class ColdStretch {
    private final ByteBuffer header = ByteBuffer.allocateDirect(ColdFile.RECORD_HEADER_BYTES);
    private final CRC32C crc = new CRC32C();
    private long position;

    /// Finds the record that holds `location`.
    ///
    /// @return its length with its header
    long locate(ColdFile file, int group, long location) throws IOException {
        position = file.floor(group, location);
        while (position < file.recordsEnd) {
            file.file().read(header.clear(), position);
            int length = header.getInt(12);
            if (length < 0 || length > file.recordsEnd - position - ColdFile.RECORD_HEADER_BYTES) {
                break;
            }
            if (header.getInt(8) == group && holds(header.getLong(0), length, location)) {
                return ColdFile.RECORD_HEADER_BYTES + length;
            }
            position += aligned(length);
        }
        throw new CorruptLogException(
                "message %d of entry %d of group %d cannot be read from %s: it is missing or harmed"
                        .formatted(Location.position(location), Location.entryOffset(location), group, file.path()));
    }

    /// Where the record that was located begins.
    long position() {
        return position;
    }

    /// Collects the whole records of `group` at the beginning of `page`, of which `readBytes` were read.
    Pieces collect(int group, Page page, int readBytes) {
        var pieces = new Pieces();
        var bytes = page.bytes();
        int at = 0;
        while (readBytes - at >= ColdFile.RECORD_HEADER_BYTES && bytes.getInt(at + 8) == group) {
            int length = bytes.getInt(at + 12);
            if (length < 0 || length > readBytes - at - ColdFile.RECORD_HEADER_BYTES) {
                break;
            }
            int start = at + ColdFile.RECORD_HEADER_BYTES;
            crc.reset();
            crc.update(bytes.slice(start, length));
            if ((int) crc.getValue() != bytes.getInt(at + 16)) {
                break;
            }
            pieces.add(bytes.getLong(at), length, start);
            at += aligned(length);
        }
        return pieces;
    }

    private static boolean holds(long recordLocation, int length, long location) {
        return Location.entryOffset(recordLocation) == Location.entryOffset(location)
                && location >= recordLocation
                && (location - recordLocation < length || location == recordLocation);
    }

    private static int aligned(int length) {
        return ColdFile.RECORD_HEADER_BYTES + WalBlock.alignEntry(length);
    }
}
