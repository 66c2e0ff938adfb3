package io.headrace.management;

import io.headrace.broker.ChannelReport;
import io.headrace.broker.ConnectionReport;
import io.headrace.broker.Counted;
import io.headrace.broker.ExchangePublishes;
import io.headrace.broker.Observation;
import io.headrace.broker.ObservedConnection;
import io.headrace.broker.QueueDeliveries;
import io.headrace.broker.QueuePublishes;
import io.headrace.broker.QueueReport;
import io.headrace.broker.Tally;
import io.headrace.catalog.Catalog;
import io.headrace.catalog.ExchangeDefinition;
import io.headrace.catalog.QueueDefinition;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;

/// Looks at all counters every five seconds, so that there are rates.
///
/// Bounded: of a queue, exchange, connection or channel a minute is kept, of the whole an hour; of more than
/// [#THINGS_MAX] things the rest has no rates. A look at many things is cut into pieces, so that the loop serves others
/// in between.
///
/// Threads: the loop.
final class Sampler {
    static final int PERIOD_MILLIS = 5_000;
    static final int THINGS_MAX = 40_000;
    private static final int KEPT = 13;
    private static final int KEPT_OF_ALL = 721;
    private static final int PIECE = 1_000;

    /// Where the counters of messages begin, in what is sampled of queues and of the whole.
    static final int LENGTHS = 3;

    private static final Counted[] COUNTED = Counted.values(); // which makes a new array each time
    static final int KINDS = COUNTED.length;

    private record QueueKey(int id) {}

    private record ExchangeKey(String vhost, String name) {}

    private record ChannelKey(ObservedConnection connection, int number) {}

    private record PublishesKey(ObservedConnection connection, int channel, String exchange) {}

    private record DeliveriesKey(ObservedConnection connection, int channel, String queue) {}

    private record RouteKey(String vhost, String exchange, int queue) {}

    private record VhostKey(String name) {}

    private final Catalog catalog;
    private final Observation observation;
    private final Map<Object, Series> things = new HashMap<>();
    private final Series all = new Series(KEPT_OF_ALL);
    private final Queue<Runnable> pieces = new ArrayDeque<>();
    private boolean stopped;

    Sampler(Catalog catalog, Observation observation) {
        this.catalog = catalog;
        this.observation = observation;
    }

    /// From any thread, once.
    void start() {
        observation.loop().execute(this::soon);
    }

    void stop() {
        observation.loop().execute(() -> stopped = true);
    }

    private void soon() {
        observation.loop().schedule(PERIOD_MILLIS, this::look);
    }

    private void look() {
        if (stopped) {
            return;
        }
        long now = now();
        all.add(now, ofAll());
        for (String vhost : catalog.vhosts()) {
            var queues = catalog.queues(vhost).iterator();
            var exchanges = catalog.exchanges(vhost).iterator();
            var sum = new long[LENGTHS + KINDS];
            pieces.add(new Runnable() {
                @Override
                public void run() {
                    for (int i = 0; i < PIECE && queues.hasNext(); i++) {
                        var queue = queues.next();
                        var values = of(observation.queue(queue));
                        add(sum, values);
                        sample(new QueueKey(queue.id()), now, values);
                    }
                    for (int i = 0; i < PIECE && exchanges.hasNext(); i++) {
                        var exchange = exchanges.next();
                        sample(new ExchangeKey(vhost, exchange.name()), now, of(exchange));
                        for (var to : observation.publishesFrom(exchange)) {
                            sample(new RouteKey(vhost, to.exchange(), to.queue()), now, of(to));
                        }
                    }
                    if (queues.hasNext() || exchanges.hasNext()) {
                        pieces.add(this);
                    } else {
                        sample(new VhostKey(vhost), now, sum);
                    }
                }
            });
        }
        var connections = observation.connections().open().iterator();
        pieces.add(new Runnable() {
            @Override
            public void run() {
                for (int i = 0; i < PIECE / 10 && connections.hasNext(); i++) {
                    sample(connections.next(), now);
                }
                if (connections.hasNext()) {
                    pieces.add(this);
                }
            }
        });
        workOff(now);
    }

    private void workOff(long now) {
        var piece = pieces.poll();
        if (piece == null) {
            things.values().removeIf(series -> series.newestMillis() != now);
            soon();
            return;
        }
        piece.run();
        observation.loop().execute(() -> workOff(now));
    }

    private void sample(ObservedConnection connection, long now) {
        var report = connection.report();
        sample(connection, now, of(report.traffic()));
        for (ChannelReport channel : report.channels()) {
            int number = channel.number();
            sample(new ChannelKey(connection, number), now, of(channel));
            for (var publishes : channel.publishes()) {
                sample(new PublishesKey(connection, number, publishes.exchange()), now, of(publishes));
            }
            for (var deliveries : channel.deliveries()) {
                sample(new DeliveriesKey(connection, number, deliveries.queue()), now, of(deliveries.tally()));
            }
        }
    }

    private void sample(Object key, long now, long[] values) {
        var series = things.get(key);
        if (series == null && things.size() < THINGS_MAX) {
            series = new Series(KEPT);
            things.put(key, series);
        }
        if (series != null) {
            series.add(now, values);
        }
    }

