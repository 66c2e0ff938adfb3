package io.headrace.stream.share;

import io.headrace.shard.Loop;
import io.headrace.stream.AbortedTransaction;
import io.headrace.stream.Partition;
import io.headrace.stream.ReadResult;
import io.headrace.stream.ReadTarget;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.Errors;

/// What one share group has done with the records of one partition, and the rules by which its members get them.
///
/// The effect of a call is there when it returns and in the turn's entry of the log; it lasts when that is committed
/// ([Shares#whenCommitted]).
///
/// Threads: the loop of the partition.
public final class SharePartition {
    private static final int READ_BYTES_MIN = 64 << 10;

    private final int id;
    private final String group;
    private final int partitionId;
    private final Shares shares;
    private final Window window = new Window();
    private final List<Runnable> watchers = new ArrayList<>();
    private int stateEpoch;
    private boolean started; // its window has a place
    private boolean starting;
    private boolean reading; // for a member; others wait, or they would read the same
    private boolean passedOver; // by another, since somebody was reading
    private boolean gone;
    private Loop.Timer timer; // null while nobody has anything
    private long timerMillis;

    SharePartition(int id, String group, int partitionId, Shares shares) {
        this.id = id;
        this.group = group;
        this.partitionId = partitionId;
        this.shares = shares;
    }

    int id() {
        return id;
    }

    public String group() {
        return group;
    }

    int partitionId() {
        return partitionId;
    }

    /// Grows when an operator sets the start anew.
    public int stateEpoch() {
        return stateEpoch;
    }

    /// Below are records that are done with; empty if no member ever fetched.
    public Optional<Long> start() {
        return started ? Optional.of(window.start()) : Optional.empty();
    }

    /// Records from [#start] on that are done with already.
    public long finished() {
        return window.finished();
    }

    /// Of which it gives out records; empty if it is gone.
    public Optional<Partition> partition() {
        return shares.partition(partitionId);
    }

    /// The group has nothing to do with the partition any more, or the partition is gone.
    public boolean gone() {
        return gone;
    }

    Window window() {
        return window;
    }

    // ---- giving out ----

    /// About how many bytes [#fetch] would find now; 0 if it should not be tried.
    public int readableBytes(int records, int maxBytes) {
        var partition = shares.partition(partitionId);
        passedOver |= reading;
        if (gone || reading || partition.isEmpty() || !placed(partition.get())) {
            return 0;
        }
        long from = fetchOffset();
        return partition.get().readableBytes(from, fetchEnd(from, records, partition.get()), maxBytes);
    }

    /// Reads and gives to the member what it may have; answers before this returns if everything is in memory.
    ///
    /// @param target where what is read goes; not all of it may be what the member got
    public void fetch(FetchWish wish, ReadTarget target, Consumer<Acquired> answer) {
        var partition = shares.partition(partitionId);
        if (gone || reading || partition.isEmpty() || !placed(partition.get())) {
            answer.accept(Acquired.NOTHING);
            return;
        }
        long from = fetchOffset();
        long end = fetchEnd(from, wish.records(), partition.get());
        if (from >= end) {
            answer.accept(Acquired.NOTHING);
            return;
        }
        reading = true;
        var read = new ByteBuffer[1];
        ReadTarget kept = bytes -> {
            var room = target.room(bytes);
            read[0] = room.slice(room.position(), bytes);
            return room;
        };
        int bytes = Math.min(wish.bytes(), bytesFor(wish.records(), partition.get()));
        partition.get().read(from, end, bytes, wish.oneAtLeast(), kept, result -> {
            switch (result) {
                case ReadResult.Batches(int count)
                when count > 0 -> {
                    var batches = read[0].limit(count);
                    whenAbortedKnown(
                            partition.get(),
                            from,
                            batches,
                            aborted -> endReading(acquire(wish, batches, from, aborted), answer));
                }
                case ReadResult.Batches _, ReadResult.OutOfRange _, ReadResult.Gone _ ->
                    endReading(Acquired.NOTHING, answer);
            }
        });
    }

    // others may go on where this one ended
    private void endReading(Acquired acquired, Consumer<Acquired> answer) {
        reading = false;
        answer.accept(acquired);
        if (passedOver) {
            passedOver = false;
            tellWatchers();
        }
    }

    private void whenAbortedKnown(
            Partition partition, long from, ByteBuffer batches, Consumer<List<AbortedTransaction>> then) {
        if (settings().committedOnly()) {
            partition.aborted(from, Acquisition.endOf(batches), then);
        } else {
            then.accept(List.of());
        }
    }

