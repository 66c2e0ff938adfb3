package io.headrace.stream;

import io.headrace.broker.SimulatedBroker;
import io.headrace.time.Clock;

/// The time of a broker, whichever of its lives it is in.
record BrokersClock(SimulatedBroker broker) implements Clock {
    @Override
    public long millis() {
        return broker.loop().clock().millis();
    }

    @Override
    public long nanos() {
        return broker.loop().clock().nanos();
    }
}
