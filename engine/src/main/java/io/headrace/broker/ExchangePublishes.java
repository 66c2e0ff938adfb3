package io.headrace.broker;

/// Messages that one channel published to an exchange.
public record ExchangePublishes(String exchange, long messages) {}
