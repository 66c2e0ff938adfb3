package io.headrace.routing;

import io.headrace.message.FieldValue;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Hashes that stay the same over restarts and versions: where messages of a key go depends on them.
final class Hash {
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;
    private static final char BETWEEN_KEYS = 0xffff; // in no text

    private Hash() {}

    static long of(List<String> texts) {
        long hash = FNV_OFFSET;
        for (int i = 0; i < texts.size(); i++) {
            if (i > 0) {
                hash = (hash ^ BETWEEN_KEYS) * FNV_PRIME;
            }
            hash = more(hash, texts.get(i));
        }
        return mixed(hash);
    }

    static long of(String text) {
        return mixed(more(FNV_OFFSET, text));
    }

    private static long more(long hash, String text) {
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * FNV_PRIME;
        }
        return hash;
    }

    /// A header's value by what it means: a number whatever its width.
    static long of(FieldValue value) {
        return of(
                switch (value) {
                    case FieldValue.LongString text -> text.text();
                    case FieldValue.Binary(byte[] bytes) -> new String(bytes, StandardCharsets.ISO_8859_1);
                    case FieldValue.Int8 _,
                            FieldValue.UInt8 _,
                            FieldValue.Int16 _,
                            FieldValue.UInt16 _,
                            FieldValue.Int32 _,
                            FieldValue.UInt32 _,
                            FieldValue.Int64 _ -> String.valueOf(value.integer().getAsLong());
                    case FieldValue.Bool _,
                            FieldValue.Float32 _,
                            FieldValue.Float64 _,
                            FieldValue.Decimal _,
                            FieldValue.Timestamp _,
                            FieldValue.Array _,
                            FieldValue.Table _,
                            FieldValue.Nothing _ -> value.toString();
                });
    }

    /// Every bit of the result depends on every bit of `hash` (Stafford's variant 13 of MurmurHash3's finalizer).
    static long mixed(long hash) {
        hash = (hash ^ hash >>> 30) * 0xbf58476d1ce4e5b9L;
        hash = (hash ^ hash >>> 27) * 0x94d049bb133111ebL;
        return hash ^ hash >>> 31;
    }
}
