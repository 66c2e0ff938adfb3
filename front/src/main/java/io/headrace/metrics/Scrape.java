package io.headrace.metrics;

import io.headrace.broker.ChannelReport;
import io.headrace.broker.ConnectionReport;
import io.headrace.broker.DeathReport;
import io.headrace.broker.Observation;
import io.headrace.broker.ObservedConnection;
import io.headrace.broker.QueueReport;
import io.headrace.broker.SizeReport;
import io.headrace.broker.Tally;
import io.headrace.catalog.Catalog;
import io.headrace.catalog.ExchangeDefinition;
import io.headrace.catalog.QueueDefinition;
import io.headrace.catalog.QueueType;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// Everything as it was during one scrape. Reports are taken on the loop some at a time, so that a broker of many
/// queues goes on in between.
///
/// @param gone by queue type: counts of queues that are gone
/// @param channelsGone counts of channels that are gone
/// @param trafficGone of connections that are gone
record Scrape(
        List<Queue> queues,
        List<ConnectionReport> connections,
        List<Exchange> exchanges,
        Map<QueueType, Tally> gone,
        Tally channelsGone,
        ConnectionReport.Traffic trafficGone,
        SizeReport sizes,
        List<DeathReport> deaths,
        Observation.QueueChurn queueChurn,
        long loggedBytes,
        long unforcedBytes,
        long forces,
        long turns) {
    private static final int AT_ONCE = 1_000;
    private static final long PATIENCE_SECONDS = 10;

    record Queue(QueueDefinition definition, QueueReport report) {
        /// Stands for queues that are gone, in sums.
        static Queue gone(Tally tally) {
            return new Queue(null, QueueReport.nothing(tally));
        }
    }

    record Exchange(ExchangeDefinition definition, long in, long out) {}

    /// @param vhosts which are wanted
    /// @throws TimeoutException the broker is too busy to be looked at
    static Scrape of(Observation observation, Catalog catalog, Predicate<String> vhosts)
            throws InterruptedException, TimeoutException {
        List<QueueDefinition> queues = new ArrayList<>();
        List<ExchangeDefinition> exchanges = new ArrayList<>();
        for (String vhost : catalog.vhosts()) {
            if (vhosts.test(vhost)) {
                catalog.queues(vhost).forEach(queues::add);
                catalog.exchanges(vhost).forEach(exchanges::add);
            }
        }
        var connections = observation.connections().open().stream()
                .filter(connection -> vhosts.test(connection.vhost()))
                .toList();
        var seenQueues = inPieces(observation, queues, queue -> new Queue(queue, observation.queue(queue)));
        var seenExchanges = inPieces(observation, exchanges, exchange -> {
            var counts = observation.exchange(exchange.vhost(), exchange.name());
            return new Exchange(exchange, counts.in(), counts.out());
        });
        var reports = inPieces(observation, connections, ObservedConnection::report);
        return ask(observation, () -> {
            Map<QueueType, Tally> gone = new EnumMap<>(QueueType.class);
            for (QueueType type : QueueType.values()) {
                gone.put(type, observation.goneQueues(type));
            }
            return new Scrape(
                    seenQueues,
                    reports,
                    seenExchanges,
                    gone,
                    observation.connections().gone(),
                    observation.connections().goneTraffic(),
                    observation.messageSizes(),
                    observation.deaths(),
                    observation.queueChurn(),
                    observation.loggedBytes(),
                    observation.unforcedBytes(),
                    observation.forces(),
                    observation.turns());
        });
    }

    static <T, R> List<R> inPieces(Observation observation, List<T> things, Function<T, R> look)
            throws InterruptedException, TimeoutException {
        List<R> seen = new ArrayList<>(things.size());
        for (int from = 0; from < things.size(); from += AT_ONCE) {
            var some = things.subList(from, Math.min(things.size(), from + AT_ONCE));
            seen.addAll(ask(observation, () -> some.stream().map(look).toList()));
        }
        return seen;
    }

    static <T> T ask(Observation observation, Supplier<T> question) throws InterruptedException, TimeoutException {
        var answer = new CompletableFuture<T>();
        observation.loop().execute(() -> {
            try {
                answer.complete(question.get());
            } catch (Throwable trouble) {
                answer.completeExceptionally(trouble);
            }
        });
        try {
            return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException("asked on the loop", e.getCause());
        }
    }

    List<Families.Channel> channels() {
        List<Families.Channel> channels = new ArrayList<>();
        for (ConnectionReport connection : connections) {
            connection.channels().forEach(report -> channels.add(new Families.Channel(connection, report)));
        }
        return channels;
    }

    /// What all channels counted, those that are gone as well.
    Tally channelTally() {
        var sum = channelsGone;
        for (ConnectionReport connection : connections) {
            for (ChannelReport channel : connection.channels()) {
                sum = sum.plus(channel.tally());
            }
        }
        return sum;
    }

    /// What all queues of a type counted, those that are gone as well.
    Tally queueTally(QueueType type) {
        var sum = gone.getOrDefault(type, Tally.NOTHING);
        for (Queue queue : queues) {
            if (queue.definition.type() == type) {
                sum = sum.plus(queue.report.tally());
            }
        }
        return sum;
    }
}
