package io.headrace.config;

/// A key that a component reads, as its documentation says it.
///
/// @param key complete, with dots
/// @param defaultText as one would write it; empty for a text that is not set
/// @param allowed kind and bounds in words: `1MiB to 1GiB`, `true or false`
/// @param sentence what it is for
public record Declared(String key, String defaultText, String allowed, String sentence) {
    /// The part before the last dot, empty for a key without one.
    public String section() {
        int dot = key.lastIndexOf('.');
        return dot < 0 ? "" : key.substring(0, dot);
    }

    /// The same key as an option of the command line: `amqp.port` is `--amqp-port`.
    public String option() {
        return "--" + key.replace('.', '-');
    }
}
