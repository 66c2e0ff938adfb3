package io.headrace.broker;

import java.util.SortedMap;
import java.util.function.Consumer;

/// Settings that belong to no topic and to no user who is logged in: what a front keeps in the catalog under names of
/// its own.
///
/// Threads: any reads; listeners hear on the loop that owns the catalog.
public interface SharedSettings {
    /// Empty if nothing was put.
    SortedMap<String, String> get(String name);

    /// All whose names begin with `prefix`, by the rest of their names; those that are empty are left out.
    SortedMap<String, SortedMap<String, String>> below(String prefix);

    /// From now on `changed` hears the whole name of what is put below `prefix`.
    void listen(String prefix, Consumer<String> changed);
}
