package io.headrace.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a configuration file says. One `key = value` a line; `#` begins a line that is for people. No
/// quotes, no escapes, no continuation: a value is what stands between the equals sign and the end of its
/// line, without the blanks around it.
///
/// @param given in the file's order
/// @param problems lines that say nothing, and keys said twice
public record ConfigText(Map<String, Given> given, List<String> problems) {
    /// @param name the file's, for messages
    public static ConfigText parse(String name, String text) {
        var given = new LinkedHashMap<String, Given>();
        var problems = new ArrayList<String>();
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            var origin = name + ", line " + number;
            var trimmed = line.strip();
            if (trimmed.isEmpty() || trimmed.startsWith("#")) {
                continue;
            }
            int equals = trimmed.indexOf('=');
            if (equals < 1) {
                problems.add(origin + ": expected 'key = value', found '" + trimmed + "'");
                continue;
            }
            var key = trimmed.substring(0, equals).strip();
            var before = given.putIfAbsent(
                    key, new Given(trimmed.substring(equals + 1).strip(), origin));
            if (before != null) {
                problems.add(origin + ": " + key + " was already set at " + before.origin());
            }
        }
        return new ConfigText(given, List.copyOf(problems));
    }
}
