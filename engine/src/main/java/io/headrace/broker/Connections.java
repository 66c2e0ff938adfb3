package io.headrace.broker;

import java.util.Collection;
import java.util.Collections;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/// The connections of all protocols, and what those that are gone have left in the statistics: a sum over all of them
/// must not fall when one goes.
///
/// Threads: any.
public final class Connections {
    private final ConnectionEvents events;
    private final Requests requests = new Requests();
    private final Set<ObservedConnection> open = ConcurrentHashMap.newKeySet();
    private final LongAdder opened = new LongAdder();
    private final LongAdder closed = new LongAdder();
    private final LongAdder channelsOpened = new LongAdder();
    private final LongAdder channelsClosed = new LongAdder();
    private final LongAdder loginsAccepted = new LongAdder();
    private final LongAdder loginsRefused = new LongAdder();
    private Tally gone = Tally.NOTHING; // guarded by this
    private ConnectionReport.Traffic goneTraffic = new ConnectionReport.Traffic(0, 0, 0, 0, 0); // likewise

    /// Nobody is told of what happens to them.
    public Connections() {
        this("", Events.NONE);
    }

    Connections(String node, Events events) {
        this.events = new ConnectionEvents(node, events);
    }

    /// It has logged in. On its loop, and so are all that follow and have a connection.
    public void opened(ObservedConnection connection) {
        if (open.add(connection)) {
            opened.increment();
            if (events.heard()) {
                events.connectionCreated(connection);
            }
        }
    }

    /// Nothing happens if it was not there.
    public void closed(ObservedConnection connection) {
        if (open.remove(connection)) {
            closed.increment();
            if (events.heard()) {
                events.connectionClosed(connection);
            }
            leave(connection.traffic());
        }
    }

    private synchronized void leave(ConnectionReport.Traffic traffic) {
        goneTraffic = new ConnectionReport.Traffic(
                goneTraffic.receivedBytes() + traffic.receivedBytes(),
                goneTraffic.receivedReads() + traffic.receivedReads(),
                goneTraffic.sentBytes() + traffic.sentBytes(),
                goneTraffic.sentWrites() + traffic.sentWrites(),
                0);
    }

    /// What went over sockets that are closed by now.
    public synchronized ConnectionReport.Traffic goneTraffic() {
        return goneTraffic;
    }

    public void channelOpened(ObservedConnection connection, int channel) {
        channelsOpened.increment();
        if (events.heard()) {
            events.channelCreated(connection, channel);
        }
    }

    /// @param tally what it has counted in its life
    public void channelClosed(ObservedConnection connection, int channel, Tally tally) {
        channelsClosed.increment();
        add(tally);
        if (events.heard()) {
            events.channelClosed(connection, channel);
        }
    }

    /// @param consumer how it is; asked for only if somebody wants to know
    public void consumerStarted(ObservedConnection connection, int channel, Supplier<ConsumerReport> consumer) {
        if (events.heard()) {
            events.consumerCreated(connection, channel, consumer.get());
        }
    }

    /// @param cancelled by its client, and not because its channel or queue is gone
    public void consumerEnded(
            ObservedConnection connection, int channel, Supplier<ConsumerReport> consumer, boolean cancelled) {
        if (events.heard()) {
            events.consumerDeleted(connection, channel, consumer.get(), cancelled);
        }
    }

    /// Somebody was let in or not. Counting is [#login]'s.
    public void told(LoginReport login) {
        if (events.heard()) {
            events.login(login);
        }
    }

    /// What was counted by something that is gone.
    public synchronized void add(Tally tally) {
        gone = gone.plus(tally);
    }

    public void login(boolean accepted) {
        (accepted ? loginsAccepted : loginsRefused).increment();
    }

    public Collection<ObservedConnection> open() {
        return Collections.unmodifiableSet(open);
    }

    /// What channels counted that are closed by now.
    public synchronized Tally gone() {
        return gone;
    }

    /// What was asked on connections of Kafka's protocol. On the loop.
    public Requests requests() {
        return requests;
    }

    /// Channels that are open, of all connections.
    public long channels() {
        return channelsOpened.sum() - channelsClosed.sum();
    }

    public Churn churn() {
        return new Churn(
                opened.sum(),
                closed.sum(),
                channelsOpened.sum(),
                channelsClosed.sum(),
                loginsAccepted.sum(),
                loginsRefused.sum());
    }

    /// How often things came and went.
    public record Churn(
            long connectionsOpened,
            long connectionsClosed,
            long channelsOpened,
            long channelsClosed,
            long loginsAccepted,
            long loginsRefused) {}
}
