package io.headrace.stream;

import io.headrace.log.Storage;
import io.headrace.log.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The files of all segments, in one folder. A few are open at a time, the least recently used being closed first: a
/// partition costs no handle.
///
/// ```text
///  part/0000000012-00000000000000004711.log     partition 12, from offset 4711 on
///  part/0000000012-00000000000000004711.2.log   the same, compacted twice
///  part/0000000012-00000000000000004711.txnindex    its aborted transactions, if it has any ([AbortedRange])
///  part/0000000012-00000000000000004711.index   where its batches lie, once it is whole ([SegmentIndexFile])
/// ```
/// A `.log` file holds record batches one after the other and nothing else, as Kafka's segments do. What lies behind
/// the end
/// that the last checkpoint and the log name is of no account.
///
/// Threads: any; one at a time writes a segment.
final class SegmentFiles implements AutoCloseable {
    static final String DIRECTORY = "part";

    private static final int OPEN_MAX = 1024;
    private static final int PARTITION_DIGITS = 10;
    private static final int OFFSET_DIGITS = 20;
    private static final String SUFFIX = ".log";
    private static final String ABORTED_SUFFIX = ".txnindex";
    private static final String INDEX_SUFFIX = ".index";

    private static final class Handle {
        final StorageFile file;
        int users;
        boolean doomed; // closed by its last user

        Handle(StorageFile file) {
            this.file = file;
        }
    }

    private final Storage storage;
    private final Map<String, Handle> open = new LinkedHashMap<>(16, 0.75f, true);
    private final Set<String> known = new HashSet<>(); // that exist
    private Set<String> unforced = new HashSet<>();
    private boolean namesUnforced;
    private IOException failure; // of a force: never tried again, so no checkpoint may follow

    SegmentFiles(Storage storage) throws IOException {
        this.storage = storage;
        known.addAll(storage.list(DIRECTORY));
    }

    static String name(int partition, long baseOffset, int generation) {
        return stem(partition, baseOffset, generation) + SUFFIX;
    }

    static String abortedName(int partition, long baseOffset, int generation) {
        return stem(partition, baseOffset, generation) + ABORTED_SUFFIX;
    }

    static String indexName(int partition, long baseOffset, int generation) {
        return stem(partition, baseOffset, generation) + INDEX_SUFFIX;
    }

    /// All files that a segment may have.
    static List<String> names(Segment segment) {
        return List.of(segment.fileName(), segment.abortedName(), segment.indexName());
    }

    private static String stem(int partition, long baseOffset, int generation) {
        return padded(partition, PARTITION_DIGITS)
                + "-"
                + padded(baseOffset, OFFSET_DIGITS)
                + (generation == 0 ? "" : "." + generation);
    }

    private static String padded(long number, int digits) {
        var text = Long.toString(number);
        return "0".repeat(digits - text.length()) + text;
    }

    /// Writes at `position`, not forced.
    void write(Segment segment, ByteBuffer[] pieces, int count, long position) throws IOException {
        write(segment.fileName(), pieces, count, position);
    }

    /// As [#write], beside the segment.
    void writeAborted(Segment segment, ByteBuffer entries, long position) throws IOException {
        write(segment.abortedName(), new ByteBuffer[] {entries}, 1, position);
    }

    /// Writes the index of a segment that is whole.
    void writeIndex(Segment segment, ByteBuffer index) throws IOException {
        write(segment.indexName(), new ByteBuffer[] {index}, 1, 0);
    }

    private void write(String name, ByteBuffer[] pieces, int count, long position) throws IOException {
        var handle = take(name, true);
        try {
            handle.file.write(pieces, count, position);
        } finally {
            giveBack(handle);
            written(name);
        }
    }

    /// @return the bytes read, fewer than asked for at the end of the file
    int read(Segment segment, ByteBuffer target, long position) throws IOException {
        return read(segment.fileName(), target, position);
    }

    /// As [#read], beside the segment.
    int readAborted(Segment segment, ByteBuffer target, long position) throws IOException {
        return read(segment.abortedName(), target, position);
    }

