package io.headrace.ctl;

import io.headrace.server.OperatorKey;
import io.headrace.server.Running;
import io.headrace.server.RunningBrokers;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Finds the broker that is meant: by its data directory, by its name, or because it is the only one.
///
/// @param data directory that was named
/// @param name that was asked for; what runs on `data` has to have it
record Brokers(Optional<Path> data, Optional<String> name) {
    private static final Path DEFAULT_DATA = Path.of("data");

    /// A broker that runs.
    record Found(Path data, Running running) {
        String node() {
            return running.node();
        }
    }

    static Brokers meant(Words words, Map<String, String> environment) {
        var data = words.option("data")
                .or(() -> setting(environment, "HEADRACE_DATA"))
                .map(Path::of);
        var named = words.option("node");
        return new Brokers(
                data, named.isPresent() || data.isPresent() ? named : setting(environment, "RABBITMQ_NODENAME"));
    }

    private static Optional<String> setting(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
    }

    /// @throws Failure none runs, or it is not clear which
    Found find() throws Failure {
        try {
            var running = running();
            if (running.isEmpty()) {
                throw none();
            }
            if (running.size() > 1) {
                throw several(running);
            }
            var only = running.entrySet().iterator().next();
            return new Found(only.getKey(), only.getValue());
        } catch (AccessDeniedException e) {
            throw Failure.error(
                    Exit.UNAVAILABLE, "no permission for " + e.getFile() + ": be the user who runs the broker");
        } catch (IOException e) {
            throw Failure.error(Exit.SOFTWARE, "cannot find out what runs: " + e.getMessage());
        }
    }

    private Map<Path, Running> running() throws IOException {
        Map<Path, Running> found = new LinkedHashMap<>();
        if (data.isPresent()) {
            add(data.get(), found);
        } else {
            found.putAll(RunningBrokers.ofThisUser().all());
            if (found.isEmpty()) {
                add(DEFAULT_DATA, found);
            }
        }
        name.ifPresent(wanted -> found.values().removeIf(running -> !isCalled(running, wanted)));
        return found;
    }

    private static void add(Path data, Map<Path, Running> found) throws IOException {
        var whole = data.toAbsolutePath().normalize();
        Running.on(whole).ifPresent(running -> found.put(whole, running));
    }

    /// `rabbit` is short for `rabbit@` and this machine, as it is everywhere in RabbitMQ.
    private static boolean isCalled(Running running, String wanted) {
        var node = running.node();
        return node.equals(wanted) || !wanted.contains("@") && node.startsWith(wanted + "@");
    }

    private Failure none() {
        var whom = name.map(node -> "node '" + node + "' does not run "
                        + data.map(path -> "on " + path).orElse("here"))
                .or(() -> data.map(path -> "no broker runs on " + path))
                .orElse("no broker of this user runs on this machine");
        var first = name.map(node -> "Error: unable to perform an operation on node '" + node + "'.")
                .orElse("Error: unable to find a broker.");
        return Failure.plain(
                Exit.UNAVAILABLE,
                first + " Please see suggestions below.\n\n"
                        + whom + ".\n\n"
                        + " * Start one: headrace start\n"
                        + " * If another user runs it, be that user (sudo -u), or name its data directory: --data DIR or"
                        + " HEADRACE_DATA=DIR\n");
    }

    private static Failure several(Map<Path, Running> running) {
        var text = new StringBuilder("several brokers run here; say which with --node or --data:");
        running.forEach((path, one) ->
                text.append("\n  ").append(one.node()).append(" on ").append(path));
        return Failure.error(Exit.USAGE, text.toString());
    }

    Api connect(int timeoutMillis) throws Failure {
        var found = find();
        var listener = found.running.listeners().stream()
                .filter(line -> line.startsWith("management on "))
                .findFirst()
                .orElseThrow(() -> Failure.unavailable("node " + found.node()
                        + " has no management API, which this tool needs: set management.enabled = true"));
        var address = listener.substring("management on ".length());
        int colon = address.lastIndexOf(':');
        return new Api(
                found.node(),
                "http://" + host(address.substring(0, colon)) + address.substring(colon) + "/api",
                key(found),
                timeoutMillis);
    }

    private static String host(String listening) {
        if (listening.equals("0.0.0.0") || listening.equals("::")) {
            return "127.0.0.1";
        }
        return listening.contains(":") ? "[" + listening + "]" : listening;
    }

    private static String key(Found found) throws Failure {
        try {
            return OperatorKey.read(found.data)
                    .orElseThrow(() -> Failure.unavailable("node " + found.node() + " is just ending or beginning"));
        } catch (IOException e) {
            throw Failure.unavailable("cannot read the operator's key in " + found.data
                    + ": be the user who runs the broker (" + e.getMessage() + ")");
        }
    }
}
