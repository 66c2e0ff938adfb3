package io.headrace.ctl;

import java.util.LinkedHashMap;
import java.util.Map;

/// A word that a tool knows, and what it does.
///
/// @param usage its options and arguments, as help shows them
/// @param least arguments that it needs
/// @param most arguments that it takes
/// @param options of its own, and whether each has a value
/// @param letters short names of those, like `-e`, with the long ones
record Command(
        String name,
        String usage,
        int least,
        int most,
        Map<String, Boolean> options,
        Map<String, String> letters,
        Action action) {
    static final int ANY = Integer.MAX_VALUE;

    interface Action {
        void run(Call call) throws Failure, InterruptedException;
    }

    Command {
        options = Map.copyOf(options);
        letters = Map.copyOf(letters);
    }

    static Command of(String name, String usage, int arguments, Action action) {
        return of(name, usage, arguments, arguments, action);
    }

    static Command of(String name, String usage, int least, int most, Action action) {
        return new Command(name, usage, least, most, Map.of(), Map.of(), action);
    }

    Command with(String option) {
        return with(option, true);
    }

    Command withFlag(String option) {
        return with(option, false);
    }

    Command withFlag(String option, String letter) {
        Map<String, String> more = new LinkedHashMap<>(letters);
        more.put(letter, option);
        var flagged = withFlag(option);
        return new Command(name, usage, least, most, flagged.options, more, action);
    }

    /// The same under another name.
    Command named(String other) {
        return new Command(other, usage, least, most, options, letters, action);
    }

    private Command with(String option, boolean valued) {
        Map<String, Boolean> more = new LinkedHashMap<>(options);
        more.put(option, valued);
        return new Command(name, usage, least, most, more, letters, action);
    }
}
