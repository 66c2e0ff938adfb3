package io.headrace.catalog;

import java.util.List;

/// What the catalog says to a question. Nothing has changed yet: a [Change] becomes true when its
/// operations are applied.
///
/// @param <T> what the asker gets to know
public sealed interface Decision<T> {
    /// Log `operations` as one batch, apply it, and then answer with `outcome`.
    record Change<T>(List<CatalogOperation> operations, T outcome) implements Decision<T> {
        public Change {
            operations = List.copyOf(operations);
        }
    }

    /// It already is as wanted.
    record NoChange<T>(T outcome) implements Decision<T> {}

    record Refused<T>(Refusal refusal) implements Decision<T> {}
}
