package io.headrace.server;

import io.headrace.amqp.AmqpConfig;
import io.headrace.config.ConfigText;
import io.headrace.config.Declared;
import io.headrace.config.Given;
import io.headrace.config.Settings;
import io.headrace.log.LogConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Everything that can be set, built once and checked whole.
///
/// @param data the directory that holds all that must survive
public record HeadraceConfig(
        Path data, LoggingConfig logging, LogConfig log, AmqpConfig amqp, AmqpListeners listeners) {

    /// What became of reading it.
    public sealed interface Reading {
        record Valid(HeadraceConfig config) implements Reading {}

        /// @param problems each a sentence that names its place
        record Invalid(List<String> problems) implements Reading {}
    }

    /// Reads a file's text and options; an option wins over the file.
    public static Reading read(ConfigText file, Map<String, Given> options) {
        var given = new LinkedHashMap<>(file.given());
        given.putAll(options);
        var settings = new Settings(given);
        var config = from(settings);
        var problems = new ArrayList<>(file.problems());
        problems.addAll(settings.problems());
        return problems.isEmpty() ? new Reading.Valid(config) : new Reading.Invalid(problems);
    }

    /// Every key there is, in the order of the tree.
    public static List<Declared> declared() {
        var settings = new Settings(Map.of());
        from(settings);
        return settings.declared();
    }

    private static HeadraceConfig from(Settings settings) {
        return new HeadraceConfig(
                Path.of(settings.path("data", "data", "Directory for everything that must survive; made if missing.")),
                LoggingConfig.read(settings.section("logging")),
                LogConfig.read(settings.section("log")),
                AmqpConfig.read(settings.section("amqp")),
                AmqpListeners.read(settings));
    }
}
