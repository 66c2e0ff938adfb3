package io.headrace.cli;

import io.headrace.server.LoggingConfig.Loudness;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/// Where `System.Logger` and Netty write: standard error, one line for an event, by a [LineWriter].
///
/// ```text
/// 2026-11-24T10:15:30.120Z info    log.Recovery: replayed 12 entries in 3 ms
/// ```
/// It is the JDK's own logging, but without its configuration file, which costs a start 20 ms, and without
/// its farewell: the usual manager closes every handler when the process begins to end, which is when we
/// still have to say something.
public final class ConsoleLog {
    private static final String MANAGER = "java.util.logging.manager";

    /// Kafka's classes tell much that only matters to Kafka. Kept here, or its level would be forgotten with it.
    private static Logger quiet;

    /// Some MiB where nobody reads.
    private static final int LINES_MAX = 10_000;

    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private static volatile LineWriter writer;

    private ConsoleLog() {}

    /// To be called before anything else. The JDK takes its manager when the first logger is asked for, as Netty's
    /// classes do. The usual one reads the JDK's configuration, and what we write would be written twice.
    static void claim() {
        System.setProperty(MANAGER, Quiet.class.getName());
    }

    /// To be called before anything logs.
    static void install(Loudness loudness, PrintStream out) {
        var root = LogManager.getLogManager().getLogger("");
        root.setLevel(loudness.level());
        writer = new LineWriter(out, LINES_MAX);
        writer.start();
        root.addHandler(new Lines(writer));
        quiet = Logger.getLogger("org.apache.kafka");
        quiet.setLevel(loudness == Loudness.DEBUG ? Level.FINE : Level.WARNING);
    }

    /// Waits until what was said is written, but not long: for whoever is about to end the process.
    static void drain() {
        if (writer != null) {
            writer.drain(PATIENCE);
        }
    }

    /// A class of its own, because whoever is a [LogManager] wakes the JDK's before it can say that it
    /// wants to be it.
    public static final class Quiet extends LogManager {
        /// Called by the JDK.
        public Quiet() {}

        @Override
        public void readConfiguration() {
            // Nothing to read.
        }

        @Override
        public void reset() {
            // The handler stays to the end.
        }
    }

    private static final class Lines extends Handler {
        private final LineWriter out;

        Lines(LineWriter out) {
            this.out = out;
            setFormatter(new Line());
        }

        @Override
        public void publish(LogRecord event) {
            if (isLoggable(event)) {
                out.write(getFormatter().format(event));
            }
        }

        @Override
        public void flush() {
            out.drain(PATIENCE);
        }

        @Override
        public void close() {
            flush();
        }
    }

    static final class Line extends Formatter {
        @Override
        public String format(LogRecord event) {
            var line = new StringBuilder(160)
                    .append(timestamp(event.getInstant()))
                    .append(' ')
                    .append(loudness(event.getLevel()))
                    .append(' ')
                    .append(event.getLoggerName().replaceFirst("^io\\.headrace\\.", ""))
                    .append(": ")
                    .append(formatMessage(event))
                    .append('\n');
            if (event.getThrown() != null) {
                var trace = new StringWriter();
                event.getThrown().printStackTrace(new PrintWriter(trace, true));
                line.append(trace);
            }
            return line.toString();
        }

        private static String timestamp(Instant instant) {
            var text = instant.truncatedTo(ChronoUnit.MILLIS).toString();
            return text.length() == 24 ? text : text.substring(0, 19) + ".000Z"; // a whole second has no fraction
        }

        /// In the words of the key `logging.level`, all of one width.
        private static String loudness(Level level) {
            if (level.intValue() >= Level.SEVERE.intValue()) {
                return "error  ";
            }
            if (level.intValue() >= Level.WARNING.intValue()) {
                return "warning";
            }
            return level.intValue() >= Level.INFO.intValue() ? "info   " : "debug  ";
        }
    }
}
