package io.headrace.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// Where a broker may differ from the one whose answers were recorded, each with its reason.
///
/// A file of lines `CALL | LINE | REASON`, the first two regular expressions that must match the whole name of a call
/// and the whole of a line that differs, without the `-` or `+`. Lines that begin with `#` are for people.
public final class KnownDifferences {
    private final List<Known> known;

    private record Known(Pattern call, Pattern line, String reason) {
        boolean explains(Transcript.Difference difference) {
            return call.matcher(difference.call()).matches()
                    && line.matcher(difference.line().substring(2)).matches();
        }
    }

    private KnownDifferences(List<Known> known) {
        this.known = known;
    }

    public static KnownDifferences read(Path file) throws IOException {
        var known = new ArrayList<Known>();
        for (String line : Files.readAllLines(file)) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            var parts = line.split(" \\| ", 3);
            if (parts.length != 3 || parts[2].isBlank()) {
                throw new IllegalArgumentException(file + ": not CALL | LINE | REASON: " + line);
            }
            known.add(new Known(Pattern.compile(parts[0]), Pattern.compile(parts[1]), parts[2]));
        }
        return new KnownDifferences(known);
    }

    public List<Transcript.Difference> unexplained(List<Transcript.Difference> differences) {
        return differences.stream()
                .filter(difference -> known.stream().noneMatch(one -> one.explains(difference)))
                .toList();
    }

    /// Reasons for what does not differ any more: to be taken out of the file.
    public List<String> outdated(List<Transcript.Difference> differences) {
        return known.stream()
                .filter(one -> differences.stream().noneMatch(one::explains))
                .map(one -> one.call + " | " + one.line + " | " + one.reason)
                .toList();
    }
}
