package io.headrace.shard;

import io.headrace.log.CommitLog;
import io.headrace.log.EntryFrame;
import io.headrace.log.EntryReader;
import io.headrace.log.Location;
import io.headrace.log.Page;
import io.headrace.log.PageArena;
import io.headrace.log.Storage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// The part of the engine that one loop owns: its open batches, its memory tail, and who waits for the log.
///
/// A turn: commands arrive and encode operations through [#reserve] and [#reserveTransient]; at its end
/// each open batch is closed, which appends it, applies it through [Work#apply] and then lets
/// [Work#deliver] run.
///
/// Threads: the loop, but for [#onLog].
public final class Shard {
    /// An operation may be so much larger than the budget for pages; what is being read back is beside it.
    public static final long ABOVE_BUDGET_BYTES = 32L << 20;

    /// More rounds than this in one end of turn wait for the next one, so that sockets are read in between.
    private static final int ROUNDS_MAX = 4;
    /// More than a few publishers bring that wait for each message.
    private static final int MANY_MESSAGES = 8;

    private static final long RELIEF_MILLIS = 20;

    /// Told once when what was encoded in this turn has its place in the log.
    public interface TurnEnd {
        /// @param lastOffset of the log's entries so far
        void closed(long lastOffset);
    }

    /// What the shard works for.
    public interface Work {
        /// Encodes what [Shard#hold] kept room for; called before the entry that has the room is closed.
        void encodeHeld();

        /// Encodes what was decided since the last round and is not in a batch yet (settlements).
        void encode();

        /// Applies operations that just got their place, or that are replayed.
        ///
        /// @param entry the entry's offset, or the page's number for transient operations
        /// @param entryStart where positions in locations are counted from
        void apply(long entry, ByteBuffer page, int entryStart, int valueStart, int valueEnd, boolean durable);

        /// Hands ready messages to consumers, within a bound.
        ///
        /// @return true if there is more to do in this turn
        boolean deliver();

        /// Everything up to `offset` is committed.
        void committed(long offset);
    }

    private final Loop loop;
    private final CommitLog log;
    private final LogTail durable;
    private final TransientTail transients;
    private final CommitWaits waits = new CommitWaits();
    private final long pendingBytesMax;
    private final List<Runnable> relief = new ArrayList<>();
    private final AtomicBoolean logNewsQueued = new AtomicBoolean();
    private final Runnable endTurn = () -> guarded(this::endTurn);
    private final Runnable hearLog = () -> guarded(this::hearLog);
    private final Runnable lookForRelief = () -> guarded(this::lookForRelief);
    private final Consumer<Throwable> onBroken;
    private List<TurnEnd> turnEnds = new ArrayList<>();
    private final List<List<TurnEnd>> spareEnds = new ArrayList<>(); // emptied, to be used again
    private Work work;
    private long heard = CommitLog.NO_OFFSET; // committed, as far as our work knows; the log may be further
    private boolean turnQueued;
    private boolean reliefQueued;
    private long turns;
    private boolean urgent;
    private int messagesAwaited; // of this turn
    private boolean prompt; // no rest after this turn
    private boolean wanted;

    /// @param files where reading back blocks; inline under the simulator
    /// @param pendingBytesMax publishers rest while more than this waits to be written
    /// @param onBroken hears that applying or delivering failed: the state is not to be trusted any more
    public Shard(
            Loop loop,
            CommitLog log,
            EntryReader reader,
            PageArena arena,
            Storage storage,
            Executor files,
            long pendingBytesMax,
            Consumer<Throwable> onBroken) {
        this.loop = loop;
        this.log = log;
        this.pendingBytesMax = pendingBytesMax;
        this.onBroken = onBroken;
        var line = new LoadLine(loop);
        this.durable = new LogTail(loop, log, reader, arena, this::applyDurable, this::encodeHeld, line, onBroken);
        this.transients = new TransientTail(loop, arena, storage, files, this::applyTransient, line, onBroken);
        durable.evictElsewhere(transients::spillOne);
        transients.evictElsewhere(durable::evictOne);
    }

    /// Once, before the first turn.
    public void attach(Work work) {
        this.work = work;
    }

    public Loop loop() {
        return loop;
    }

