package io.headrace.metrics;

import io.headrace.broker.PartitionReport;
import io.headrace.broker.RequestTimes;
import io.headrace.broker.RequestTimes.Spread;
import io.headrace.broker.Throttles;
import io.headrace.metrics.Exposition.Type;
import io.headrace.stream.Traffic;
import io.headrace.stream.group.GroupLag;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/// What a Kafka broker tells by JMX, under the names that JMX's exporter makes of it: by the rules of its examples
/// (`..._messagesin_total`), and for rates by its plain ones too (`..._messagesinpersec_count`).
///
/// What there is only where there are other nodes is what it is on one.
final class JmxSeries {
    /// How much of topics and partitions is told.
    enum Detail {
        NONE,
        /// The traffic that dashboards show for each topic, and the size of each partition.
        SHORT,
        ALL
    }

    private record OfTraffic(String name, String help, boolean inShort, ToLongFunction<Traffic> value) {}

    private static final List<OfTraffic> TRAFFIC = List.of(
            new OfTraffic("messagesin", "Records that were appended", true, Traffic::records),
            new OfTraffic("bytesin", "Bytes of batches that were appended", true, Traffic::bytesIn),
            new OfTraffic("bytesout", "Bytes of batches that were fetched", true, Traffic::bytesOut),
            new OfTraffic("bytesrejected", "Bytes of batches that were too large", false, Traffic::bytesRejected),
            new OfTraffic("totalproducerequests", "Batches that were to be appended", false, Traffic::produces),
            new OfTraffic("totalfetchrequests", "Fetches from a partition", false, Traffic::fetches),
            new OfTraffic(
                    "failedproducerequests", "Batches that could not be appended", false, Traffic::produceFailures));

    private JmxSeries() {}

    static void write(Exposition text, KafkaScrape scrape, Detail detail) {
        traffic(text, scrape, detail);
        replicas(text, scrape);
        requests(text, scrape.requests());
        throttles(text, scrape.throttles());
        text.metric(
                        "kafka_server_socket_server_metrics_connection_count",
                        Type.UNTYPED,
                        "Connections of Kafka's protocol")
                .sample("", scrape.connections());
        text.metric("kafka_log_logflushstats_logflushrateandtimems_count", Type.UNTYPED, "Forces of the log")
                .sample("", scrape.forces());
        groups(text, scrape.groups());
        if (detail != Detail.NONE) {
            logs(text, scrape, detail);
        }
    }

    private static void traffic(Exposition text, KafkaScrape scrape, Detail detail) {
        var topics = scrape.topics().stream()
                .map(topic -> Map.entry(Exposition.labels("topic", topic.name()), topic.traffic()))
                .toList();
        for (OfTraffic metric : TRAFFIC) {
            boolean each = detail == Detail.ALL || detail == Detail.SHORT && metric.inShort;
            text.metric("kafka_server_brokertopicmetrics_" + metric.name + "_total", Type.COUNTER, metric.help)
                    .sample("", metric.value.applyAsLong(scrape.traffic()));
            for (var topic : topics) {
                long value = each ? metric.value.applyAsLong(topic.getValue()) : 0;
                if (value != 0) {
                    text.sample(topic.getKey(), value);
                }
            }
            text.metric("kafka_server_brokertopicmetrics_" + metric.name + "persec_count", Type.UNTYPED, metric.help)
                    .sample("", metric.value.applyAsLong(scrape.traffic()));
        }
    }

    private static void replicas(Exposition text, KafkaScrape scrape) {
        long partitions = scrape.partitions();
        gauge(text, "server_replicamanager_partitioncount", "Partitions on this broker", partitions);
        gauge(text, "server_replicamanager_leadercount", "Partitions that this broker leads", partitions);
        gauge(text, "server_replicamanager_underreplicatedpartitions", "Partitions that lack a replica", 0);
        gauge(
                text,
                "server_replicamanager_underminisrpartitioncount",
                "Partitions that lack replicas to be written",
                0);
        gauge(text, "server_replicamanager_offlinereplicacount", "Replicas that cannot be used", 0);
        text.metric("kafka_server_replicamanager_isrshrinks_total", Type.COUNTER, "How often a replica fell behind")
                .sample("", 0);
        text.metric("kafka_server_replicamanager_isrexpands_total", Type.COUNTER, "How often a replica caught up")
                .sample("", 0);
        gauge(text, "controller_kafkacontroller_activecontrollercount", "1 on the node that leads the catalog", 1);
        gauge(text, "controller_kafkacontroller_activebrokercount", "Brokers that work", 1);
        gauge(text, "controller_kafkacontroller_fencedbrokercount", "Brokers that do not", 0);
        gauge(text, "controller_kafkacontroller_offlinepartitionscount", "Partitions without a leader", 0);
        gauge(
                text,
                "controller_kafkacontroller_globaltopiccount",
                "Topics of the cluster",
                scrape.topics().size());
        gauge(text, "controller_kafkacontroller_globalpartitioncount", "Partitions of the cluster", partitions);
    }

