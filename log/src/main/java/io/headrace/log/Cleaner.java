package io.headrace.log;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Moves what is alive in old, sparse files into one new cold file, so that the old ones can go.
///
/// Safe at every step: the new file counts once its name is durable, and then for all extents in it,
/// whatever else still holds them; the old files go only afterwards.
///
/// Threads: the checkpointing thread.
final class Cleaner {
    /// The newest ended WAL files are left alone: their messages may be about to go.
    private static final int YOUNG_FILES = 2;
    /// Small cold files are gathered into one when there are more than so many.
    private static final int SMALL_FILES_MAX = 8;
    private static final long PASS_BYTES_MAX = 64 << 20;

    private final Storage storage;
    private final LogConfig config;
    private final Extents extents;
    private final SpareFiles files;
    private final StretchReader reader;
    private int lastNumber;

    Cleaner(Storage storage, LogConfig config, Extents extents, SpareFiles files, PageArena arena, int lastNumber) {
        this.storage = storage;
        this.config = config;
        this.extents = extents;
        this.files = files;
        this.reader = new StretchReader(extents, arena);
        this.lastNumber = lastNumber;
    }

    /// One file that may be cleaned, with the extents that have something in it.
    record Source(Home home, List<Extent> extents, long liveBytes, long sizeBytes) {
        boolean isSparse() {
            return switch (home) {
                case WalFile wal -> liveBytes <= sizeBytes / 4;
                case ColdFile cold -> liveBytes <= sizeBytes / 2;
            };
        }
    }

    /// @param cleanable covered by a checkpoint, and only `group` has live messages there; ascending
    void clean(int group, Reclaim.LiveCounts counts, List<Extent> cleanable) throws IOException {
        var sources = choose(counts, cleanable);
        if (sources.isEmpty()) {
            return;
        }
        var moved = sources.stream()
                .flatMap(source -> source.extents.stream())
                .sorted(Comparator.comparingInt(extent -> extent.number))
                .toList();
        var survivors = new Survivors();
        for (var extent : moved) {
            counts.survivors(extent.first(group), extent.end(group), survivors);
        }
        survivors.sort();
        int number = lastNumber + 1;
        try (var writer = ColdWriter.begin(storage)) {
            copy(group, survivors, writer);
            writer.finish(number, moved);
        }
        lastNumber = number;
        var cold = ColdFile.open(storage, number);
        moved.forEach(extent -> extent.moveTo(cold));
        sources.forEach(source -> files.giveBack(source.home));
    }

    /// The files worth cleaning of those whose extents are all cleanable.
    List<Source> choose(Reclaim.LiveCounts counts, List<Extent> cleanable) {
        var all = sources(counts, cleanable);
        var small = all.stream()
                .filter(source -> source.home instanceof ColdFile && source.sizeBytes < config.cleanBytesMax() / 4)
                .toList();
        var chosen = new ArrayList<Source>();
        long bytes = 0;
        for (var source : all) {
            boolean gather = small.size() > SMALL_FILES_MAX && small.contains(source);
            if ((source.isSparse() || gather) && bytes + source.liveBytes <= PASS_BYTES_MAX) {
                chosen.add(source);
                bytes += source.liveBytes;
            }
        }
        return chosen;
    }

    /// The files all of whose extents are cleanable.
    private List<Source> sources(Reclaim.LiveCounts counts, List<Extent> cleanable) {
        var known = extents.all();
        int young = known[known.length - 1].number - YOUNG_FILES;
        var allowed = new HashSet<>(cleanable);
        Map<Home, List<Extent>> byHome = new LinkedHashMap<>();
        for (var extent : known) {
            byHome.computeIfAbsent(extent.home(), home -> new ArrayList<>()).add(extent);
        }
        var sources = new ArrayList<Source>();
        byHome.forEach((home, held) -> {
            boolean each = held.stream()
                    .allMatch(extent -> allowed.contains(extent)
                            && extent.number < young
                            && counts.liveBytes(extent.number) <= config.cleanBytesMax());
            if (each) {
                long live = held.stream()
                        .mapToLong(extent -> counts.liveBytes(extent.number))
                        .sum();
                sources.add(new Source(home, held, live, sizeBytes(home)));
            }
        });
        return sources;
    }

    private static long sizeBytes(Home home) {
        return switch (home) {
            case WalFile wal -> wal.sizeBytes;
            case ColdFile cold -> cold.sizeBytes;
        };
    }

    private void copy(int group, Survivors survivors, ColdWriter writer) throws IOException {
        EntryReader.Result.Stretch stretch = null;
        int piece = 0;
        try {
            for (int i = 0; i < survivors.count(); i++) {
                long location = survivors.location(i);
                int length = survivors.length(i);
                if (stretch != null) {
                    piece = stretch.piece(location, length, piece);
                }
                if (stretch == null || piece < 0) {
                    reader.release(stretch);
                    stretch = null;
                    stretch = reader.read(group, location);
                    piece = stretch.piece(location, length, 0);
                    if (piece < 0) {
                        throw new IllegalStateException("message of %d bytes at %d of entry %d passes its entry"
                                .formatted(length, Location.position(location), Location.entryOffset(location)));
                    }
                }
                int start = stretch.starts()[piece] + (int) (location - stretch.locations()[piece]);
                writer.add(group, location, stretch.page().bytes().slice(start, length));
            }
        } finally {
            reader.release(stretch);
        }
    }
}
