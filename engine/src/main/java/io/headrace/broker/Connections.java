package io.headrace.broker;

import java.util.Collection;
import java.util.Collections;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// The connections of all protocols, and what those that are gone have left in the statistics: a sum over all of them
/// must not fall when one goes.
///
/// Threads: any.
public final class Connections {
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

    /// It has logged in.
    public void opened(ObservedConnection connection) {
        if (open.add(connection)) {
            opened.increment();
        }
    }

    /// Nothing happens if it was not there. On its loop.
    public void closed(ObservedConnection connection) {
        if (open.remove(connection)) {
            closed.increment();
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

    public void channelOpened() {
        channelsOpened.increment();
    }

    /// @param tally what it has counted in its life
    public synchronized void channelClosed(Tally tally) {
        channelsClosed.increment();
        gone = gone.plus(tally);
    }

    /// What happened without a channel.
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