    private Acquired acquire(FetchWish wish, ByteBuffer batches, long from, List<AbortedTransaction> aborted) {
        if (gone || !wish.wanted().getAsBoolean() || from < window.start() || from > window.end()) {
            return Acquired.NOTHING;
        }
        var settings = settings();
        long until = shares.nowMillis() + settings.lockMillis();
        var acquisition = new Acquisition(window, settings, wish, until, new AbortedBatches(aborted));
        var acquired = acquisition.from(batches, from);
        if (acquisition.marks().count() > 0) {
            shares.log().mark(id, acquisition.marks());
            if (window.advance() || acquired == Acquired.NOTHING) {
                tellWatchers(); // there was something that nobody can have: who waits looks further
            }
        }
        if (acquired != Acquired.NOTHING) {
            wakeAt(until);
        }
        return acquired;
    }

    private long fetchOffset() {
        long available = window.nextAvailable();
        return available >= 0 ? available : window.end();
    }

    // as many are looked at as may be given out, and those between them that others have
    private long fetchEnd(long from, int records, Partition partition) {
        var settings = settings();
        long readable = settings.committedOnly() ? partition.lastStableOffset() : partition.highWatermark();
        long end = from;
        long left = records;
        if (from < window.end()) {
            for (int run = window.runAt(from); run < window.runs() && left > 0; run++) {
                if (window.state(run) == RecordState.AVAILABLE) {
                    long first = Math.max(from, window.first(run));
                    end = Math.min(window.end(run), first + left);
                    left -= end - first;
                }
            }
        }
        if (left > 0) {
            long room = settings.locksMax() - (window.end() - window.start());
            if (room > 0) {
                end = window.end() + Math.min(left, room);
            }
        }
        return Math.min(end, readable);
    }

    // a file is not read for more than may be given out
    private static int bytesFor(int records, Partition partition) {
        long count = Math.max(1, partition.endOffset() - partition.startOffset());
        long each = partition.sizeBytes() / count + 1;
        return Math.clamp(2 * each * records, READ_BYTES_MIN, Integer.MAX_VALUE);
    }

    // ---- where it begins ----

    /// Whether its window has a place, from which the partition's start has not moved away.
    private boolean placed(Partition partition) {
        if (!started) {
            begin(partition);
        } else if (window.start() < partition.startOffset()) {
            skipTo(partition.startOffset());
        }
        return started;
    }

    private void begin(Partition partition) {
        switch (settings().reset()) {
            case ShareSettings.Reset.Earliest _ -> skipTo(partition.startOffset());
            case ShareSettings.Reset.Latest _ -> skipTo(partition.highWatermark());
            case ShareSettings.Reset.ByDuration(var age) -> {
                if (!starting) {
                    starting = true;
                    partition.offsetOfTime(shares.nowMillis() - age.toMillis(), found -> {
                        starting = false;
                        if (!gone && !started) {
                            skipTo(found.map(at -> at.offset()).orElse(partition.highWatermark()));
                            tellWatchers();
                        }
                    });
                }
            }
        }
    }

    private void skipTo(long offset) {
        shares.log().start(id, offset);
        startAt(offset);
    }

    // ---- taking back ----

    /// Takes what a member says of records that it has: all of it, or nothing.
    public Errors acknowledge(String member, List<Acknowledgement> acknowledgements) {
        var settings = settings();
        long before = -1;
        for (var acknowledgement : acknowledgements) {
            var error = acknowledgement.first() <= before
                    ? Errors.INVALID_RECORD_STATE
                    : check(member, acknowledgement, settings);
            if (error != Errors.NONE) {
                return error;
            }
            before = acknowledgement.last();
        }
        var marks = new Marks();
        for (var acknowledgement : acknowledgements) {
            long end = Math.min(acknowledgement.last() + 1, window.end());
            for (long at = Math.max(acknowledgement.first(), window.start()); at < end; ) {
                long to = Math.min(end, acknowledgement.sameUntil(at));
                settle(at, to, acknowledgement.type(at), settings, marks);
                at = to;
            }
        }
        put(marks);
        return Errors.NONE;
    }

    private Errors check(String member, Acknowledgement acknowledgement, ShareSettings settings) {
        if (acknowledgement.last() < window.start()) {
            return Errors.NONE; // done with already
        }
        if (window.isEmpty()) {
            return Errors.INVALID_RECORD_STATE;
        }
        if (acknowledgement.last() >= window.end()) {
            return Errors.INVALID_REQUEST;
        }
        if (!settings.renewing() && acknowledgement.types().contains(Acknowledgement.RENEW)) {
            return Errors.INVALID_RECORD_STATE;
        }
        for (long at = Math.max(acknowledgement.first(), window.start()); at <= acknowledgement.last(); ) {
            int run = window.runAt(at);
            if (window.state(run) != RecordState.ABSENT && !window.ownedBy(member, run)) {
                return Errors.INVALID_RECORD_STATE;
            }
            at = window.end(run);
        }
        return Errors.NONE;
    }

