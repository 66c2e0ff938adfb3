package io.headrace.management;

/// What a client of AMQP would be told of a refusal.
///
/// @param code like 404
/// @param text what follows the code's name
public record Told(int code, String text) {}
