package io.headrace.broker;

import io.headrace.catalog.Refusal;

/// What became of a [Command].
public sealed interface Answer {
    record Done() implements Answer {}

    /// @param ready messages waiting, unsettled ones not counted
    record QueueDeclared(String name, long ready, int consumers) implements Answer {}

    /// A queue was deleted or purged.
    record Removed(long messages) implements Answer {}

    record Refused(Refusal refusal) implements Answer {}
}
