package io.headrace.bench;

import java.util.Map;
import java.util.TreeMap;

/// The `key=value` words of the command line. One that no workload asks for is refused.
///
/// Threads: one.
final class Options {
    private final Map<String, String> unused = new TreeMap<>();

    private Options() {}

    static Options parse(String[] words, int from) {
        var options = new Options();
        for (int i = from; i < words.length; i++) {
            int equals = words[i].indexOf('=');
            if (equals < 0) {
                throw new IllegalArgumentException("'" + words[i] + "' is not key=value");
            }
            options.unused.put(words[i].substring(0, equals), words[i].substring(equals + 1));
        }
        return options;
    }

    int number(String key, int otherwise) {
        var given = unused.remove(key);
        return given == null ? otherwise : Integer.parseInt(given);
    }

    String text(String key, String otherwise) {
        var given = unused.remove(key);
        return given == null ? otherwise : given;
    }

    void refuseUnused() {
        if (!unused.isEmpty()) {
            throw new IllegalArgumentException("this workload has no option " + unused.keySet());
        }
    }
}
