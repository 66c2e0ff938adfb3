package io.headrace.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;

/// Where a command prints, and how much of it is wanted.
///
/// Threads: one.
final class Terminal {
    private final PrintStream out;
    private final Format format;
    private final boolean banners;
    private final boolean headers;

    Terminal(PrintStream out, Format format, boolean banners, boolean headers) {
        this.out = out;
        this.format = format;
        this.banners = banners && format.banners();
        this.headers = headers;
    }

    static String bold(String text) {
        return "\u001b[1m" + text + "\u001b[0m";
    }

    PrintStream out() {
        return out;
    }

    boolean json() {
        return format == Format.JSON;
    }

    /// What is being done, unless it shall be quiet.
    void banner(String text) {
        if (banners) {
            out.println(text);
        }
    }

    void line(String text) {
        out.println(text);
    }

    /// A text, or with `--formatter json` an object.
    void line(String text, JsonNode object) {
        out.println(json() ? object.toString() : text);
    }

    /// A text, or with `--formatter json` an object that has it as `message`.
    void message(String text) {
        line(text, Api.object().put("message", text));
    }

    void rows(Rows rows) {
        format.show(rows, headers, out);
    }

    /// In a frame if nobody asked for something else.
    void framed(Rows rows) {
        (format == Format.TABLE ? Format.PRETTY_TABLE : format).show(rows, headers, out);
    }

    /// Rows that RabbitMQ has all at once; of none it prints an empty line.
    void rowsAtOnce(Rows rows) {
        if (rows.values().isEmpty()) {
            out.println(json() ? "[]" : "");
        } else {
            rows(rows);
        }
    }
}
