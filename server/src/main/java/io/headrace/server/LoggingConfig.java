package io.headrace.server;

import io.headrace.config.Settings;
import java.util.logging.Level;

/// What the broker tells its operator, on standard error.
public record LoggingConfig(Loudness level) {
    /// The least important events that are still written.
    public enum Loudness {
        DEBUG(Level.FINE),
        INFO(Level.INFO),
        WARNING(Level.WARNING),
        ERROR(Level.SEVERE);

        private final Level level;

        Loudness(Level level) {
            this.level = level;
        }

        /// As the JDK's logging has it.
        public Level level() {
            return level;
        }
    }

    static LoggingConfig read(Settings settings) {
        return new LoggingConfig(settings.choice(
                "level", Loudness.INFO, "The least important events that are written to standard error."));
    }
}
