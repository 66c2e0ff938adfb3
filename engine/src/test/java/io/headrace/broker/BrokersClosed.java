package io.headrace.broker;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// After each class of tests its simulated brokers give back their memory: it is outside the heap, some MiB for each,
/// and a thousand tests make more than a machine has. Found by its name in `META-INF/services`.
public final class BrokersClosed implements AfterAllCallback {
    @Override
    public void afterAll(ExtensionContext context) {
        SimulatedBroker.closeAll();
    }
}
