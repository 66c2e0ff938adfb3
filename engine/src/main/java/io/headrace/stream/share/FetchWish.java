package io.headrace.stream.share;

import java.util.function.BooleanSupplier;

/// What a member wants of a partition.
///
/// @param exactly no more than `records`; else up to the end of the batch in which they end (KIP-1206)
/// @param records 1 at least
/// @param chunk ranges that are given out become no longer than this, give or take a batch
/// @param bytes a batch that does not fit is left out
/// @param oneAtLeast but the first is not
/// @param wanted false when nobody is there any more who would take it
public record FetchWish(
        String member, boolean exactly, int records, int chunk, int bytes, boolean oneAtLeast, BooleanSupplier wanted) {
    public FetchWish {
        if (records < 1) {
            throw new IllegalArgumentException(records + " records");
        }
        chunk = Math.max(1, chunk);
    }
}
