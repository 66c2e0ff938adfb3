package io.headrace.server;

import io.headrace.config.Settings;

/// What the broker tells its operator, on standard error.
public record LoggingConfig(Loudness level) {
    /// The least important events that are still written.
    public enum Loudness {
        DEBUG,
        INFO,
        WARNING,
        ERROR
    }

    static LoggingConfig read(Settings settings) {
        return new LoggingConfig(settings.choice(
                "level", Loudness.INFO, "The least important events that are written to standard error."));
    }
}
