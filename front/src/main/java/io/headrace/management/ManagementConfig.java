package io.headrace.management;

import io.headrace.config.Settings;
import io.headrace.http.HttpLimits;
import io.headrace.http.HttpsConfig;
import io.headrace.net.ListenerConfig;
import java.util.Optional;

/// The management API's listeners.
///
/// @param listener empty if the API is reached by TLS only, or not at all
/// @param secure the one with TLS
/// @param definitions file that is imported at each start; empty for none
public record ManagementConfig(
        Optional<ListenerConfig> listener,
        Optional<HttpsConfig> secure,
        HttpLimits limits,
        Optional<String> definitions) {
    private static final int PORT = 15_672;
    private static final int SECURE_PORT = 15_671;

    /// @param secure the section of the listener with TLS
    public static ManagementConfig read(Settings settings, Settings secure) {
        boolean enabled = settings.flag(
                "enabled",
                true,
                "Whether the management HTTP API is there without TLS; rabbitmqctl and its siblings need it.");
        var listener = ListenerConfig.read("management", PORT, settings);
        var limits = HttpLimits.read(settings);
        var definitions = settings.path(
                "load-definitions",
                "",
                "Definitions file (JSON) that is imported at each start, before clients may connect.");
        return new ManagementConfig(
                enabled ? Optional.of(listener) : Optional.empty(),
                HttpsConfig.read("management-tls", SECURE_PORT, secure),
                limits,
                definitions.isEmpty() ? Optional.empty() : Optional.of(definitions));
    }

    /// Whether it is reached at all.
    public boolean enabled() {
        return listener.isPresent() || secure.isPresent();
    }
}
