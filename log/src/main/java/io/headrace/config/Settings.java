package io.headrace.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;

/// What was set, read key by key. A component asks for each of its keys with default, bounds and a
/// sentence; the asking is the declaration. A value that does not do is noted in [#problems()] and the
/// default is answered, so that one look finds every mistake.
///
/// Threads: the one that starts the broker.
public final class Settings {
    private final String prefix;
    private final Map<String, Given> given;
    private final Map<String, Declared> declared;
    private final Set<String> retired;
    private final List<String> problems;

    public Settings(Map<String, Given> given) {
        this("", given, new LinkedHashMap<>(), new LinkedHashSet<>(), new ArrayList<>());
    }

    private Settings(
            String prefix,
            Map<String, Given> given,
            Map<String, Declared> declared,
            Set<String> retired,
            List<String> problems) {
        this.prefix = prefix;
        this.given = given;
        this.declared = declared;
        this.retired = retired;
        this.problems = problems;
    }

    /// The same settings, seen by a component whose keys begin with `name` and a dot.
    public Settings section(String name) {
        return new Settings(prefix + name + ".", given, declared, retired, problems);
    }

    public long bytes(String key, long byDefault, long least, long most, String sentence) {
        return quantity(Quantity.BYTES, key, byDefault, least, most, sentence);
    }

    public long millis(String key, long byDefault, long least, long most, String sentence) {
        return quantity(Quantity.MILLIS, key, byDefault, least, most, sentence);
    }

    public int count(String key, int byDefault, int least, int most, String sentence) {
        return Math.toIntExact(quantity(Quantity.COUNT, key, byDefault, least, most, sentence));
    }

    public Share share(String key, Share byDefault, String sentence) {
        var value = declare(key, byDefault.toString(), "a part such as 0.4, or " + Quantity.BYTES.example, sentence);
        var share = value.flatMap(Share::parse);
        if (value.isPresent() && share.isEmpty()) {
            problem(key, "is '" + value.get() + "'; it takes a part such as 0.4, or " + Quantity.BYTES.example);
        }
        return share.orElse(byDefault);
    }

    public boolean flag(String key, boolean byDefault, String sentence) {
        var value = declare(key, Boolean.toString(byDefault), "true or false", sentence);
        if (value.isEmpty() || Set.of("true", "false").contains(value.get())) {
            return value.map(Boolean::parseBoolean).orElse(byDefault);
        }
        problem(key, "is '" + value.get() + "'; it takes true or false");
        return byDefault;
    }

    public <E extends Enum<E>> E choice(String key, E byDefault, String sentence) {
        var words = new StringJoiner(", ");
        for (E constant : byDefault.getDeclaringClass().getEnumConstants()) {
            words.add(word(constant));
        }
        var value = declare(key, word(byDefault), "one of " + words, sentence);
        for (E constant : byDefault.getDeclaringClass().getEnumConstants()) {
            if (value.isPresent() && word(constant).equals(value.get())) {
                return constant;
            }
        }
        value.ifPresent(text -> problem(key, "is '" + text + "'; it takes one of " + words));
        return byDefault;
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// @param byDefault empty if it need not be set
    public String text(String key, String byDefault, String sentence) {
        return declare(key, byDefault, "text", sentence).orElse(byDefault);
    }

    /// A file or folder. Where it is opened, a path that is not absolute counts from the working directory.
    public String path(String key, String byDefault, String sentence) {
        return declare(key, byDefault, "path", sentence).orElse(byDefault);
    }

    /// A key of the past: whoever still sets it is told what to do instead.
    ///
    /// @param instead a sentence: `use log.flush-interval; 0ms is the old 'always'`
    public void retired(String key, String instead) {
        retired.add(prefix + key);
        origin(key).ifPresent(origin -> problems.add(origin + ": " + prefix + key + " is gone: " + instead));
    }

    /// Notes that `key`, which may be right by itself, does not go with the rest.
    ///
    /// @param what goes on after the key's name: `must be set when ...`
    public void problem(String key, String what) {
        problems.add(origin(key).map(origin -> origin + ": ").orElse("") + prefix + key + " " + what);
    }

    private Optional<String> origin(String key) {
        return Optional.ofNullable(given.get(prefix + key)).map(Given::origin);
    }

    private long quantity(Quantity quantity, String key, long byDefault, long least, long most, String sentence) {
        var allowed = quantity.text(least) + (most == Long.MAX_VALUE ? " or more" : " to " + quantity.text(most));
        var value = declare(key, quantity.text(byDefault), allowed, sentence);
        if (value.isEmpty()) {
            return byDefault;
        }
        var number = quantity.parse(value.get());
        if (number.isEmpty()) {
            problem(key, "is '" + value.get() + "'; it takes " + quantity.example);
            return byDefault;
        }
        if (number.get() < least || number.get() > most) {
            problem(key, "is " + value.get() + "; it takes " + allowed);
            return byDefault;
        }
        return number.get();
    }

    private Optional<String> declare(String key, String defaultText, String allowed, String sentence) {
        var name = prefix + key;
        if (declared.put(name, new Declared(name, defaultText, allowed, sentence)) != null) {
            throw new IllegalStateException("two components read the key " + name);
        }
        return Optional.ofNullable(given.get(name)).map(Given::value);
    }

    /// Every key that was read, in the order of reading.
    public List<Declared> declared() {
        return List.copyOf(declared.values());
    }

    /// Every mistake found, after all components have read their keys: keys that nobody read are among
    /// them.
    public List<String> problems() {
        var all = new ArrayList<>(problems);
        given.forEach((key, value) -> {
            if (!declared.containsKey(key) && !retired.contains(key)) {
                all.add(value.origin() + ": there is no key '" + key + "'" + suggestion(key));
            }
        });
        return all;
    }

    private String suggestion(String key) {
        return Spelling.nearest(key, declared.keySet())
                .map(near -> "; did you mean '" + near + "'?")
                .orElse("");
    }
}
