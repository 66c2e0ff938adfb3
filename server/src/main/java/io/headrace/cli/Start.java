package io.headrace.cli;

import io.headrace.server.Headrace;
import io.headrace.server.HeadraceConfig;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;

/// `headrace start`: a broker in the foreground. It ends when it is told to (SIGTERM, Ctrl-C) with exit
/// code 0, or when the log can no longer keep its promise, with exit code 1.
final class Start implements Command {
    private final PrintStream out;
    private final PrintStream err;

    Start(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    @Override
    public int run(HeadraceConfig config) throws IOException, InterruptedException {
        ConsoleLog.install(config.logging().level(), err);
        var headrace = Headrace.start(config);
        // loaded as it is; a lambda would have to be put together, since no training comes this way (decision 2)
        Runtime.getRuntime().addShutdownHook(new Thread("shutdown") {
            @Override
            public void run() {
                end(headrace);
            }
        });
        sayReady(headrace, config);
        throw new IOException("the broker has stopped", headrace.awaitFailure());
    }

    void sayReady(Headrace headrace, HeadraceConfig config) {
        headrace.listeners().forEach(listener -> out.println("listening: " + listener));
        out.println("ready: headrace " + Headrace.version() + " in " + sinceProcessStart() + " s, data in "
                + config.data().toAbsolutePath().normalize());
        out.flush();
    }

    /// The last thing that happens. Without the halt a process that ends by a signal has the signal's exit
    /// code.
    private void end(Headrace headrace) {
        int code = headrace.failure().isPresent() ? Exit.FAILED : Exit.DONE;
        try {
            headrace.close();
            out.println("stopped");
        } catch (IOException e) {
            ConsoleLog.drain(); // the reason is in there
            err.println("headrace: " + e.getMessage());
            code = Exit.FAILED;
        }
        out.flush();
        ConsoleLog.drain();
        Runtime.getRuntime().halt(code);
    }

    // Put together by hand: the first use of a Formatter costs a start 15 ms.
    private static String sinceProcessStart() {
        long hundredths = Math.max(0, Duration.between(started(), Instant.now()).toMillis()) / 10;
        return hundredths / 100 + "." + hundredths / 10 % 10 + hundredths % 10;
    }

    // The launcher has the same process as the broker, and may have built it first.
    private static Instant started() {
        var told = System.getenv("HEADRACE_STARTED_MILLIS");
        return told != null && told.matches("[0-9]{13}")
                ? Instant.ofEpochMilli(Long.parseLong(told))
                : ProcessHandle.current().info().startInstant().orElse(Instant.now());
    }
}