    /// What lies beside the segment as its index, which may be anything.
    ///
    /// @return empty if there is nothing, or more than `bytesMax`
    Optional<ByteBuffer> readIndex(Segment segment, int bytesMax) throws IOException {
        synchronized (this) {
            if (!known.contains(segment.indexName())) {
                return Optional.empty();
            }
        }
        var handle = take(segment.indexName(), false);
        try {
            long bytes = handle.file.sizeBytes();
            if (bytes > bytesMax) {
                return Optional.empty();
            }
            var index = ByteBuffer.allocate((int) bytes);
            handle.file.read(index, 0);
            return Optional.of(index.flip());
        } finally {
            giveBack(handle);
        }
    }

    private int read(String name, ByteBuffer target, long position) throws IOException {
        var handle = take(name, false);
        try {
            return handle.file.read(target, position);
        } finally {
            giveBack(handle);
        }
    }

    /// Makes durable what was written before the call.
    ///
    /// @throws IOException the device refused; every later call throws too
    void force() throws IOException {
        Set<String> written;
        synchronized (this) {
            written = unforced;
            unforced = new HashSet<>();
        }
        force(written);
        forceNames();
    }

    /// As [#force], of what is in one segment; that it exists is left to [#forceNames].
    void force(Segment segment) throws IOException {
        var written = new ArrayList<String>(3);
        synchronized (this) {
            for (var name : names(segment)) {
                if (unforced.remove(name)) {
                    written.add(name);
                }
            }
        }
        force(written);
    }

    /// Makes durable which files there are.
    void forceNames() throws IOException {
        boolean names;
        synchronized (this) {
            names = namesUnforced;
            namesUnforced = false;
        }
        attempt(() -> {
            if (names) {
                storage.forceDirectory(DIRECTORY);
            }
        });
    }

    private void force(Collection<String> written) throws IOException {
        attempt(() -> {
            for (var name : written) {
                force(name);
            }
        });
    }

    private interface Force {
        void run() throws IOException;
    }

    private void attempt(Force force) throws IOException {
        synchronized (this) {
            if (failure != null) {
                throw new IOException("a force of segments failed before", failure);
            }
        }
        try {
            force.run();
        } catch (IOException e) {
            synchronized (this) {
                failure = e;
            }
            throw e;
        }
    }

    private void force(String name) throws IOException {
        synchronized (this) {
            if (!known.contains(name)) {
                return; // deleted meanwhile
            }
        }
        var handle = take(name, false);
        try {
            handle.file.force();
        } finally {
            giveBack(handle);
        }
    }

    synchronized void delete(Segment segment) throws IOException {
        for (var name : names(segment)) {
            delete(name);
        }
    }

    /// Deletes what is no segment of these; at start.
    synchronized void keepOnly(Set<String> names) throws IOException {
        for (var name : List.copyOf(known)) {
            if (!names.contains(name)) {
                delete(name);
            }
        }
    }

    private void delete(String name) throws IOException {
        if (known.remove(name)) {
            unforced.remove(name);
            var handle = open.remove(name);
            if (handle != null) {
                close(handle);
            }
            storage.delete(DIRECTORY + "/" + name);
        }
    }

    private synchronized Handle take(String name, boolean write) throws IOException {
        var handle = open.get(name);
        if (handle == null) {
            handle = new Handle(open(name, write));
            open.put(name, handle);
        }
        handle.users++;
        if (open.size() > OPEN_MAX) {
            closeEldest();
        }
        return handle;
    }

    private StorageFile open(String name, boolean write) throws IOException {
        var path = DIRECTORY + "/" + name;
        if (known.contains(name)) {
            return storage.openDirect(path);
        }
        if (!write) {
            throw new IOException("segment " + path + " is missing");
        }
        var created = storage.createDirect(path);
        known.add(name);
        namesUnforced = true;
        return created;
    }

    private void closeEldest() throws IOException {
        var eldest = open.entrySet().iterator();
        var handle = eldest.next().getValue();
        eldest.remove();
        close(handle);
    }

    // after the write: a force that begins before it does not cover it
    private synchronized void written(String name) {
        if (known.contains(name)) {
            unforced.add(name);
        }
    }

    private static void close(Handle handle) throws IOException {
        handle.doomed = true;
        if (handle.users == 0) {
            handle.file.close();
        }
    }

    private synchronized void giveBack(Handle handle) throws IOException {
        handle.users--;
        if (handle.doomed && handle.users == 0) {
            handle.file.close();
        }
    }

    @Override
    public synchronized void close() throws IOException {
        for (var handle : new ArrayList<>(open.values())) {
            close(handle);
        }
        open.clear();
    }
}
