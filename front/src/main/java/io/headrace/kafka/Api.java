package io.headrace.kafka;

/// Answers one kind of request.
///
/// Threads: the loop of the connection.
@FunctionalInterface
interface Api {
    /// Answers `exchange` now or later, once. What is thrown becomes the error of the whole request.
    void serve(Exchange exchange);
}