    private long now() {
        return observation.loop().clock().millis();
    }

    private static void add(long[] sum, long[] values) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += values[i];
        }
    }

    // ---- what is sampled ----

    static long[] of(QueueReport report) {
        return withLengths(report.messages(), report.ready(), report.unacked(), report.tally());
    }

    private static long[] withLengths(long messages, long ready, long unacked, Tally tally) {
        var values = new long[LENGTHS + KINDS];
        values[0] = messages;
        values[1] = ready;
        values[2] = unacked;
        put(tally, values, LENGTHS);
        return values;
    }

    private static void put(Tally tally, long[] values, int at) {
        for (Counted kind : COUNTED) {
            values[at + kind.ordinal()] = tally.of(kind);
        }
    }

    static long[] of(ChannelReport channel) {
        return of(channel.tally());
    }

    private static long[] of(Tally tally) {
        var values = new long[KINDS];
        put(tally, values, 0);
        return values;
    }

    private static long[] of(ExchangePublishes publishes) {
        return new long[] {publishes.messages()};
    }

    private static long[] of(QueuePublishes publishes) {
        return new long[] {publishes.messages()};
    }

    static long[] of(ConnectionReport.Traffic traffic) {
        return new long[] {traffic.receivedBytes(), traffic.sentBytes(), traffic.receivedReads(), traffic.sentWrites()};
    }

    private long[] of(ExchangeDefinition exchange) {
        var counts = observation.exchange(exchange.vhost(), exchange.name());
        return new long[] {counts.in(), counts.out()};
    }

    /// Lengths, counters of messages as channels have them, and what came and went.
    private long[] ofAll() {
        long messages = 0;
        long ready = 0;
        long unacked = 0;
        for (String vhost : catalog.vhosts()) {
            var queues = catalog.queues(vhost).iterator();
            while (queues.hasNext()) {
                var report = observation.lengths(queues.next());
                messages += report.messages();
                ready += report.ready();
                unacked += report.unacked();
            }
        }
        var connections = observation.connections();
        var tally = connections.gone();
        for (ObservedConnection connection : connections.open()) {
            tally = tally.plus(connection.tally());
        }
        var values = java.util.Arrays.copyOf(withLengths(messages, ready, unacked, tally), LENGTHS + KINDS + CHURN);
        var churn = connections.churn();
        var queueChurn = observation.queueChurn();
        int at = LENGTHS + KINDS;
        values[at++] = churn.connectionsOpened();
        values[at++] = churn.connectionsClosed();
        values[at++] = churn.channelsOpened();
        values[at++] = churn.channelsClosed();
        values[at++] = queueChurn.declared();
        values[at++] = queueChurn.created();
        values[at] = queueChurn.deleted();
        return values;
    }

    /// Names of what stands behind the counters of messages in the whole.
    static final String[] CHURN_NAMES = {
        "connection_created",
        "connection_closed",
        "channel_created",
        "channel_closed",
        "queue_declared",
        "queue_created",
        "queue_deleted"
    };

    private static final int CHURN = CHURN_NAMES.length;

    // ---- what is known of it ----

    Measured all(long ageMillis) {
        return all.measure(now(), ofAll(), ageMillis);
    }

    Measured queue(QueueDefinition queue, QueueReport report, long ageMillis) {
        return measured(new QueueKey(queue.id()), of(report), ageMillis);
    }

    /// When something last happened at a queue; 0 if it was not seen.
    long quietSinceMillis(QueueDefinition queue) {
        var series = things.get(new QueueKey(queue.id()));
        return series == null ? 0 : series.quietSinceMillis();
    }

    Measured exchange(ExchangeDefinition exchange, long ageMillis) {
        return measured(new ExchangeKey(exchange.vhost(), exchange.name()), of(exchange), ageMillis);
    }

    Measured connection(ObservedConnection connection, ConnectionReport.Traffic traffic, long ageMillis) {
        return measured(connection, of(traffic), ageMillis);
    }

    Measured channel(ObservedConnection connection, ChannelReport channel, long ageMillis) {
        return measured(new ChannelKey(connection, channel.number()), of(channel), ageMillis);
    }

    /// One counter: `publish`.
    Measured publishes(ObservedConnection connection, int channel, ExchangePublishes publishes) {
        return measured(new PublishesKey(connection, channel, publishes.exchange()), of(publishes), 0);
    }

    /// Likewise.
    Measured publishes(String vhost, QueuePublishes publishes) {
        return measured(new RouteKey(vhost, publishes.exchange(), publishes.queue()), of(publishes), 0);
    }

    Measured deliveries(ObservedConnection connection, int channel, QueueDeliveries deliveries) {
        return measured(new DeliveriesKey(connection, channel, deliveries.queue()), of(deliveries.tally()), 0);
    }

    /// @param current sum of its queues
    Measured vhost(String name, long[] current, long ageMillis) {
        return measured(new VhostKey(name), current, ageMillis);
    }

    private Measured measured(Object key, long[] current, long ageMillis) {
        var series = things.get(key);
        return series == null ? Measured.only(current) : series.measure(now(), current, ageMillis);
    }
}
