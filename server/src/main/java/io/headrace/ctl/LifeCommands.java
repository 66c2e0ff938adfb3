package io.headrace.ctl;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Beginning and end of a broker's process.
final class LifeCommands {
    private static final int STARTUP_SECONDS = 300;
    private static final int STOP_SECONDS = 60;
    private static final int WAIT_SECONDS = 10;
    private static final int LOOK_MILLIS = 100;

    private LifeCommands() {}

    static List<Command> all() {
        return List.of(
                Command.of("await_startup", "[--timeout <timeout>]", 0, LifeCommands::awaitStartup),
                Command.of("await_online_nodes", "<count> [--timeout <timeout>]", 1, LifeCommands::awaitNodes),
                Command.of("wait", "<pidfile> | --pid <pid> [--timeout <timeout>]", 0, 1, LifeCommands::awaitProcess)
                        .with("pid"),
                Command.of("stop", "[<pidfile>]", 0, 1, LifeCommands::stop),
                Command.of("shutdown", "", 0, LifeCommands::shutdown));
    }

    private static Duration patience(Call call, int seconds) {
        return Duration.ofMillis(
                call.option("timeout").isPresent() ? Math.round(call.timeoutSeconds() * 1000) : seconds * 1000L);
    }

    private interface Condition {
        boolean holds() throws Failure;
    }

    private static boolean await(Duration patience, Condition condition) throws Failure, InterruptedException {
        var end = Instant.now().plus(patience);
        while (!condition.holds()) {
            if (Instant.now().isAfter(end)) {
                return false;
            }
            Thread.sleep(LOOK_MILLIS);
        }
        return true;
    }

    /// A broker tells of itself when its ports are open.
    private static Optional<Brokers.Found> running(Call call) throws Failure {
        try {
            return Optional.of(call.brokers().find());
        } catch (Failure failure) {
            if (failure.exit() == Exit.UNAVAILABLE) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    private static void awaitStartup(Call call) throws Failure, InterruptedException {
        if (!await(patience(call, STARTUP_SECONDS), () -> running(call).isPresent())) {
            throw Failure.error(Exit.TIMEOUT, "no broker has started in time");
        }
    }

    private static void awaitNodes(Call call) throws Failure, InterruptedException {
        var count = call.argument(0);
        if (!count.matches("[0-9]{1,9}")) {
            throw Failure.usage(Exit.DATA, "Bad argument.");
        }
        var patience = patience(call, STARTUP_SECONDS);
        if (Integer.parseInt(count) > 1) {
            throw Failure.error(Exit.TIMEOUT, "a broker is a cluster of one node; there will never be " + count);
        }
        if (!await(patience, () -> running(call).isPresent())) {
            throw Failure.error(Exit.TIMEOUT, "no broker has started in time");
        }
        call.announce("Will wait for at least " + count + " nodes to join the cluster of " + call.node() + ". Timeout: "
                + patience.toSeconds() + " seconds.");
    }

    private static void awaitProcess(Call call) throws Failure, InterruptedException {
        var given = call.option("pid").isPresent() ? call.option("pid").get() : pidIn(call);
        if (!given.matches("[0-9]{1,18}")) {
            throw Failure.usage(Exit.DATA, "not a process id: " + given);
        }
        long pid = Long.parseLong(given);
        call.terminal().banner("Waiting for OS process '" + pid + "' to run a broker");
        boolean started = await(patience(call, WAIT_SECONDS), () -> {
            if (ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty()) {
                throw Failure.unavailable("process " + pid + " is not running");
            }
            return running(call).filter(found -> found.running().pid() == pid).isPresent();
        });
        if (!started) {
            throw Failure.error(Exit.TIMEOUT, "process " + pid + " runs no broker that is ready");
        }
        call.terminal().banner("Applications 'rabbit_and_plugins' are running on node '" + call.node() + "'");
    }

    private static String pidIn(Call call) throws Failure {
        if (call.arguments().isEmpty()) {
            throw Failure.usage(Exit.USAGE, "not enough arguments.");
        }
        try {
            return Files.readString(Path.of(call.argument(0))).strip();
        } catch (IOException e) {
            throw Failure.error(Exit.DATA, "cannot read " + call.argument(0) + ": " + e.getMessage());
        }
    }

    // The process is asked as `headrace stop` asks it.
    private static void stop(Call call) throws Failure, InterruptedException {
        var found = call.brokers().find();
        call.terminal().banner("Stopping and halting node " + found.node() + " ...");
        call.stopIfRehearsed();
        end(call, found);
    }

    private static void shutdown(Call call) throws Failure, InterruptedException {
        var found = call.brokers().find();
        long pid = found.running().pid();
        call.terminal().banner("Shutting down RabbitMQ node " + found.node() + " running at PID " + pid);
        call.stopIfRehearsed();
        call.terminal().banner("Waiting for PID " + pid + " to terminate");
        end(call, found);
        call.terminal().line("RabbitMQ node " + found.node() + " running at PID " + pid + " successfully shut down");
    }

    private static void end(Call call, Brokers.Found found) throws Failure, InterruptedException {
        var process = found.running().process();
        if (process.isEmpty()) {
            return; // it has just ended
        }
        if (!process.get().destroy()) {
            throw Failure.error(
                    Exit.UNAVAILABLE, "may not end process " + process.get().pid());
        }
        try {
            process.get().onExit().get(patience(call, STOP_SECONDS).toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException _) {
            throw Failure.error(Exit.TIMEOUT, "process " + process.get().pid() + " still runs");
        }
    }
}
