package io.headrace.log;

import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/// Gives WAL files back when nobody needs them any more.
///
/// Threads: as [Reclaim].
final class FileReclaim implements Reclaim {
    private final Extents extents;
    private final CheckpointFiles checkpoints;
    private final SpareFiles files;
    private final Cleaner cleaner;
    private final List<Told> told =
            IntStream.range(0, WalFile.GROUPS_MAX).mapToObj(group -> new Told()).toList();

    /// What a group last said.
    private static final class Told {
        int upTo = -1; // extents that are newer it has not told about
        Set<Integer> occupied = Set.of();

        boolean mayBeIn(Extent extent) {
            return extent.number > upTo || occupied.contains(extent.number);
        }
    }

    FileReclaim(Extents extents, CheckpointFiles checkpoints, SpareFiles files, Cleaner cleaner) {
        this.extents = extents;
        this.checkpoints = checkpoints;
        this.files = files;
        this.cleaner = cleaner;
    }

    @Override
    public int extentOf(int group, long offset) {
        return extents.holding(group, offset).number;
    }

    @Override
    public long extentEnd(int group, int extent) {
        return extents.numbered(extent).end(group);
    }

    @Override
    public BitSet worthCleaning(int group, LiveCounts counts) {
        return cleaner.choose(counts, cleanable(group)).stream()
                .flatMap(source -> source.extents().stream())
                .mapToInt(extent -> extent.number)
                .collect(BitSet::new, BitSet::set, BitSet::or);
    }

    @Override
    public void live(int group, LiveCounts counts) throws IOException {
        var occupied = new HashSet<Integer>();
        var said = told.get(group);
        for (var extent : extents.all()) {
            if (counts.live(extent.number) > 0) {
                occupied.add(extent.number);
            }
            said.upTo = extent.number;
        }
        said.occupied = occupied;
        recycleFree();
        var known = cleanable(group).stream()
                .filter(extent -> counts.enumerates(extent.number))
                .toList();
        cleaner.clean(group, counts, known);
    }

    private void recycleFree() {
        long[] applied = checkpoints.applied();
        var free = new HashSet<Extent>();
        for (var extent : extents.all()) {
            if (extent.ended() && isCovered(extent, applied) && isEmpty(extent)) {
                free.add(extent);
            }
        }
        var homes = new HashSet<Home>();
        free.forEach(extent -> homes.add(extent.home()));
        extents.remove(free);
        for (var extent : extents.all()) {
            homes.remove(extent.home());
        }
        homes.forEach(files::giveBack);
    }

    private List<Extent> cleanable(int group) {
        long[] applied = checkpoints.applied();
        return Arrays.stream(extents.all())
                .filter(extent -> extent.ended() && isCovered(extent, applied) && isEmptyBut(extent, group))
                .toList();
    }

    private static boolean isCovered(Extent extent, long[] applied) {
        for (int group = 0; group < applied.length; group++) {
            if (extent.end(group) > applied[group] + 1 && extent.holdsAny(group)) {
                return false;
            }
        }
        return true;
    }

    private boolean isEmpty(Extent extent) {
        return isEmptyBut(extent, -1);
    }

    private boolean isEmptyBut(Extent extent, int but) {
        for (int group = 0; group < WalFile.GROUPS_MAX; group++) {
            if (group != but && extent.holdsAny(group) && told.get(group).mayBeIn(extent)) {
                return false;
            }
        }
        return true;
    }
}
