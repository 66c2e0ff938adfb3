package io.headrace.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Runs the command line tools of the distribution, as somebody who logged in to the broker's machine does.
///
/// Threads: any.
public record Shell(Path data) {
    private static final Path TOOLS = Path.of("../bin").toAbsolutePath().normalize();
    private static final long PATIENCE_SECONDS = 60;

    /// @param out standard output, by lines
    public record Result(int exit, List<String> out, List<String> err) {}

    public Result run(String tool, String... arguments) {
        return run(tool, List.of(arguments));
    }

    Result run(String tool, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(TOOLS.resolve(tool).toString()));
        command.addAll(arguments);
        return run(command);
    }

    /// `headrace` with a verb.
    Result headrace(String... arguments) {
        List<String> command =
                new ArrayList<>(List.of(TOOLS.resolveSibling("headrace").toString()));
        command.addAll(List.of(arguments));
        return run(command);
    }

    private Result run(List<String> command) {
        var builder = new ProcessBuilder(command);
        builder.environment().put("HEADRACE_DATA", data.toString());
        builder.environment().put("HEADRACE_BUILD", "never");
        try {
            var process = builder.start();
            process.getOutputStream().close();
            var err = CompletableFuture.supplyAsync(() -> lines(process.errorReader(StandardCharsets.UTF_8)));
            var out = lines(process.inputReader(StandardCharsets.UTF_8));
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException(command + " does not end");
            }
            return new Result(process.exitValue(), out, err.join());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> lines(java.io.BufferedReader reader) {
        return reader.lines().toList();
    }
}