    /// What is decided from now on belongs to `epoch` of the shard's group; nothing can be logged before.
    public void lead(int epoch) {
        heard = log.committedOffset(CommitLog.DATA);
        durable.lead(epoch);
    }

    /// Asks for an end of turn. Cheap to call often.
    public void touch() {
        wanted = true;
        if (!turnQueued) {
            turnQueued = true;
            loop.afterTurn(endTurn);
        }
    }

    /// Someone will wait for what is being encoded in this turn.
    public void urgent() {
        urgent = true;
    }

    /// The same for one of the messages that a publisher has under way, often many: with enough of them in one turn the
    /// loop may rest until the log got on.
    public void urgentMessage() {
        urgent();
        messagesAwaited++;
    }

    /// Consumers have no room for what waits for them and may have it any moment: no rest before the next turn.
    public void promptly() {
        prompt = true;
    }

    /// Room for one durable operation, in [#durablePage]. Valid until the next reservation; write all of
    /// it.
    ///
    /// @return where the operation begins
    public int reserve(int bytes) {
        touch();
        return durable.reserve(bytes, urgent);
    }

    /// The most bytes that one durable operation may have.
    public long operationBytesMax() {
        return log.entryBytesMax() - EntryFrame.OVERHEAD_BYTES;
    }

    /// The most bytes of several operations for [#together]: each has to begin where a location can point to.
    public long togetherBytesMax() {
        return Math.min(operationBytesMax(), Location.MAX_POSITION);
    }

    /// What is reserved and held next, `bytes` in all, will lie in one entry, so that after a crash it is there or
    /// not there as one.
    public void together(int bytes) {
        touch();
        durable.together(bytes, urgent);
    }

    /// Keeps room for `bytes` of durable operations that [Work#encodeHeld] will encode before the entry is closed.
    /// Make sure of it with [#together] before.
    public void hold(int bytes) {
        durable.hold(bytes);
    }

    /// Lets [Work#encodeHeld] encode now, into the room that was held.
    public void encodeHeld() {
        durable.release();
        work.encodeHeld();
    }

    /// The last reservation, durable or not, was not used: nothing of it is logged or applied.
    public void takeBack(int at, boolean isDurable) {
        if (isDurable) {
            durable.takeBack(at);
        } else {
            transients.takeBack(at);
        }
    }

    public ByteBuffer durablePage() {
        return durable.page();
    }

    public int reserveTransient(int bytes) {
        touch();
        return transients.reserve(bytes);
    }

    public ByteBuffer transientPage() {
        return transients.page();
    }

    /// Finds a message in memory.
    ///
    /// @return the start of the message in [Found#page], or -1 if it has to be loaded first
    public int find(long location, boolean isTransient, Found found) {
        return isTransient ? transients.find(location, found) : durable.find(location, found);
    }

    /// Keeps the page of something durable that was just applied in memory until the page is unpinned.
    public Page pin(long location) {
        return durable.pin(location);
    }

    /// Brings a message into memory and runs `done` on the loop; then [#find] finds it. It may have to wait for others.
    ///
    /// @param bytes of the message
    /// @param wanted whether it is there to be read and not here yet; if not, `done` runs without
    public void load(long location, boolean isTransient, int bytes, BooleanSupplier wanted, Runnable done) {
        if (isTransient) {
            transients.load(location, bytes, wanted, done);
        } else {
            durable.load(location, bytes, wanted, done);
        }
    }

    /// Everything durable from this location on is in memory.
    public long firstInMemory() {
        return durable.firstInMemory();
    }

    /// The most bytes of messages for one [#gather].
    public int gatherBytesMax() {
        return durable.gatherBytesMax();
    }

    /// Copies durable messages into memory that will be needed soon, each stretch of the log read once for all of them,
    /// and runs `done` on the loop; then [#find] finds them, for as long as there are not too many newer ones.
    ///
    /// One that is not live any more by then is passed over, and so is one that cannot be read: who needs it
    /// loads it.
    ///
    /// @param locations ascending
    /// @param bytes of all of them, roughly
    /// @param untilMillis when the last of them will have been needed
    public void gather(long[] locations, EntryReader.Measure measure, int bytes, long untilMillis, Runnable done) {
        durable.gather(locations, measure, bytes, untilMillis, done);
    }

    /// A queue refers to the transient message.
    public void retainTransient(long location) {
        transients.retain(location);
    }

