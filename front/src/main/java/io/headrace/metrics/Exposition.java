package io.headrace.metrics;

import java.nio.charset.StandardCharsets;

/// Prometheus' text format, version 0.0.4.
///
/// Threads: one.
final class Exposition {
    static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final StringBuilder text = new StringBuilder(64 << 10);
    private String name = "";

    /// How a metric behaves.
    enum Type {
        GAUGE("gauge"),
        COUNTER("counter"),
        HISTOGRAM("histogram"),
        SUMMARY("summary"),
        /// As JMX's exporter gives what has a name that Prometheus would not choose.
        UNTYPED("untyped");

        private final String word;

        Type(String word) {
            this.word = word;
        }
    }

    /// Begins a metric; its samples follow.
    Exposition metric(String metricName, Type type, String help) {
        name = metricName;
        text.append("# TYPE ").append(name).append(' ').append(type.word).append('\n');
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        return this;
    }

    /// @param labels of [#labels], empty for none
    Exposition sample(String labels, long value) {
        return sample("", labels, value);
    }

    /// @param suffix of the name: `_bucket`, `_sum`, `_count`
    Exposition sample(String suffix, String labels, long value) {
        text.append(name)
                .append(suffix)
                .append(labels)
                .append(' ')
                .append(value)
                .append('\n');
        return this;
    }

    Exposition sample(String labels, double value) {
        return sample("", labels, value);
    }

    Exposition sample(String suffix, String labels, double value) {
        text.append(name)
                .append(suffix)
                .append(labels)
                .append(' ')
                .append(value)
                .append('\n');
        return this;
    }

    /// `{a="x",b="y"}`
    ///
    /// @param pairs names and values, by turns
    static String labels(String... pairs) {
        var labels = new StringBuilder("{");
        for (int i = 0; i < pairs.length; i += 2) {
            if (i > 0) {
                labels.append(',');
            }
            labels.append(pairs[i]).append("=\"");
            escape(pairs[i + 1], labels);
            labels.append('"');
        }
        return labels.append('}').toString();
    }

    private static void escape(String value, StringBuilder to) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '\\' -> to.append("\\\\");
                case '"' -> to.append("\\\"");
                case '\n' -> to.append("\\n");
                default -> to.append(c); // any other character stands for itself
            }
        }
    }

    byte[] bytes() {
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }
}
