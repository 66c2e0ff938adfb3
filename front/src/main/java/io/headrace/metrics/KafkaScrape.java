package io.headrace.metrics;

import io.headrace.broker.Observation;
import io.headrace.broker.ObservedConnection;
import io.headrace.broker.PartitionReport;
import io.headrace.broker.RequestTimes;
import io.headrace.broker.Throttles;
import io.headrace.catalog.Catalog;
import io.headrace.catalog.TopicDefinition;
import io.headrace.stream.Traffic;
import io.headrace.stream.group.GroupLag;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// What Kafka's clients use, as it was during one scrape.
///
/// @param topics those that Kafka's clients see: of vhost `/`
/// @param traffic of all topics of all vhosts, those that are gone as well
/// @param connections of Kafka's protocol
record KafkaScrape(
        List<Topic> topics,
        List<GroupLag> groups,
        List<RequestTimes.Report> requests,
        List<Throttles.Report> throttles,
        Traffic traffic,
        long connections,
        long forces) {
    private static final String PROTOCOL = "Kafka";
    private static final long PATIENCE_SECONDS = 10;

    record Topic(TopicDefinition definition, List<PartitionReport> partitions) {
        String name() {
            return definition.name();
        }

        Traffic traffic() {
            return partitions.stream().map(PartitionReport::traffic).reduce(Traffic.NONE, Traffic::plus);
        }
    }

    /// @throws TimeoutException the broker is too busy to be looked at
    static KafkaScrape of(Observation observation, Catalog catalog) throws InterruptedException, TimeoutException {
        var groups = new CompletableFuture<List<GroupLag>>();
        observation.loop().execute(() -> observation.groupLags(groups::complete));
        List<TopicDefinition> definitions = new ArrayList<>();
        for (String vhost : catalog.vhosts()) {
            definitions.addAll(catalog.topics(vhost));
        }
        var all = Scrape.inPieces(observation, definitions, topic -> new Topic(topic, observation.partitions(topic)));
        var connections = observation.connections().open().stream()
                .filter(KafkaScrape::kafka)
                .count();
        var lags = wait(groups);
        return Scrape.ask(
                observation,
                () -> new KafkaScrape(
                        all.stream()
                                .filter(topic -> topic.definition().vhost().equals(Catalog.DEFAULT_VHOST))
                                .toList(),
                        lags,
                        observation.connections().requests().reports(),
                        observation
                                .connections()
                                .requests()
                                .throttles()
                                .reports(observation.loop().clock().millis()),
                        all.stream().map(Topic::traffic).reduce(observation.gonePartitions(), Traffic::plus),
                        connections,
                        observation.forces()));
    }

    private static boolean kafka(ObservedConnection connection) {
        return connection.protocol().equals(PROTOCOL);
    }

    private static List<GroupLag> wait(CompletableFuture<List<GroupLag>> groups)
            throws InterruptedException, TimeoutException {
        try {
            return groups.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException("asked on the loop", e.getCause());
        }
    }

    long partitions() {
        return topics.stream().mapToLong(topic -> topic.partitions().size()).sum();
    }
}
