package io.headrace.catalog;

import java.util.Optional;

/// What a part of the broker says to a parameter that is meant for it.
///
/// Threads: the catalog's owner.
public interface ParameterCheck {
    /// Why it cannot be set, in RabbitMQ's words; empty if it can.
    ///
    /// @param by the user who sets it; empty for one who may set everything
    Optional<String> wrong(Parameter parameter, Optional<String> by);
}
