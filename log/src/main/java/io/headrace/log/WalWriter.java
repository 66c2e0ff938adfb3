package io.headrace.log;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;

/// Says where in the WAL blocks go, from file to file, and knows how far they are written and forced.
///
/// Two may be on their way at once: a second waits neither for the write nor for the force of the first. They must not
/// share a unit of [StorageFile#DIRECT_BYTES], since each would write it anew. So a large block is filled with zeros to
/// the end of its last unit, and only such a one gets company; what is small waits, and becomes larger meanwhile.
///
/// ```text
///  units     |       u       |       u       |       u       |       u       |
///  small     [ block 1 ][ block 2 ]                              one after the other
///  large     [ block 1              , zeros  ][ block 2 ...      at the same time
/// ```
///
/// Whatever order they arrive in, they land in the order of their sequences: a block counts as written or forced only
/// with all before it. After a crash the second may be there without the first; its stamp says then that the first was
/// never known to be forced, and the log ends before both.
///
/// Invariant: every block of a file is forced before the first block of the next file is written.
///
/// Threads: its owner's lock.
final class WalWriter {
    /// From this size on a block is filled up, for on average half a unit of zeros. One batch of Kafka's
    /// producers has to be enough, by default 16 KiB less a part of a record: five are under way for a
    /// partition, and one that flew alone would hold up four.
    static final int LARGE_BYTES = 12 << 10;

    private final Extents extents;
    private final Flight[] flights = {new Flight(), new Flight()};
    private final ArrayDeque<Flight> flying = new ArrayDeque<>(flights.length);
    private final long[] next; // the groups' next offsets where the log ends
    private final long[] written; // and behind what is written
    private final long[] forced; // and behind what is forced
    private final int run;
    private Flight last = flights[0];
    private WalFile file;
    private long position;
    private long sequence;
    private long forcedSequence;

    /// @param end where recovery found the log's end; its file may be absent
    WalWriter(Extents extents, LogEnd end) {
        this.extents = extents;
        this.file = end.file();
        this.position = end.position();
        this.sequence = end.nextSequence();
        this.forcedSequence = sequence - 1;
        this.run = end.lastRun() + 1;
        this.next = end.nextOffsets().clone();
        this.written = next.clone();
        this.forced = next.clone();
    }

    /// Bytes that a block may have and still fit into the file.
    long roomBytes() {
        return file == null ? 0 : file.sizeBytes - position;
    }

    boolean halfFull() {
        return roomBytes() < file.sizeBytes / 2;
    }

    boolean flying() {
        return !flying.isEmpty();
    }

    /// Whether a block may be begun beside the one that is on its way.
    boolean takesCompany() {
        return flying.size() == 1
                && flying.getFirst().forced()
                && (last.state() == Flight.State.FREE || last.endsWithUnit());
    }

    /// Marks the beginning of a run, on the device: whatever lies behind, of runs before this one, is void.
    void openRun() throws IOException {
        writeNextOffsets();
        force();
    }

    /// Goes on in `fresh`. Nothing is on its way.
    void roll(WalFile fresh) throws IOException {
        force();
        file = fresh;
        position = 0;
        extents.open(fresh, next);
        writeNextOffsets();
    }

    /// One that is free. If the last block ended within a unit, the one that has this unit in its memory.
    Flight free() {
        return last.state() == Flight.State.FREE ? last : last == flights[0] ? flights[1] : flights[0];
    }

    /// A block of the entries in the batch of `flight` gets its place.
    void begin(Flight flight, boolean force) {
        file.index.add(position, next);
        var batch = flight.batch;
        int length = WalBlock.headBytes(batch.count);
        for (int i = 0; i < batch.count; i++) {
            next[batch.groups[i]] = EntryFrame.lastOffset(batch.pages[i].bytes(), batch.starts[i]) + 1;
            length += WalBlock.alignEntry(batch.lengths[i]);
        }
        if (length >= LARGE_BYTES) {
            length = (int) (Math.min(StorageFile.roundUp(position + length), file.sizeBytes) - position);
        }
        flight.begin(file, position, length, stamp(), force);
        takeOff(flight);
    }

    /// What is written gets forced. Nothing is on its way.
    void beginForce(Flight flight) {
        flight.beginForce(file, position, new WalBlock.Stamp(sequence - 1, forcedSequence, file.number, run));
        System.arraycopy(next, 0, flight.next(), 0, next.length);
        flying.addLast(flight);
    }

    private void takeOff(Flight flight) {
        System.arraycopy(next, 0, flight.next(), 0, next.length);
        position = flight.end();
        sequence++;
        last = flight;
        flying.addLast(flight);
    }

    /// The bytes of `flight` were given to the system.
    void wrote(Flight flight) {
        flight.state(Flight.State.WRITTEN);
        for (var one : flying) {
            if (one.state() == Flight.State.BEGUN) {
                return;
            }
            one.file().end = one.end();
            System.arraycopy(one.next(), 0, written, 0, written.length);
        }
    }

    /// `flight` was forced if it had to be.
    void done(Flight flight) {
        flight.state(Flight.State.DONE);
        while (!flying.isEmpty() && flying.getFirst().state() == Flight.State.DONE) {
            land(flying.removeFirst());
        }
    }

    private void land(Flight flight) {
        flight.state(Flight.State.FREE);
        if (flight.forced()) {
            forcedSequence = flight.sequence();
            System.arraycopy(flight.next(), 0, forced, 0, forced.length);
        }
    }

    boolean dirty() {
        return forcedSequence < sequence - 1;
    }

    private void force() throws IOException {
        if (dirty()) {
            file.file().force();
            forcedSequence = sequence - 1;
            System.arraycopy(next, 0, forced, 0, forced.length);
        }
    }

    /// The last offset of `group` that was written, -1 if none.
    long writtenOffset(int group) {
        return written[group] - 1;
    }

    /// The last offset of `group` that is on the device, -1 if none.
    long forcedOffset(int group) {
        return forced[group] - 1;
    }

    private void writeNextOffsets() throws IOException {
        file.index.add(position, next);
        int count = (int) Arrays.stream(next).filter(offset -> offset > 0).count();
        var flight = free();
        flight.begin(file, position, WalBlock.headBytes(count), stamp(), false);
        takeOff(flight);
        flight.writeOffsets(next);
        wrote(flight);
        done(flight);
    }

    private WalBlock.Stamp stamp() {
        return new WalBlock.Stamp(sequence, forcedSequence, file.number, run);
    }
}
