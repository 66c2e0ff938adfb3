package io.headrace.catalog;

import io.headrace.message.FieldTable;

/// What a client wants a queue to be.
///
/// @param name as given, empty for a generated one; CR and LF are removed when it is decided
public record QueueDeclaration(
        String vhost, String name, boolean durable, boolean exclusive, boolean autoDelete, FieldTable arguments) {}
