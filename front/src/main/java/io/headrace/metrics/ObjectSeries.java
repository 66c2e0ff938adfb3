package io.headrace.metrics;

import io.headrace.metrics.Exposition.Type;
import io.headrace.metrics.Families.Metric;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/// One series for each queue, exchange, channel and connection. A counter appears once something was counted, so that
/// many idle queues make a short text.
final class ObjectSeries {
    private ObjectSeries() {}

    static void write(Exposition text, String prefix, Scrape scrape, Set<Families> families) {
        if (families.contains(Families.QUEUE_METRICS)) {
            queueInfo(text, prefix, scrape);
            queueCapacity(text, prefix + "queue_consumer_capacity", scrape);
            queueCapacity(text, prefix + "queue_consumer_utilisation", scrape);
        }
        each(
                text,
                prefix,
                families,
                Families.QUEUES,
                scrape.queues(),
                queue -> Exposition.labels(
                        "vhost",
                        queue.definition().vhost(),
                        "queue",
                        queue.definition().name()));
        each(
                text,
                prefix,
                families,
                Families.EXCHANGES,
                scrape.exchanges(),
                exchange -> Exposition.labels(
                        "vhost",
                        exchange.definition().vhost(),
                        "exchange",
                        exchange.definition().name()));
        each(
                text,
                prefix,
                families,
                Families.CHANNELS,
                scrape.channels(),
                channel -> Exposition.labels("channel", channel.name()));
        each(
                text,
                prefix,
                families,
                Families.CONNECTIONS,
                scrape.connections(),
                connection -> Exposition.labels("connection", connection.name()));
    }

    /// What a queue is, for joining.
    private static void queueInfo(Exposition text, String prefix, Scrape scrape) {
        text.metric(prefix + "queue_info", Type.GAUGE, "Always 1; the labels tell what a queue is");
        for (Scrape.Queue queue : scrape.queues()) {
            text.sample(
                    Exposition.labels(
                            "vhost", queue.definition().vhost(),
                            "queue", queue.definition().name(),
                            "queue_type", queue.definition().type().rabbitModule(),
                            "membership", "leader"),
                    1);
        }
    }

    /// Of queues that have consumers.
    private static void queueCapacity(Exposition text, String name, Scrape scrape) {
        text.metric(name, Type.GAUGE, "Share of time in which a consumer could take a message");
        for (Scrape.Queue queue : scrape.queues()) {
            if (queue.report().consumers() > 0) {
                text.sample(
                        Exposition.labels(
                                "vhost", queue.definition().vhost(),
                                "queue", queue.definition().name()),
                        queue.report().consumerCapacity());
            }
        }
    }

    private static <T> void each(
            Exposition text,
            String prefix,
            Set<Families> families,
            List<Metric<T>> metrics,
            List<T> objects,
            Function<T, String> labels) {
        if (metrics.stream().noneMatch(metric -> families.contains(metric.family()))) {
            return;
        }
        var named = objects.stream().map(labels).toList();
        for (Metric<T> metric : metrics) {
            if (!families.contains(metric.family())) {
                continue;
            }
            text.metric(prefix + metric.name(), metric.type(), metric.help());
            for (int i = 0; i < objects.size(); i++) {
                long value = metric.value().applyAsLong(objects.get(i));
                if (value != 0 || metric.type() != Type.COUNTER) {
                    text.sample(named.get(i), value);
                }
            }
        }
    }
}
