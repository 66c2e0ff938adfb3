package io.headrace.stream.share;

import java.util.Arrays;
import java.util.Objects;

/// The records of a partition from the first that a share group is not done with to the last that it has looked at, as
/// runs: neighbours in the same state are one, however many they are. So a batch that is given out, acknowledged and
/// left behind costs the same as one record.
///
/// Invariants
/// - the runs follow each other without a gap from [#start] to [#end]
/// - two neighbours differ
///
/// Threads: the loop of the partition.
final class Window {
    private static final int FIRST_ROOM = 4;
    private static final int KEPT_ROOM = 64;
    private static final String NOBODY = "";

    private long[] firsts = {};
    private RecordState[] states = {};
    private byte[] counts = {}; // deliveries
    private int[] portions = {}; // records that were given out together
    private String[] owners = {};
    private long[] untils = {}; // ms since 1970
    private int runs;
    private long start;
    private long end;
    private long availableFrom; // nothing below is available

    long start() {
        return start;
    }

    /// After the last record.
    long end() {
        return end;
    }

    boolean isEmpty() {
        return start == end;
    }

    int runs() {
        return runs;
    }

    /// Empties it.
    void reset(long offset) {
        runs = 0;
        start = offset;
        end = offset;
        availableFrom = offset;
        if (firsts.length > KEPT_ROOM) {
            room(0);
        }
    }

    /// The run that holds `offset`, which is in the window.
    int runAt(long offset) {
        int low = 0;
        int high = runs - 1;
        while (low < high) {
            int middle = low + high + 1 >>> 1;
            if (firsts[middle] <= offset) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    long first(int run) {
        return firsts[run];
    }

    /// After the run's last record.
    long end(int run) {
        return run + 1 < runs ? firsts[run + 1] : end;
    }

    RecordState state(int run) {
        return states[run];
    }

    /// How often its records were given out.
    int deliveries(int run) {
        return counts[run];
    }

    /// How many records were given out together when it was given out first.
    int portion(int run) {
        return portions[run];
    }

    String owner(int run) {
        return owners[run];
    }

    boolean ownedBy(String member, int run) {
        return states[run] == RecordState.ACQUIRED && owners[run].equals(member);
    }

    /// When its owner loses it.
    long untilMillis(int run) {
        return untils[run];
    }

    /// @return the first available offset, or -1
    long nextAvailable() {
        if (availableFrom >= end) {
            return -1;
        }
        for (int run = runAt(availableFrom); run < runs; run++) {
            if (states[run] == RecordState.AVAILABLE) {
                availableFrom = Math.max(availableFrom, firsts[run]);
                return availableFrom;
            }
        }
        availableFrom = end;
        return -1;
    }

    /// When the first owner loses something; [Long#MAX_VALUE] for never.
    long nextUntil() {
        long next = Long.MAX_VALUE;
        for (int run = 0; run < runs; run++) {
            if (states[run] == RecordState.ACQUIRED) {
                next = Math.min(next, untils[run]);
            }
        }
        return next;
    }

    /// Records in the window that are done with.
    long finished() {
        long finished = 0;
        for (int run = 0; run < runs; run++) {
            if (states[run].finished()) {
                finished += end(run) - firsts[run];
            }
        }
        return finished;
    }

    void acquired(long from, long to, String owner, int deliveries, int portion, long untilMillis) {
        put(from, to, RecordState.ACQUIRED, deliveries, portion, owner, untilMillis);
    }

    void available(long from, long to, int deliveries, int portion) {
        put(from, to, RecordState.AVAILABLE, deliveries, portion, NOBODY, 0);
        availableFrom = Math.min(availableFrom, from);
    }

    void finished(long from, long to, RecordState state) {
        put(from, to, state, 0, 0, NOBODY, 0);
    }

    // what is between the end and `from` is absent
    private void put(
            long from, long to, RecordState state, int deliveries, int portion, String owner, long untilMillis) {
        if (from < start || to <= from) {
            throw new IllegalArgumentException("%d to %d of a window from %d to %d".formatted(from, to, start, end));
        }
        if (from > end) {
            put(end, from, RecordState.ABSENT, 0, 0, NOBODY, 0);
        }
        int run = split(from);
        if (to >= end) {
            runs = run;
            end = to;
        } else {
            remove(run, split(to));
        }
        insert(run);
        firsts[run] = from;
        states[run] = state;
        counts[run] = (byte) deliveries;
        portions[run] = portion;
        owners[run] = owner;
        untils[run] = untilMillis;
        mergeWithNext(run);
        if (run > 0) {
            mergeWithNext(run - 1);
        }
    }

    // a run begins at the offset then, if it is in the window
    private int split(long offset) {
        if (offset >= end) {
            return runs;
        }
        int run = runAt(offset);
        if (firsts[run] == offset) {
            return run;
        }
        insert(run + 1);
        states[run + 1] = states[run];
        counts[run + 1] = counts[run];
        portions[run + 1] = portions[run];
        owners[run + 1] = owners[run];
        untils[run + 1] = untils[run];
        firsts[run + 1] = offset;
        return run + 1;
    }

    private void mergeWithNext(int run) {
        if (run + 1 < runs
                && states[run] == states[run + 1]
                && counts[run] == counts[run + 1]
                && portions[run] == portions[run + 1]
                && untils[run] == untils[run + 1]
                && Objects.equals(owners[run], owners[run + 1])) {
            remove(run + 1, run + 2);
        }
    }

    /// Leaves behind what is done with.
    ///
    /// @return whether the start moved
    boolean advance() {
        int done = 0;
        while (done < runs && states[done].finished()) {
            done++;
        }
        if (done == 0) {
            return false;
        }
        startAt(done < runs ? firsts[done] : end);
        return true;
    }

    /// Leaves behind what lies below `offset`.
    void startAt(long offset) {
        if (offset >= end) {
            reset(offset);
        } else if (offset > start) {
            int run = split(offset);
            remove(0, run);
            start = offset;
            availableFrom = Math.max(availableFrom, offset);
        }
    }

    private void insert(int run) {
        if (runs == firsts.length) {
            room(Math.max(FIRST_ROOM, runs * 2));
        }
        move(run, run + 1);
        runs++;
    }

    private void remove(int from, int to) {
        if (to > from) {
            move(to, from);
            runs -= to - from;
        }
    }

    private void move(int from, int to) {
        int length = runs - from;
        System.arraycopy(firsts, from, firsts, to, length);
        System.arraycopy(states, from, states, to, length);
        System.arraycopy(counts, from, counts, to, length);
        System.arraycopy(portions, from, portions, to, length);
        System.arraycopy(owners, from, owners, to, length);
        System.arraycopy(untils, from, untils, to, length);
    }

    private void room(int room) {
        firsts = Arrays.copyOf(firsts, room);
        states = Arrays.copyOf(states, room);
        counts = Arrays.copyOf(counts, room);
        portions = Arrays.copyOf(portions, room);
        owners = Arrays.copyOf(owners, room);
        untils = Arrays.copyOf(untils, room);
    }
}
