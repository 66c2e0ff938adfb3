package io.headrace.catalog;

import io.headrace.message.FieldTable;

/// What a client wants an exchange to be.
///
/// @param name as given; CR and LF are removed when it is decided
/// @param type as given, perhaps unknown
public record ExchangeDeclaration(
        String vhost,
        String name,
        String type,
        boolean durable,
        boolean autoDelete,
        boolean internal,
        FieldTable arguments) {}
