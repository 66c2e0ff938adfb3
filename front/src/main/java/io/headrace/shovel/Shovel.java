package io.headrace.shovel;

import io.headrace.broker.Broker;
import io.headrace.broker.Event;
import io.headrace.broker.Shovels.State;
import io.headrace.broker.Shovels.Status;
import io.headrace.catalog.Refusal;
import io.headrace.shovel.ShovelDefinition.AckMode;
import io.headrace.shovel.ShovelDefinition.DeleteAfter;
import io.headrace.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.function.Function;
import java.util.stream.Stream;

/// One shovel: connects, carries, waits after a failure, connects again.
///
/// Threads: one virtual thread of its own; [#start], [#stop], [#status] any.
final class Shovel {
    private static final System.Logger LOG = System.getLogger(Shovel.class.getName());

    private final ShovelDefinition definition;
    private final Broker broker;
    private final Function<Refusal, String> words;
    private final ExecutorService callbacks;
    private final Runnable done;
    private final Clock clock;
    private final Thread thread;
    private volatile Seen seen;
    private volatile Inbox current = new Inbox(); // of the attempt that runs

    /// As others see it.
    ///
    /// @param destination `null` unless it runs
    private record Seen(
            State state, long sinceMillis, Map<String, String> ends, Destination destination, String reason) {}

    /// @param callbacks runs what the client library tells
    /// @param done runs when enough was carried
    /// @param before a shovel that has to be gone first, or `null`
    Shovel(
            ShovelDefinition definition,
            Broker broker,
            Function<Refusal, String> words,
            ExecutorService callbacks,
            Runnable done,
            Shovel before) {
        this.definition = definition;
        this.broker = broker;
        this.words = words;
        this.callbacks = callbacks;
        this.done = done;
        this.clock = broker.admin().loop().clock();
        this.seen = new Seen(State.STARTING, clock.millis(), Map.of(), null, "");
        this.thread = Thread.ofVirtual()
                .name("shovel-" + definition.vhost() + "-" + definition.name())
                .unstarted(() -> run(before));
    }

    void start() {
        thread.start();
    }

    /// It ends soon; [#join] waits for that.
    void stop() {
        thread.interrupt();
    }

    void join(long millis) throws InterruptedException {
        thread.join(millis);
    }

    /// On the loop, before anything else happens in a vhost of that name.
    void vhostDeleted(String vhost) {
        if (localEnds().anyMatch(uri -> uri.vhost().equals(vhost))) {
            current.abandon("vhost '" + vhost + "' is deleted");
        }
    }

    void userDeleted(String user) {
        if (localEnds().anyMatch(uri -> uri.user().equals(Optional.of(user)))) {
            current.abandon("user '" + user + "' is deleted");
        }
    }

    private Stream<ShovelUri> localEnds() {
        return Stream.concat(definition.from().uris().stream(), definition.to().uris().stream())
                .filter(ShovelUri::local);
    }

    Status status() {
        var now = seen;
        return new Status(
                definition.vhost(),
                definition.name(),
                now.state(),
                now.sinceMillis(),
                now.ends(),
                now.destination() != null && now.destination().blocked(),
                now.reason());
    }

    private void run(Shovel before) {
        try {
            if (before != null) {
                before.thread.join();
            }
            while (!carried()) {
                if (definition.reconnectMillis() == 0) {
                    return; // stays as it is for operators to see
                }
                Thread.sleep(definition.reconnectMillis());
            }
            done.run();
        } catch (InterruptedException _) {
            terminated("stopped");
        } catch (RuntimeException broken) { // of this shovel; the broker and the others go on
            terminated(broken.toString());
            LOG.log(System.Logger.Level.ERROR, this + " is broken and was given up", broken);
        }
    }

