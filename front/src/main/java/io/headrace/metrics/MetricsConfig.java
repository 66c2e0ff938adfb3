package io.headrace.metrics;

import io.headrace.config.Settings;
import io.headrace.http.HttpLimits;
import io.headrace.net.ListenerConfig;
import java.util.Optional;

/// The metrics' listener.
///
/// @param perObject whether `/metrics` itself has a series for each object
public record MetricsConfig(Optional<ListenerConfig> listener, HttpLimits limits, boolean perObject) {
    private static final int PORT = 15_692;

    public static MetricsConfig read(Settings settings) {
        boolean enabled = settings.flag("enabled", true, "Whether there are metrics for Prometheus.");
        var listener = ListenerConfig.read("metrics", PORT, settings);
        boolean perObject = settings.flag(
                "per-object", false, "Whether /metrics has a series for each queue, connection, channel and exchange.");
        return new MetricsConfig(enabled ? Optional.of(listener) : Optional.empty(), HttpLimits.defaults(), perObject);
    }
}
