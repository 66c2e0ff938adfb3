package io.headrace.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32C;

/// The blocks of [PageFile] in files of `idx/`, 1024 to a file, drawn in the package's description. Files
/// at the end that hold no block any more are deleted.
///
/// Threads: as [PageFile].
final class BlockFiles implements PageFile {
    static final String DIRECTORY = "idx";
    private static final String SUFFIX = ".idx";
    /// A queue index page: 4096 slots of 16 bytes, their bitmap, and room for a header.
    static final int PAYLOAD_BYTES = 4096 * 16 + 4096 / 8 + 64;

    private static final int HEADER_BYTES = 32;
    private static final int BLOCK_BYTES = (int) WalBlock.alignBlock(HEADER_BYTES + PAYLOAD_BYTES);
    private static final int BLOCKS_PER_FILE = 1024;
    private static final int MAGIC = 0x48525749; // HRWI

    private final Storage storage;
    private final Map<Integer, StorageFile> files = new ConcurrentHashMap<>();
    private final Set<Integer> unforced = new HashSet<>(); // by file; the lock of this and the next
    private final BitSet used = new BitSet();
    private final BitSet freed = new BitSet(); // still used, until the next checkpoint
    private final CRC32C crc = new CRC32C();
    private final ByteBuffer head = ByteBuffer.allocateDirect(HEADER_BYTES);
    private final ByteBuffer[] pieces = new ByteBuffer[2];
    private boolean namesUnforced;
    private volatile IOException failure; // of a force: never tried again, so no checkpoint may follow

    private BlockFiles(Storage storage) {
        this.storage = storage;
    }

    static BlockFiles open(Storage storage) throws IOException {
        var blocks = new BlockFiles(storage);
        var found = new HashMap<Integer, String>();
        for (var name : storage.list(DIRECTORY)) {
            if (name.endsWith(SUFFIX)) {
                found.put(Numbered.number(name, "", SUFFIX), name);
            }
        }
        for (var file : found.entrySet()) {
            blocks.files.put(file.getKey(), storage.open(DIRECTORY + "/" + file.getValue()));
        }
        return blocks;
    }

    @Override
    public int blockBytes() {
        return PAYLOAD_BYTES;
    }

    @Override
    public int write(ByteBuffer block) throws IOException {
        int bytes = block.remaining();
        if (bytes > PAYLOAD_BYTES) {
            throw new IllegalArgumentException("page of " + bytes + " bytes: a block takes " + PAYLOAD_BYTES);
        }
        int number = used.nextClearBit(0);
        crc.reset();
        crc.update(block.duplicate());
        head.clear();
        head.putInt(MAGIC).putInt(number).putInt(bytes).putInt((int) crc.getValue());
        head.clear();
        pieces[0] = head;
        pieces[1] = block;
        fileForWriting(number / BLOCKS_PER_FILE).write(pieces, 2, position(number));
        used.set(number);
        synchronized (unforced) {
            unforced.add(number / BLOCKS_PER_FILE);
        }
        return number;
    }

    @Override
    public void read(int number, ByteBuffer target) throws IOException {
        var file = files.get(number / BLOCKS_PER_FILE);
        if (file == null) {
            throw new CorruptLogException(
                    "index block %d: its file %s is missing.".formatted(number, path(number / BLOCKS_PER_FILE)));
        }
        var header = ByteBuffer.allocate(HEADER_BYTES);
        file.read(header, position(number));
        int bytes = header.getInt(8);
        boolean plausible = header.getInt(0) == MAGIC && header.getInt(4) == number && bytes >= 0;
        if (plausible && bytes <= Math.min(PAYLOAD_BYTES, target.remaining())) {
            int start = target.position();
            file.read(target.limit(start + bytes), position(number) + HEADER_BYTES);
            var check = new CRC32C();
            check.update(target.duplicate().position(start));
            if (target.position() == start + bytes && (int) check.getValue() == header.getInt(12)) {
                return;
            }
        }
        throw new CorruptLogException("index block %d, at %d of %s, is harmed."
                .formatted(number, position(number), path(number / BLOCKS_PER_FILE)));
    }

    @Override
    public void free(int number) {
        freed.set(number);
    }

    @Override
    public void inUse(int number) {
        used.set(number);
    }

    @Override
    public void force() throws IOException {
        if (failure != null) {
            throw new IOException("a force of index pages failed before", failure);
        }
        List<StorageFile> written;
        boolean names;
        synchronized (unforced) {
            written = unforced.stream().map(files::get).toList();
            unforced.clear();
            names = namesUnforced;
            namesUnforced = false;
        }
        try {
            for (var file : written) {
                file.force();
            }
            if (names) {
                storage.forceDirectory(DIRECTORY);
            }
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    @Override
    public void checkpointed() {
        used.andNot(freed);
        freed.clear();
        trim();
    }

    /// Deletes the files behind the last used block.
    private void trim() {
        int last = used.length() == 0 ? -1 : (used.length() - 1) / BLOCKS_PER_FILE;
        for (int file : Set.copyOf(files.keySet())) {
            if (file > last) {
                synchronized (unforced) {
                    unforced.remove(file);
                }
                delete(file);
            }
        }
    }

    @Override
    public long usedBlocks() {
        return used.cardinality();
    }

    void close() throws IOException {
        for (var file : files.values()) {
            file.close();
        }
    }

    private void delete(int file) {
        try {
            files.remove(file).close();
            storage.delete(path(file));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + path(file), e);
        }
    }

    private StorageFile fileForWriting(int file) throws IOException {
        var open = files.get(file);
        if (open == null) {
            open = storage.create(path(file));
            files.put(file, open);
            synchronized (unforced) {
                namesUnforced = true;
            }
        }
        return open;
    }

    private static long position(int number) {
        return (long) (number % BLOCKS_PER_FILE) * BLOCK_BYTES;
    }

    private static String path(int file) {
        return Numbered.name(DIRECTORY + "/", file, SUFFIX);
    }
}