    public void releaseTransient(long location) {
        transients.release(location);
    }

    /// Calls `waiter` with `tag` when everything appended up to `offset` is committed.
    public void await(long offset, CommitWaits.Waiter waiter, long tag) {
        if (heard >= offset && waits.isEmpty()) {
            waiter.committed(tag);
        } else {
            waits.add(offset, waiter, tag);
        }
    }

    public boolean underPressure() {
        return log.pendingBytes() > pendingBytesMax || durable.overBudget() || transients.overBudget();
    }

    /// Bytes of log since the start.
    public long appendedBytes() {
        return durable.appendedBytes();
    }

    /// Turns that had something to end, since the start.
    public long turns() {
        return turns;
    }

    /// Runs `task` once, later: when there is no pressure. It has to ask again then, for many may have waited.
    public void onRelief(Runnable task) {
        relief.add(task);
        if (!reliefQueued) {
            reliefQueued = true;
            loop.execute(lookForRelief); // the pressure may be gone, and then the log has nothing more to tell
        }
    }

    // of what else makes room than the log, nobody tells
    private void lookForRelief() {
        reliefQueued = false;
        giveRelief();
        if (!relief.isEmpty() && !reliefQueued) {
            reliefQueued = true;
            loop.schedule(RELIEF_MILLIS, lookForRelief);
        }
    }

    private void giveRelief() {
        if (!relief.isEmpty() && !underPressure()) {
            var tasks = List.copyOf(relief);
            relief.clear();
            tasks.forEach(Runnable::run);
        }
    }

    /// The log got on. Any thread.
    public void onLog() {
        if (logNewsQueued.compareAndSet(false, true)) {
            loop.execute(hearLog);
        }
    }

    /// Closes open batches and applies them now, so that [CommitLog#nextOffset] covers all that was
    /// decided.
    public void close() {
        encodeHeld();
        work.encode();
        durable.close(urgent);
        transients.close();
        urgent = false;
        tellTurnEnds();
    }

    /// Runs `end` when the turn's operations have their place.
    public void atTurnEnd(TurnEnd end) {
        turnEnds.add(end);
        touch();
    }

    // Who is told may ask for more, and that may end in another close: so the list is taken away first.
    private void tellTurnEnds() {
        if (turnEnds.isEmpty()) {
            return;
        }
        long lastOffset = log.nextOffset(CommitLog.DATA) - 1;
        var ended = turnEnds;
        turnEnds = spareEnds.isEmpty() ? new ArrayList<>() : spareEnds.removeLast();
        for (int i = 0; i < ended.size(); i++) {
            ended.get(i).closed(lastOffset);
        }
        ended.clear();
        spareEnds.add(ended);
    }

    // What fails here is an invariant of ours, never a peer's input: going on could confirm or deliver wrongly.
    private void guarded(Runnable part) {
        try {
            part.run();
        } catch (RuntimeException | Error e) {
            onBroken.accept(e);
            throw e;
        }
    }

    private void endTurn() {
        turns++;
        for (int round = 0; round < ROUNDS_MAX && wanted; round++) {
            wanted = false;
            close();
            if (work.deliver()) {
                wanted = true;
            }
        }
        turnQueued = false;
        if (wanted) {
            loop.execute(this::touch);
        } else if (messagesAwaited >= MANY_MESSAGES && !prompt) {
            loop.mayRest();
        }
        messagesAwaited = 0;
        prompt = false;
    }

    private void hearLog() {
        logNewsQueued.set(false);
        heard = log.committedOffset(CommitLog.DATA);
        work.committed(heard); // whoever is told next finds it so
        waits.release(heard);
        giveRelief();
    }

    private void applyDurable(long offset, ByteBuffer page, int entryStart, int valueStart, int valueEnd) {
        work.apply(offset, page, entryStart, valueStart, valueEnd, true);
    }

    private void applyTransient(long number, ByteBuffer page, int entryStart, int valueStart, int valueEnd) {
        work.apply(number, page, entryStart, valueStart, valueEnd, false);
    }

    /// Operations that got their place.
    interface Applier {
        void apply(long entry, ByteBuffer page, int entryStart, int valueStart, int valueEnd);
    }

    /// Where [#find] found a message.
    public static final class Found {
        ByteBuffer page;

        public ByteBuffer page() {
            return page;
        }
    }
}
