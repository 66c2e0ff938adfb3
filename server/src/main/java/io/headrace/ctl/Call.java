package io.headrace.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/// One command on its way: what was typed, where to print, and the broker, once somebody asks for it.
///
/// Threads: one.
final class Call {
    private static final String DEFAULT_VHOST = "/";

    private final Words words;
    private final Terminal terminal;
    private final Brokers brokers;
    private final double timeoutSeconds;
    private Api api; // null until it is needed

    Call(Words words, Terminal terminal, Brokers brokers, double timeoutSeconds) {
        this.words = words;
        this.terminal = terminal;
        this.brokers = brokers;
        this.timeoutSeconds = timeoutSeconds;
    }

    Words words() {
        return words;
    }

    Terminal terminal() {
        return terminal;
    }

    Brokers brokers() {
        return brokers;
    }

    double timeoutSeconds() {
        return timeoutSeconds;
    }

    List<String> arguments() {
        return words.arguments();
    }

    String argument(int index) {
        return words.arguments().get(index);
    }

    Optional<String> option(String name) {
        return words.option(name);
    }

    String vhost() {
        return words.option("vhost").orElse(DEFAULT_VHOST);
    }

    /// What is going to be done. The broker is looked for first, so that nothing is announced that cannot be tried.
    ///
    /// @throws Failure there is no broker, or this is a rehearsal, which ends here
    void announce(String text) throws Failure {
        api();
        terminal.banner(text);
        stopIfRehearsed();
    }

    /// For what changes something without a word before.
    void stopIfRehearsed() throws Failure {
        if (words.has("dry-run")) {
            throw Failure.enough();
        }
    }

    /// The broker's name.
    String node() throws Failure {
        return api().node();
    }

    Api api() throws Failure {
        if (api == null) {
            api = brokers.connect((int) Math.min(Integer.MAX_VALUE, timeoutSeconds * 1000));
        }
        return api;
    }

    // ---- asking ----

    JsonNode get(String... path) throws Failure {
        return api().get(path).orFail();
    }

    /// Empty if there is no such thing.
    Optional<JsonNode> find(String... path) throws Failure {
        var reply = api().get(path);
        return reply.status() == 404 ? Optional.empty() : Optional.of(reply.orFail());
    }

    Reply put(ObjectNode body, String... path) throws Failure {
        return api().send("PUT", body, path);
    }

    Reply delete(String... path) throws Failure {
        return api().send("DELETE", null, path);
    }

    void vhostExists() throws Failure {
        if (find("vhosts", vhost()).isEmpty()) {
            throw Failure.noVhost(vhost());
        }
    }
}