    private static void gauge(Exposition text, String name, String help, long value) {
        text.metric("kafka_" + name, Type.GAUGE, help).sample("", value);
    }

    // one MBean for each client that a quota was too small for, so a client without is not there
    private static void throttles(Exposition text, List<Throttles.Report> throttles) {
        for (var quota : Throttles.Quota.values()) {
            var name = "kafka_server_"
                    + switch (quota) {
                        case PRODUCE -> "produce";
                        case FETCH -> "fetch";
                        case REQUEST -> "request";
                        case CONTROLLER_MUTATION -> "controllermutation";
                    };
            var of =
                    throttles.stream().filter(report -> report.quota() == quota).toList();
            text.metric(
                    name + "_throttle_time",
                    Type.GAUGE,
                    "Average time in milliseconds that a client was told to wait, over the last seconds");
            of.forEach(report -> text.sample(client(report), report.averageMillis()));
            text.metric(name + "_throttled_total", Type.COUNTER, "How often a client was told to wait");
            of.forEach(report -> text.sample(client(report), report.count()));
        }
    }

    private static String client(Throttles.Report report) {
        return Exposition.labels("user", report.user(), "client_id", report.clientId());
    }

    private static void requests(Exposition text, List<RequestTimes.Report> requests) {
        var name = "kafka_network_requestmetrics_";
        text.metric(name + "requests_total", Type.COUNTER, "Requests that were answered");
        requests.forEach(request -> text.sample(Exposition.labels("request", request.request()), request.ended()));
        times(text, name + "totaltimems", "Time from a request to its answer", requests, RequestTimes.Report::total);
        times(text, name + "localtimems", "Time in which a request is worked at", requests, RequestTimes.Report::local);
        times(
                text,
                name + "remotetimems",
                "Time in which a request waits for the disk, for records or for others",
                requests,
                RequestTimes.Report::remote);
        gauge(text, "network_requestchannel_requestqueuesize", "Requests in the queue that is not there", 0);
        text.metric(
                "kafka_server_delayedoperationpurgatory_purgatorysize",
                Type.GAUGE,
                "Requests that are not answered yet");
        for (var request : requests) {
            if (request.request().equals("FetchConsumer") || request.request().equals("Produce")) {
                text.sample(
                        Exposition.labels("delayedoperation", request.request().replace("Consumer", "")),
                        request.underWay());
            }
        }
    }

    private static void times(
            Exposition text,
            String name,
            String help,
            List<RequestTimes.Report> requests,
            Function<RequestTimes.Report, Spread> part) {
        text.metric(name, Type.SUMMARY, help);
        for (var request : requests) {
            var spread = part.apply(request);
            for (int i = 0; i < Spread.QUANTILES.size(); i++) {
                text.sample(
                        Exposition.labels(
                                "request",
                                request.request(),
                                "quantile",
                                Spread.QUANTILES.get(i).toString()),
                        spread.millis().get(i));
            }
            var labels = Exposition.labels("request", request.request());
            text.sample("_sum", labels, spread.sumMillis());
            text.sample("_count", labels, request.ended());
        }
    }

    private static void groups(Exposition text, List<GroupLag> groups) {
        gauge(text, "coordinator_group_groupmetadatamanager_numgroups", "Groups", groups.size());
        gauge(
                text,
                "coordinator_group_groupmetadatamanager_numoffsets",
                "Offsets that groups have committed",
                groups.stream().mapToLong(group -> group.partitions().size()).sum());
        text.metric("kafka_server_group_coordinator_metrics_group_count", Type.UNTYPED, "Groups by their protocol");
        groups.stream()
                .collect(Collectors.groupingBy(GroupLag::type, TreeMap::new, Collectors.counting()))
                .forEach((type, count) -> text.sample(Exposition.labels("protocol", type), count));
    }

    private static void logs(Exposition text, KafkaScrape scrape, Detail detail) {
        log(text, scrape, "size", "Bytes of a partition", PartitionReport::bytes);
        if (detail == Detail.ALL) {
            log(text, scrape, "logstartoffset", "First offset of a partition", PartitionReport::start);
            log(text, scrape, "logendoffset", "Offset that a partition gives next", PartitionReport::end);
            log(text, scrape, "numlogsegments", "Segments of a partition", PartitionReport::segments);
        }
    }

    private static void log(
            Exposition text, KafkaScrape scrape, String name, String help, ToLongFunction<PartitionReport> value) {
        text.metric("kafka_log_log_" + name, Type.GAUGE, help);
        for (var topic : scrape.topics()) {
            for (var partition : topic.partitions()) {
                text.sample(
                        Exposition.labels("topic", topic.name(), "partition", Integer.toString(partition.index())),
                        value.applyAsLong(partition));
            }
        }
    }
}
