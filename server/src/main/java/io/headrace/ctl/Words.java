package io.headrace.ctl;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A command line, taken apart. Options may stand anywhere, as `--option value` or `--option=value`.
///
/// @param given all words, as they were
/// @param plain the command and its arguments
/// @param options by their long names; a flag has an empty value
/// @param unknown options that no command has
record Words(List<String> given, List<String> plain, Map<String, String> options, List<String> unknown) {
    private static final Map<String, String> LETTERS = Map.of(
            "-n",
            "node",
            "-q",
            "quiet",
            "-s",
            "silent",
            "-t",
            "timeout",
            "-l",
            "longnames",
            "-p",
            "vhost",
            "-?",
            "help");
    /// What every command takes.
    private static final Set<String> FLAGS =
            Set.of("quiet", "silent", "longnames", "help", "dry-run", "no-table-headers");
    private static final Set<String> VALUES = Set.of("node", "timeout", "vhost", "formatter", "data");

    /// @param commands whose options there are besides
    static Words parse(List<String> given, Collection<Command> commands) {
        // which options have a value depends on the command, and the command may come behind them
        Map<String, Boolean> valued = new HashMap<>();
        FLAGS.forEach(flag -> valued.put(flag, false));
        VALUES.forEach(option -> valued.put(option, true));
        Map<String, String> letters = new HashMap<>(LETTERS);
        commands.stream()
                .filter(command -> given.containsAll(List.of(command.name().split(" "))))
                .forEach(command -> {
                    valued.putAll(command.options());
                    letters.putAll(command.letters());
                });
        List<String> plain = new ArrayList<>();
        Map<String, String> options = new HashMap<>();
        List<String> unknown = new ArrayList<>();
        var rest = given.iterator();
        while (rest.hasNext()) {
            var word = rest.next();
            if (word.equals("--")) {
                rest.forEachRemaining(plain::add);
            } else if (word.length() > 1 && word.startsWith("-")) {
                int equals = word.indexOf('=');
                var option = name(equals < 0 ? word : word.substring(0, equals), letters);
                var takesValue = option.map(valued::get);
                if (takesValue.isEmpty()) {
                    unknown.add(word);
                } else if (!takesValue.get()) {
                    options.put(option.get(), "");
                } else if (equals >= 0) {
                    options.put(option.get(), word.substring(equals + 1));
                } else if (rest.hasNext()) {
                    options.put(option.get(), rest.next());
                } else {
                    unknown.add(word);
                }
            } else {
                plain.add(word);
            }
        }
        return new Words(List.copyOf(given), List.copyOf(plain), Map.copyOf(options), List.copyOf(unknown));
    }

    private static Optional<String> name(String word, Map<String, String> letters) {
        return word.startsWith("--") ? Optional.of(word.substring(2)) : Optional.ofNullable(letters.get(word));
    }

    static boolean isGlobal(String option) {
        return FLAGS.contains(option) || VALUES.contains(option);
    }

    String command() {
        return plain.isEmpty() ? "" : plain.getFirst();
    }

    /// The first `length` words are one name.
    Words named(String name, int length) {
        List<String> shorter = new ArrayList<>();
        shorter.add(name);
        shorter.addAll(plain.subList(length, plain.size()));
        return new Words(given, List.copyOf(shorter), options, unknown);
    }

    List<String> arguments() {
        return plain.isEmpty() ? List.of() : plain.subList(1, plain.size());
    }

    boolean has(String option) {
        return options.containsKey(option);
    }

    Optional<String> option(String name) {
        return Optional.ofNullable(options.get(name));
    }
}