    private void settle(long from, long to, byte type, ShareSettings settings, Marks marks) {
        for (long at = from; at < to; ) {
            int run = window.runAt(at);
            long end = Math.min(to, window.end(run));
            if (window.state(run) == RecordState.ACQUIRED) {
                switch (type) {
                    case Acknowledgement.ACCEPT -> finish(at, end, RecordState.ACKNOWLEDGED, marks);
                    case Acknowledgement.RELEASE -> giveBack(at, end, run, settings, marks);
                    case Acknowledgement.GAP, Acknowledgement.REJECT -> finish(at, end, RecordState.ARCHIVED, marks);
                    case Acknowledgement.RENEW -> renew(at, end, run, settings);
                    default -> throw new IllegalArgumentException("acknowledge type " + type);
                }
            }
            at = end;
        }
    }

    private void finish(long from, long to, RecordState state, Marks marks) {
        window.finished(from, to, state);
        marks.add(from, to, state, 0);
    }

    private void giveBack(long from, long to, int run, ShareSettings settings, Marks marks) {
        int deliveries = window.deliveries(run);
        if (deliveries >= settings.deliveryLimit()) {
            finish(from, to, RecordState.ARCHIVED, marks);
        } else {
            window.available(from, to, deliveries, window.portion(run));
            marks.add(from, to, RecordState.AVAILABLE, deliveries);
        }
    }

    private void renew(long from, long to, int run, ShareSettings settings) {
        long until = shares.nowMillis() + settings.lockMillis();
        window.acquired(from, to, window.owner(run), window.deliveries(run), window.portion(run), until);
    }

    /// The member's time begins anew for all that it has, whether or not the group lets members ask for that: it is for
    /// who is known to be there by other means.
    public void renew(String member) {
        var settings = settings();
        for (long at = window.start(); at < window.end(); ) {
            int run = window.runAt(at);
            long end = window.end(run);
            if (window.ownedBy(member, run)) {
                renew(at, end, run, settings);
            }
            at = end;
        }
    }

    /// The member is gone: what it has comes back.
    public void release(String member) {
        giveBack(run -> window.ownedBy(member, run));
    }

    private interface Runs {
        boolean has(int run);
    }

    private void giveBack(Runs which) {
        var settings = settings();
        var marks = new Marks();
        for (long at = window.start(); at < window.end(); ) {
            int run = window.runAt(at);
            long end = window.end(run);
            if (which.has(run)) {
                giveBack(at, end, run, settings, marks);
            }
            at = end;
        }
        put(marks);
    }

    private void put(Marks marks) {
        if (marks.count() > 0) {
            shares.log().mark(id, marks);
            window.advance();
            tellWatchers();
        }
    }

    // one timer for all that members have: it is set for the first, and looks for the next when it fires
    private void wakeAt(long millis) {
        if (timer != null && timerMillis <= millis) {
            return;
        }
        stopTimer();
        timerMillis = millis;
        timer = shares.loop().schedule(Math.max(1, millis - shares.nowMillis()), this::takeBackLate);
    }

    private void takeBackLate() {
        timer = null;
        long now = shares.nowMillis();
        giveBack(run -> window.state(run) == RecordState.ACQUIRED && window.untilMillis(run) <= now);
        long next = window.nextUntil();
        if (next != Long.MAX_VALUE) {
            wakeAt(next);
        }
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    // ---- for the room ----

    /// `onProgress` runs whenever there may be more to fetch than before, or this is gone, until the handle is closed.
    public Partition.Watch watch(Runnable onProgress) {
        watchers.add(onProgress);
        return () -> watchers.remove(onProgress);
    }

    private void tellWatchers() {
        if (!watchers.isEmpty()) {
            List.copyOf(watchers).forEach(Runnable::run);
        }
    }

    /// Begins anew, as an operator wants it.
    ///
    /// @param start below 0: where the settings say, when somebody fetches
    void open(int epoch, long start) {
        stateEpoch = epoch;
        started = start >= 0;
        window.reset(Math.max(0, start));
        stopTimer();
        tellWatchers();
    }

    /// Everything below is done with.
    void startAt(long offset) {
        if (started) {
            window.startAt(offset);
        } else {
            started = true;
            window.reset(offset);
        }
    }

    /// What is in the log of a range, when it is replayed or restored.
    void restore(long from, long to, RecordState state, int deliveries) {
        long first = Math.max(from, window.start());
        if (first >= to) {
            return;
        }
        switch (state) {
            case AVAILABLE -> window.available(first, to, deliveries, (int) Math.min(to - first, Integer.MAX_VALUE));
            case ACKNOWLEDGED, ARCHIVED, ABSENT -> window.finished(first, to, state);
            case ACQUIRED -> throw new IllegalStateException("who had it is not in the log");
        }
    }

    void dropped() {
        gone = true;
        stopTimer();
        window.reset(0);
        tellWatchers();
    }

    private ShareSettings settings() {
        return shares.settings(group);
    }
}
