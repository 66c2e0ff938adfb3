package io.headrace.cli;

import io.headrace.config.Declared;
import io.headrace.config.Given;
import io.headrace.config.Spelling;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// What follows the command: options that are keys of the configuration, `--config FILE`, `--help`.
///
/// @param settings by key
/// @param problems each a sentence
record Arguments(Map<String, Given> settings, Optional<String> configFile, boolean help, List<String> problems) {
    private static final String CONFIG = "--config";

    /// Takes `--option VALUE` and `--option=VALUE`.
    static Arguments parse(List<String> words, List<Declared> keys) {
        var byOption = keys.stream().collect(Collectors.toMap(Declared::option, Function.identity()));
        var settings = new LinkedHashMap<String, Given>();
        var problems = new ArrayList<String>();
        var configFile = Optional.<String>empty();
        boolean help = false;
        var rest = words.listIterator();
        while (rest.hasNext()) {
            var word = rest.next();
            int equals = word.indexOf('=');
            var option = equals < 0 ? word : word.substring(0, equals);
            if (option.equals("--help") || option.equals("-h")) {
                help = true;
            } else if (!option.equals(CONFIG) && !byOption.containsKey(option)) {
                problems.add("there is no option '" + option + "'"
                        + Spelling.nearest(option, byOption.keySet())
                                .map(near -> "; did you mean '" + near + "'?")
                                .orElse(""));
                if (equals < 0 && rest.hasNext() && !words.get(rest.nextIndex()).startsWith("--")) {
                    rest.next(); // most likely its value
                }
            } else if (equals < 0 && !rest.hasNext()) {
                problems.add(option + " needs a value");
            } else {
                var value = equals < 0 ? rest.next() : word.substring(equals + 1);
                if (option.equals(CONFIG)) {
                    configFile = Optional.of(value);
                } else {
                    settings.put(byOption.get(option).key(), new Given(value, option));
                }
            }
        }
        return new Arguments(settings, configFile, help, List.copyOf(problems));
    }
}
