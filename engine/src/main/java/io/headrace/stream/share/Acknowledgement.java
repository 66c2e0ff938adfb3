package io.headrace.stream.share;

import java.util.List;

/// What a member says of a range of records that it has.
///
/// @param types one for all, or one for each
public record Acknowledgement(long first, long last, List<Byte> types) {
    public static final byte GAP = 0;
    public static final byte ACCEPT = 1;
    public static final byte RELEASE = 2;
    public static final byte REJECT = 3;
    public static final byte RENEW = 4;

    public Acknowledgement {
        if (first > last || types.size() != 1 && types.size() != last - first + 1) {
            throw new IllegalArgumentException("%d to %d with %d types".formatted(first, last, types.size()));
        }
        types = List.copyOf(types);
    }

    byte type(long offset) {
        return types.size() == 1 ? types.getFirst() : types.get((int) (offset - first));
    }

    /// Where the stretch ends that begins with `offset` and is said the same of.
    long sameUntil(long offset) {
        if (types.size() == 1) {
            return last + 1;
        }
        long end = offset + 1;
        while (end <= last && type(end) == type(offset)) {
            end++;
        }
        return end;
    }
}
