package io.headrace.metrics;

import io.headrace.config.Settings;
import io.headrace.http.HttpLimits;
import io.headrace.http.HttpsConfig;
import io.headrace.net.ListenerConfig;
import java.util.Optional;

/// The metrics' listeners.
///
/// @param listener empty if Prometheus comes by TLS only, or not at all
/// @param secure the one with TLS
/// @param perObject whether `/metrics` itself has a series for each object
public record MetricsConfig(
        Optional<ListenerConfig> listener, Optional<HttpsConfig> secure, HttpLimits limits, boolean perObject) {
    private static final int PORT = 15_692;
    private static final int SECURE_PORT = 15_691;

    /// Whether anybody can ask for them.
    public boolean enabled() {
        return listener.isPresent() || secure.isPresent();
    }

    /// @param secure the section of the listener with TLS
    public static MetricsConfig read(Settings settings, Settings secure) {
        boolean enabled = settings.flag("enabled", true, "Whether there are metrics for Prometheus without TLS.");
        var listener = ListenerConfig.read("metrics", PORT, settings);
        boolean perObject = settings.flag(
                "per-object", false, "Whether /metrics has a series for each queue, connection, channel and exchange.");
        return new MetricsConfig(
                enabled ? Optional.of(listener) : Optional.empty(),
                HttpsConfig.read("metrics-tls", SECURE_PORT, secure),
                HttpLimits.defaults(),
                perObject);
    }
}
