package io.headrace.routing;

import java.util.Arrays;

/// Ascending arrays of queue ids.
final class SortedIds {
    private SortedIds() {}

    static int[] with(int[] ids, int id) {
        int found = Arrays.binarySearch(ids, id);
        int at = found < 0 ? -found - 1 : found;
        int[] more = new int[ids.length + 1];
        System.arraycopy(ids, 0, more, 0, at);
        more[at] = id;
        System.arraycopy(ids, at, more, at + 1, ids.length - at);
        return more;
    }

    static int[] withoutIndex(int[] ids, int at) {
        int[] fewer = new int[ids.length - 1];
        System.arraycopy(ids, 0, fewer, 0, at);
        System.arraycopy(ids, at + 1, fewer, at, fewer.length - at);
        return fewer;
    }

    /// Each once; `ids` itself if that is already so.
    static int[] distinct(int[] ids) {
        int repeats = 0;
        for (int i = 1; i < ids.length; i++) {
            if (ids[i] == ids[i - 1]) {
                repeats++;
            }
        }
        return repeats == 0 ? ids : compacted(ids, ids.length - repeats);
    }

    private static int[] compacted(int[] ids, int length) {
        int[] distinct = new int[length];
        int filled = 0;
        for (int i = 0; i < ids.length; i++) {
            if (i == 0 || ids[i] != ids[i - 1]) {
                distinct[filled++] = ids[i];
            }
        }
        return distinct;
    }
}
