package io.headrace.server;

import io.headrace.config.Declared;
import java.util.List;
import java.util.stream.Collectors;

/// All keys written out for people: `docs/configuration.md` and `--help`.
public final class ConfigReference {
    private static final String HEAD = """
            # Configuration

            One file of `key = value` lines, named by `--config FILE`, and options, which win over the file: each key is
            also an option, with dashes for its dots (`amqp.port = 5673` or `--amqp-port 5673`). A line that begins with
            `#` is for people. Sizes are written `64KiB`, `128MiB`, `1GiB`; times `500ms`, `10s`, `5min`, `2h`, `7d`.

            A mistake stops the start. All of them are told at once, and a key that does not exist is one.

            This page is written by the test `ConfigReferenceTest` from what the code reads; do not edit it.
            """;

    private ConfigReference() {}

    static String markdown(List<Declared> keys) {
        var page = new StringBuilder(HEAD);
        bySection(keys).forEach(section -> {
            var name = section.getFirst().section();
            page.append("\n## ").append(name.isEmpty() ? "General" : name).append("\n");
            page.append("| key | default | allowed | what it is for |\n|---|---|---|---|\n");
            for (Declared key : section) {
                page.append("| `%s` | %s | %s | %s |\n"
                        .formatted(
                                key.key(),
                                key.defaultText().isEmpty() ? "" : "`" + key.defaultText() + "`",
                                key.allowed(),
                                key.sentence()));
            }
        });
        return page.toString();
    }

    /// The options, one paragraph of two lines each.
    public static String help(List<Declared> keys) {
        return keys.stream()
                .map(key -> "  %s VALUE   (%s%s)\n      %s\n"
                        .formatted(
                                key.option(),
                                key.allowed(),
                                key.defaultText().isEmpty() ? "" : "; default " + key.defaultText(),
                                key.sentence()))
                .collect(Collectors.joining());
    }

    private static List<List<Declared>> bySection(List<Declared> keys) {
        return keys.stream()
                .map(Declared::section)
                .distinct()
                .map(name ->
                        keys.stream().filter(key -> key.section().equals(name)).toList())
                .toList();
    }
}
