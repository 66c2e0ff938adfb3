package io.headrace.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What a workload tells the one who started it: a line `begin` when the figures begin to count, and a line
/// `end {...}` with them.
///
/// Threads: the workload's main thread.
final class Report {
    private final PrintStream out;
    private final InputStream in;

    Report(PrintStream out, InputStream in) {
        this.out = out;
        this.in = in;
    }

    /// For a workload that is only a part of another.
    static Report silent() {
        return new Report(new PrintStream(OutputStream.nullOutputStream()), InputStream.nullInputStream());
    }

    void begin() {
        out.println("begin");
        out.flush();
    }

    void end(Map<String, ? extends Number> figures) {
        var json = new TreeMap<>(figures)
                .entrySet().stream()
                        .map(figure -> String.format(
                                Locale.ROOT,
                                "\"%s\": %.2f",
                                figure.getKey(),
                                figure.getValue().doubleValue()))
                        .collect(Collectors.joining(", ", "{", "}"));
        out.println("end " + json);
        out.flush();
    }

    void say(String line) {
        out.println(line);
        out.flush();
    }

    void awaitLine() throws IOException {
        int read;
        do {
            read = in.read();
        } while (read >= 0 && read != '\n');
    }

    /// Until the other side closes our standard input, or has ended.
    void awaitEndOfInput() throws IOException {
        in.transferTo(OutputStream.nullOutputStream());
    }
}