    /// @return true if all that was to be carried was
    private boolean carried() throws InterruptedException {
        see(new Seen(State.STARTING, clock.millis(), Map.of(), null, ""));
        try {
            attempt();
            return true;
        } catch (ShovelTrouble trouble) {
            terminated(trouble.getMessage());
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0} stopped: {1}; {2}",
                    this,
                    trouble.getMessage(),
                    definition.reconnectMillis() == 0
                            ? "its reconnect-delay is 0, so it is not started again"
                            : "it is started again in " + definition.reconnectMillis() + " ms");
            return false;
        }
    }

    private void terminated(String reason) {
        see(new Seen(State.TERMINATED, clock.millis(), Map.of(), null, reason));
    }

    private void see(Seen now) {
        seen = now;
        if (broker.events().heard()) {
            var event = event("shovel.worker.status")
                    .with("status", now.state().name().toLowerCase(Locale.ROOT));
            now.ends().forEach(event::with);
            broker.events().tell(now.reason().isEmpty() ? event : event.with("reason", now.reason()));
        }
    }

    private Event event(String key) {
        return new Event(key).with("name", definition.name()).with("vhost", definition.vhost());
    }

    /// Its parameter is gone.
    void removed() {
        if (broker.events().heard()) {
            broker.events().tell(event("shovel.worker.removed"));
        }
        stop();
    }

    private void attempt() throws ShovelTrouble, InterruptedException {
        var inbox = new Inbox();
        current = inbox;
        var from = first(definition.from().uris(), uri -> source(uri, inbox));
        try (var source = from.end()) {
            var to = first(definition.to().uris(), uri -> destination(uri, inbox));
            try (var destination = to.end()) {
                var stamp = new Stamp(definition, broker.identity().clusterName(), from.uri(), to.uri(), clock);
                var transfer = new Transfer(definition.ackMode(), source, destination, inbox, stamp, most(source));
                see(new Seen(State.RUNNING, clock.millis(), definition.ends(from.uri(), to.uri()), destination, ""));
                source.start();
                transfer.run();
            }
        }
    }

    private long most(Source source) {
        return switch (definition.deleteAfter()) {
            case DeleteAfter.Never() -> Long.MAX_VALUE;
            case DeleteAfter.QueueLength() -> source.waiting();
            case DeleteAfter.Messages(long count) -> count;
        };
    }

    private interface Opening<T> {
        T open(ShovelUri uri) throws ShovelTrouble, InterruptedException;
    }

    private record Opened<T>(ShovelUri uri, T end) {}

    /// The first that can be opened.
    private static <T> Opened<T> first(List<ShovelUri> uris, Opening<T> opening)
            throws ShovelTrouble, InterruptedException {
        ShovelTrouble last = null;
        for (ShovelUri uri : uris) {
            try {
                return new Opened<>(uri, opening.open(uri));
            } catch (ShovelTrouble trouble) {
                last = trouble;
            }
        }
        throw last; // there is at least one
    }

    private Source source(ShovelUri uri, Inbox inbox) throws ShovelTrouble, InterruptedException {
        boolean manualAck = definition.ackMode() != AckMode.NO_ACK;
        if (uri.local()) {
            var end = LocalEnd.open(broker, words, uri, toString());
            return orClosed(
                    () -> LocalSource.open(end, definition.from(), manualAck, inbox), () -> end.close(() -> {}));
        }
        var end = RemoteEnd.open(uri, toString(), inbox, callbacks);
        return orClosed(() -> RemoteSource.open(end, definition.from(), manualAck, inbox), end::close);
    }

    private Destination destination(ShovelUri uri, Inbox inbox) throws ShovelTrouble, InterruptedException {
        boolean confirms = definition.ackMode() == AckMode.ON_CONFIRM;
        if (uri.local()) {
            var end = LocalEnd.open(broker, words, uri, toString());
            return orClosed(
                    () -> LocalDestination.open(end, definition.to(), confirms, inbox), () -> end.close(() -> {}));
        }
        var end = RemoteEnd.open(uri, toString(), inbox, callbacks);
        return orClosed(() -> RemoteDestination.open(end, definition.to(), confirms, inbox), end::close);
    }

    private interface Made<T> {
        T make() throws ShovelTrouble, InterruptedException;
    }

    private static <T> T orClosed(Made<T> made, Runnable close) throws ShovelTrouble, InterruptedException {
        boolean done = false;
        try {
            var result = made.make();
            done = true;
            return result;
        } finally {
            if (!done) {
                close.run();
            }
        }
    }

    @Override
    public String toString() {
        return "shovel '" + definition.name() + "' in vhost '" + definition.vhost() + "'";
    }
}
