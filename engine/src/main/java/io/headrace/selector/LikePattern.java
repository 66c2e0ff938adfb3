package io.headrace.selector;

import java.util.Arrays;

/// A pattern of SQL's LIKE: `%` is any number of bytes, `_` one, and neither is ever a line feed; for the plugin
/// makes a regular expression of it, for bytes.
final class LikePattern {
    private static final int NO_ESCAPE = -1;
    private static final short ONE = 256; // above all bytes
    private static final short MANY = 257;
    /// Matching takes no more steps than this; in the worst case it would take the product of the lengths.
    static final int STEPS_MAX = 1 << 20;

    private final short[] parts;

    private LikePattern(short[] parts) {
        this.parts = parts;
    }

    static LikePattern of(byte[] pattern) {
        return of(pattern, NO_ESCAPE);
    }

    /// @param escape makes what follows it stand for itself
    static LikePattern of(byte[] pattern, byte escape) {
        return of(pattern, escape & 0xff);
    }

    private static LikePattern of(byte[] pattern, int escape) {
        var parts = new short[pattern.length];
        int count = 0;
        for (int i = 0; i < pattern.length; i++) {
            int next = pattern[i] & 0xff;
            if (next == escape && i + 1 < pattern.length) {
                parts[count++] = (short) (pattern[++i] & 0xff);
            } else {
                parts[count++] = next == '_' ? ONE : next == '%' ? MANY : (short) next;
            }
        }
        return new LikePattern(Arrays.copyOf(parts, count));
    }

    /// Whether all of `text` is as the pattern says.
    ///
    /// @throws Expression.Unanswerable it took too many steps
    boolean matches(byte[] text) {
        int at = 0;
        int part = 0;
        int many = -1; // the last MANY, and how far it reaches by now
        int reach = 0;
        int steps = 0;
        while (at < text.length || part < parts.length) {
            if (++steps > STEPS_MAX) {
                throw new Expression.Unanswerable("LIKE took too long");
            }
            if (part < parts.length && parts[part] == MANY) {
                many = part++;
                reach = at;
            } else if (part < parts.length && at < text.length && fits(parts[part], text[at])) {
                part++;
                at++;
            } else if (many >= 0 && reach < text.length && text[reach] != '\n') {
                at = ++reach;
                part = many + 1;
            } else {
                return false;
            }
        }
        return true;
    }

    private static boolean fits(short part, byte next) {
        return part == ONE ? next != '\n' : part == (next & 0xff);
    }
}
