package io.headrace.config;

/// A value as somebody wrote it.
///
/// @param origin where, for a message: `headrace.conf, line 3`, `--amqp-port`
public record Given(String value, String origin) {}
