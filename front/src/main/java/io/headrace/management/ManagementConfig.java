package io.headrace.management;

import io.headrace.config.Settings;
import io.headrace.http.HttpLimits;
import io.headrace.net.ListenerConfig;
import java.util.Optional;

/// The management API's listener.
///
/// @param definitions file that is imported at each start; empty for none
public record ManagementConfig(Optional<ListenerConfig> listener, HttpLimits limits, Optional<String> definitions) {
    private static final int PORT = 15_672;

    public static ManagementConfig read(Settings settings) {
        boolean enabled = settings.flag("enabled", true, "Whether the management HTTP API is there.");
        var listener = ListenerConfig.read("management", PORT, settings);
        var limits = HttpLimits.read(settings);
        var definitions = settings.path(
                "load-definitions",
                "",
                "Definitions file (JSON) that is imported at each start, before clients may connect.");
        return new ManagementConfig(
                enabled ? Optional.of(listener) : Optional.empty(),
                limits,
                definitions.isEmpty() ? Optional.empty() : Optional.of(definitions));
    }
}
