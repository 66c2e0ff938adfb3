package io.headrace.cli;

import io.headrace.server.HeadraceConfig;
import io.headrace.server.Running;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// `headrace stop`: asks the broker of the data directory to end, as SIGTERM does, and waits until it has.
final class Stop implements Command {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final PrintStream out;

    Stop(PrintStream out) {
        this.out = out;
    }

    @Override
    public int run(HeadraceConfig config) throws IOException, InterruptedException {
        var data = config.data().toAbsolutePath().normalize();
        var broker = Running.on(data).flatMap(Running::process);
        if (broker.isEmpty()) {
            out.println("not running on " + data);
            return Exit.NOT_RUNNING;
        }
        if (!broker.get().destroy()) {
            throw new IOException("may not end process " + broker.get().pid() + ": it belongs to another user");
        }
        try {
            broker.get().onExit().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw new IOException(
                    "process " + broker.get().pid() + " still runs after " + PATIENCE.toSeconds() + " s", e);
        }
        out.println("stopped: pid " + broker.get().pid());
        return Exit.DONE;
    }
}
