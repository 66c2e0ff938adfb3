package io.headrace.cli;

import io.headrace.server.HeadraceConfig;
import io.headrace.server.Running;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;

/// `headrace status`: what runs on the data directory.
final class Status implements Command {
    private final PrintStream out;

    Status(PrintStream out) {
        this.out = out;
    }

    @Override
    public int run(HeadraceConfig config) throws IOException {
        var data = config.data().toAbsolutePath().normalize();
        var running = Running.on(data);
        if (running.isEmpty()) {
            out.println("not running on " + data);
            return Exit.NOT_RUNNING;
        }
        var broker = running.get();
        out.println("running: pid " + broker.pid() + ", version " + broker.version() + ", up "
                + words(Duration.between(broker.processStarted(), Instant.now())));
        out.println("data: " + data);
        broker.listeners().forEach(listener -> out.println("listening: " + listener));
        return Exit.DONE;
    }

    /// The two largest units: `3 d 4 h`, `5 min 2 s`, `12 s`.
    static String words(Duration up) {
        if (up.toDays() > 0) {
            return up.toDays() + " d " + up.toHoursPart() + " h";
        }
        if (up.toHours() > 0) {
            return up.toHours() + " h " + up.toMinutesPart() + " min";
        }
        return up.toMinutes() > 0 ? up.toMinutes() + " min " + up.toSecondsPart() + " s" : up.toSeconds() + " s";
    }
}
