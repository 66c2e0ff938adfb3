package io.headrace.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a broker answered to a script: for each call, by its name, the answer as lines `path = value`.
///
/// ```text
/// == produce v3 acks all
/// responses[topic].partitionResponses[0].baseOffset = 0
/// ```
///
/// Threads: one.
public final class Transcript {
    private static final String CALL = "== ";

    private final Map<String, List<String>> answers = new LinkedHashMap<>();

    public void add(String call, List<String> answer) {
        if (answers.putIfAbsent(call, List.copyOf(answer)) != null) {
            throw new IllegalArgumentException("two calls are named '" + call + "'");
        }
    }

    public boolean has(String call) {
        return answers.containsKey(call);
    }

    public int calls() {
        return answers.size();
    }

    public static Transcript read(Path file) throws IOException {
        var transcript = new Transcript();
        String call = null;
        var answer = new ArrayList<String>();
        for (String line : Files.readAllLines(file)) {
            if (line.startsWith(CALL)) {
                if (call != null) {
                    transcript.add(call, answer);
                }
                call = line.substring(CALL.length());
                answer.clear();
            } else {
                answer.add(line);
            }
        }
        if (call != null) {
            transcript.add(call, answer);
        }
        return transcript;
    }

    public void write(Path file) throws IOException {
        var lines = new ArrayList<String>();
        answers.forEach((call, answer) -> {
            lines.add(CALL + call);
            lines.addAll(answer);
        });
        Files.write(file, lines);
    }

    /// A line that only one of two brokers answered.
    ///
    /// @param line begins with `-` if it is the expected one that is missing, with `+` if it is an unexpected one
    public record Difference(String call, String line) {
        @Override
        public String toString() {
            return call + ": " + line;
        }
    }

    /// How `other` differs from this one.
    public List<Difference> differences(Transcript other) {
        var differences = new ArrayList<Difference>();
        answers.forEach((call, answer) -> {
            var theirs = other.answers.get(call);
            if (theirs == null) {
                differences.add(new Difference(call, "- was not called"));
                return;
            }
            var surplus = new ArrayList<>(theirs);
            for (String line : answer) {
                if (!surplus.remove(line)) {
                    differences.add(new Difference(call, "- " + line));
                }
            }
            surplus.forEach(line -> differences.add(new Difference(call, "+ " + line)));
        });
        other.answers.keySet().stream()
                .filter(call -> !answers.containsKey(call))
                .forEach(call -> differences.add(new Difference(call, "+ was called")));
        return differences;
    }
}
