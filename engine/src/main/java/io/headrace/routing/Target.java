package io.headrace.routing;

/// Where a binding leads.
sealed interface Target {
    record Queue(int id) implements Target {}

    record Exchange(String name) implements Target {}
}
