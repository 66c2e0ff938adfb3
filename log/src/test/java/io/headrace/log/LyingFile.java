package io.headrace.log;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/// The bytes of one file of [LyingStorage]: what a read sees, what is on the device, and for each sector
/// that differs all that was written to it in between.
///
/// Threads: under the lock of its storage.
final class LyingFile {
    private static final int SECTOR_BYTES = 512;

    private byte[] seen = new byte[0];
    private int size;
    private byte[] durable = new byte[0];
    private int durableSize;
    private final Map<Integer, List<Version>> unforced = new HashMap<>(); // by sector
    private final Set<Integer> forgotten = new HashSet<>(); // sectors that a failed force has lost
    private int writes;

    /// A sector as one write left it.
    private record Version(int write, byte[] bytes) {}

    int size() {
        return size;
    }

    void write(ByteBuffer source, int position) {
        int bytes = source.remaining();
        if (bytes == 0) {
            return;
        }
        grow(position + bytes);
        source.get(seen, position, bytes);
        writes++;
        for (int sector = position / SECTOR_BYTES; sector <= (position + bytes - 1) / SECTOR_BYTES; sector++) {
            unforced.computeIfAbsent(sector, at -> new ArrayList<>()).add(new Version(writes, sector(seen, sector)));
            forgotten.remove(sector);
        }
    }

    int read(ByteBuffer target, long position) {
        int bytes = (int) Math.max(0, Math.min(target.remaining(), size - position));
        if (bytes > 0) {
            target.put(seen, (int) position, bytes);
        }
        return bytes;
    }

    void resize(int bytes) {
        if (bytes < size) {
            Arrays.fill(seen, bytes, size, (byte) 0);
            size = bytes;
        } else {
            grow(bytes);
        }
    }

    void force() {
        growDurable();
        for (int sector : unforced.keySet()) {
            int from = sector * SECTOR_BYTES;
            System.arraycopy(seen, from, durable, from, SECTOR_BYTES);
        }
        durableSize = size;
        unforced.clear();
    }

    /// The system reports the failure once, and forgets that the sectors are not on the device: a later
    /// force does not write them, though reads show them until the power goes.
    void failForce() {
        forgotten.addAll(unforced.keySet());
        unforced.clear();
    }

    /// Three ways to lose: whole writes, single sectors, or everything since the last force.
    void crash(SplittableRandom random, boolean keepAll) {
        growDurable();
        int kept = keepAll ? 10 : random.nextInt(11);
        boolean byWrite = random.nextBoolean();
        var keptWrites = new HashMap<Integer, Boolean>();
        unforced.entrySet().stream().sorted(Map.Entry.comparingByKey()).forEach(sector -> {
            for (var version : sector.getValue()) {
                boolean keep = byWrite
                        ? keptWrites.computeIfAbsent(version.write, write -> random.nextInt(10) < kept)
                        : random.nextInt(10) < kept;
                if (keep) {
                    System.arraycopy(version.bytes, 0, durable, sector.getKey() * SECTOR_BYTES, SECTOR_BYTES);
                }
            }
        });
        forgotten.addAll(unforced.keySet());
        for (int sector : forgotten) {
            System.arraycopy(durable, sector * SECTOR_BYTES, seen, sector * SECTOR_BYTES, SECTOR_BYTES);
        }
        forgotten.clear();
        unforced.clear();
        shrink(keepAll || random.nextBoolean() ? size : Math.min(size, durableSize));
        durableSize = size;
    }

    private void shrink(int bytes) {
        Arrays.fill(seen, bytes, size, (byte) 0);
        Arrays.fill(durable, bytes, Math.min(size, durable.length), (byte) 0);
        size = bytes;
    }

    void flipBit(int position) {
        seen[position] ^= 1;
        if (position < durable.length) {
            durable[position] ^= 1;
        }
    }

    byte[] content() {
        return Arrays.copyOf(seen, size);
    }

    private void grow(int bytes) {
        if (bytes > seen.length) {
            int sectors = (bytes + SECTOR_BYTES - 1) / SECTOR_BYTES;
            seen = Arrays.copyOf(seen, Math.max(sectors, seen.length / SECTOR_BYTES * 2) * SECTOR_BYTES);
        }
        size = Math.max(size, bytes);
    }

    private void growDurable() {
        if (durable.length < seen.length) {
            durable = Arrays.copyOf(durable, seen.length);
        }
    }

    private static byte[] sector(byte[] bytes, int sector) {
        return Arrays.copyOfRange(bytes, sector * SECTOR_BYTES, (sector + 1) * SECTOR_BYTES);
    }
}
