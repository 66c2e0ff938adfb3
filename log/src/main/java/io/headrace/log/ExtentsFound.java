package io.headrace.log;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// Finds out at start which file is the home of which extent: the newest cold file that names it, else its
/// WAL file. What a crash left over besides is given back.
///
/// Threads: the one that opens the log.
final class ExtentsFound {
    private final List<Extent> extents;
    private final List<Home> leftOver = new ArrayList<>();
    private int lastColdNumber;

    private ExtentsFound(TreeMap<Integer, Extent> byNumber) {
        extents = List.copyOf(byNumber.values());
    }

    static ExtentsFound in(Storage storage, WalFolder folder) throws IOException {
        var byNumber = new TreeMap<Integer, Extent>();
        var homes = new ArrayList<Home>();
        for (var opened : folder.used()) {
            homes.add(opened.file());
            byNumber.put(opened.file().number, new Extent(opened.file().number, opened.next(), opened.file()));
        }
        int last = 0;
        for (var name : storage.list(ColdFile.DIRECTORY)) {
            if (name.endsWith(ColdFile.SUFFIX)) {
                last = Numbered.number(name, "", ColdFile.SUFFIX);
                var cold = ColdFile.open(storage, last);
                homes.add(cold);
                cold.extents().forEach(extent -> byNumber.put(extent.number, extent));
            }
        }
        endWhereTheNextBegins(byNumber);
        var found = new ExtentsFound(byNumber);
        found.lastColdNumber = last;
        found.extents.forEach(extent -> homes.remove(extent.home()));
        found.leftOver.addAll(homes);
        return found;
    }

    List<Extent> extents() {
        return extents;
    }

    /// Files that nothing lives in any more.
    List<Home> leftOver() {
        return leftOver;
    }

    int lastColdNumber() {
        return lastColdNumber;
    }

    private static void endWhereTheNextBegins(TreeMap<Integer, Extent> byNumber) {
        Extent before = null;
        for (var extent : byNumber.values()) {
            if (before != null && !before.ended()) {
                before.end(extent.first());
            }
            before = extent;
        }
    }
}
