package io.headrace.metrics;

import io.headrace.broker.Broker;
import io.headrace.broker.ConnectionReport;
import io.headrace.broker.Counted;
import io.headrace.broker.NodeView;
import io.headrace.broker.Observation;
import io.headrace.broker.Tally;
import io.headrace.catalog.QueueType;
import io.headrace.http.HttpRequest;
import io.headrace.http.HttpResponse;
import io.headrace.http.HttpService;
import io.headrace.metrics.Exposition.Type;
import io.headrace.metrics.Families.Channel;
import io.headrace.metrics.Families.Metric;
import io.headrace.queue.DeadLetters.Reason;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/// Answers Prometheus. Needs no login, as RabbitMQ's does not.
///
/// Threads: as [HttpService] says.
public final class MetricsApi implements HttpService {
    private static final String PREFIX = "rabbitmq_";
    private static final String DETAILED = "rabbitmq_detailed_";
    private static final String AMQP = Exposition.labels("protocol", "amqp091");
    private static final String CLUSTER_SETTINGS = "kafka.cluster";
    /// Families of Kafka's things, by the exporter whose names they have.
    private static final String KAFKA_EXPORTER = "kafka_exporter";

    private static final String KAFKA_JMX = "kafka_jmx";
    private static final String PLUGIN_VERSION = "4.2.0";
    /// As the dashboards select them, by string.
    private static final List<String> BOUNDS =
            List.of("100.0", "1000.0", "10000.0", "100000.0", "1e+06", "1e+07", "5e+07", "1e+08", "+Inf");

    private final Broker broker;
    private final Observation observation;
    private final NodeView node;
    private final boolean perObject;

    public MetricsApi(Broker broker, Observation observation, NodeView node, MetricsConfig config) {
        this.broker = broker;
        this.observation = observation;
        this.node = node;
        this.perObject = config.perObject();
    }

    @Override
    public HttpResponse serve(HttpRequest request) throws InterruptedException {
        if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
            return HttpResponse.empty(405).with("allow", "GET, HEAD");
        }
        try {
            return switch (request.rawPath()) {
                case "/metrics" -> perObject ? perObject() : aggregated();
                case "/metrics/per-object" -> perObject();
                case "/metrics/detailed" -> detailed(request);
                case "/metrics/memory-breakdown" -> memory();
                case "/" -> HttpResponse.text(200, "Metrics are at /metrics\n");
                default -> HttpResponse.text(404, "Not Found\n"); // whatever else is asked for
            };
        } catch (TimeoutException busy) {
            return HttpResponse.text(503, "the broker is too busy to be looked at\n");
        }
    }

    private static HttpResponse answer(Exposition text) {
        return HttpResponse.of(200, Exposition.CONTENT_TYPE, text.bytes());
    }

    private HttpResponse aggregated() throws InterruptedException, TimeoutException {
        var scrape = Scrape.of(observation, broker.admin().catalog(), _ -> true);
        var text = new Exposition();
        whole(text, scrape, "aggregated");
        queueSums(text, scrape);
        sum(text, Families.EXCHANGES, scrape.exchanges());
        channelSums(text, scrape);
        connectionSums(text, scrape);
        var kafka = kafka();
        KafkaSeries.sums(text, kafka, node);
        JmxSeries.write(text, kafka, JmxSeries.Detail.NONE);
        return answer(text);
    }

    private HttpResponse perObject() throws InterruptedException, TimeoutException {
        var scrape = Scrape.of(observation, broker.admin().catalog(), _ -> true);
        var text = new Exposition();
        whole(text, scrape, "per-object");
        ObjectSeries.write(text, PREFIX, scrape, EnumSet.complementOf(EnumSet.of(Families.QUEUE_SIZES)));
        var kafka = kafka();
        KafkaSeries.partitions(text, kafka, node, false);
        JmxSeries.write(text, kafka, JmxSeries.Detail.SHORT);
        return answer(text);
    }

    private KafkaScrape kafka() throws InterruptedException, TimeoutException {
        return KafkaScrape.of(observation, broker.admin().catalog());
    }

    private HttpResponse detailed(HttpRequest request) throws InterruptedException, TimeoutException {
        var query = request.query();
        Set<Families> families = EnumSet.noneOf(Families.class);
        for (String name : query.all("family")) {
            families.addAll(Families.named(name));
        }
        var vhosts = query.all("vhost");
        var scrape =
                Scrape.of(observation, broker.admin().catalog(), vhost -> vhosts.isEmpty() || vhosts.contains(vhost));
        var text = new Exposition();
        identity(text, "detailed");
        ObjectSeries.write(text, DETAILED, scrape, families);
        var wanted = query.all("family");
        if (wanted.contains(KAFKA_EXPORTER)) {
            KafkaSeries.partitions(text, kafka(), node, true);
        }
        if (wanted.contains(KAFKA_JMX)) {
            JmxSeries.write(text, kafka(), JmxSeries.Detail.ALL);
        }
        return answer(text);
    }

    private HttpResponse memory() {
        var text = new Exposition();
        identity(text, "memory-breakdown");
        var runtime = Runtime.getRuntime();
        long used = runtime.totalMemory() - runtime.freeMemory();
        text.metric(PREFIX + "memory_other_proc_bytes", Type.GAUGE, "Memory used by objects")
                .sample("", used);
        text.metric(PREFIX + "memory_allocated_unused_bytes", Type.GAUGE, "Memory allocated and not used")
                .sample("", runtime.freeMemory());
        node.residentBytes()
                .ifPresent(resident -> text.metric(
                                PREFIX + "memory_other_system_bytes", Type.GAUGE, "Memory outside of the heap")
                        .sample("", Math.max(0, resident - runtime.totalMemory())));
        return answer(text);
    }

    // ---- the whole ----

    private void identity(Exposition text, String endpoint) {
        var identity = broker.identity();
        var id = broker.admin().catalog().settings(CLUSTER_SETTINGS).getOrDefault("id", "none");
        text.metric(PREFIX + "identity_info", Type.GAUGE, "RabbitMQ node & cluster identity info")
                .sample(
                        Exposition.labels(
                                "rabbitmq_node",
                                identity.nodeName(),
                                "rabbitmq_cluster",
                                identity.clusterName(),
                                "rabbitmq_cluster_permanent_id",
                                "rabbitmq-cluster-id-" + id,
                                "rabbitmq_endpoint",
                                endpoint),
                        1);
        text.metric(PREFIX + "build_info", Type.GAUGE, "RabbitMQ & Erlang/OTP version info")
                .sample(
                        Exposition.labels(
                                "rabbitmq_version",
                                identity.version(),
                                "prometheus_plugin_version",
                                PLUGIN_VERSION,
                                "prometheus_client_version",
                                "none",
                                "erlang_version",
                                "Java " + Runtime.version().feature(),
                                "product_name",
                                "Headrace",
                                "product_version",
                                node.version()),
                        1);
    }

    private void whole(Exposition text, Scrape scrape, String endpoint) {
        identity(text, endpoint);
        machine(text);
        churn(text, scrape);
        long channels = scrape.connections().stream()
                .mapToLong(connection -> connection.channels().size())
                .sum();
        long consumers = scrape.channels().stream()
                .mapToLong(channel -> channel.report().consumers().size())
                .sum();
        long publishers = scrape.channels().stream()
                .filter(channel -> channel.report().tally().of(Counted.PUBLISH) > 0)
                .count();
        gauge(
                text,
                "connections",
                "Connections currently open",
                scrape.connections().size());
        gauge(text, "channels", "Channels currently open", channels);
        gauge(text, "consumers", "Consumers currently connected", consumers);
        gauge(text, "queues", "Queues available", scrape.queues().size());
        text.metric(PREFIX + "global_publishers", Type.GAUGE, "Current number of publishers")
                .sample(AMQP, publishers);
        text.metric(PREFIX + "global_consumers", Type.GAUGE, "Current number of consumers")
                .sample(AMQP, consumers);
        received(text, scrape.channelTally());
        delivered(text, scrape);
        deaths(text, scrape);
        sizes(text, scrape);
        own(text, scrape);
    }

    private static void gauge(Exposition text, String name, String help, long value) {
        text.metric(PREFIX + name, Type.GAUGE, help).sample("", value);
    }

    private static void gauge(Exposition text, String name, String help, OptionalLong value) {
        value.ifPresent(known -> gauge(text, name, help, known));
    }

    private static void counter(Exposition text, String name, String help, long value) {
        text.metric(PREFIX + name, Type.COUNTER, help).sample("", value);
    }

    private void machine(Exposition text) {
        var levels = broker.resources().levels();
        gauge(
                text,
                "alarms_memory_used_watermark",
                "1 if the memory watermark alarm is in effect",
                levels.memoryAlarm() ? 1 : 0);
        gauge(
                text,
                "alarms_free_disk_space_watermark",
                "1 if the free disk space alarm is in effect",
                levels.diskAlarm() ? 1 : 0);
        gauge(text, "alarms_file_descriptor_limit", "1 if the file descriptor limit alarm is in effect", 0);
        text.metric(PREFIX + "erlang_uptime_seconds", Type.GAUGE, "Node uptime")
                .sample("", (System.currentTimeMillis() - node.startedMillis()) / 1000.0);
        gauge(text, "resident_memory_limit_bytes", "Memory high watermark in bytes", levels.memoryLimitBytes());
        gauge(text, "process_resident_memory_bytes", "Memory used in bytes", node.residentBytes());
        gauge(text, "disk_space_available_bytes", "Disk space available in bytes", levels.diskFreeBytes());
        gauge(
                text,
                "disk_space_available_limit_bytes",
                "Free disk space low watermark in bytes",
                levels.diskLimitBytes());
        gauge(text, "process_max_fds", "Open file descriptors limit", node.openFilesMax());
        gauge(text, "process_open_fds", "Open file descriptors", node.openFiles());
        gauge(text, "process_max_tcp_sockets", "Open TCP sockets limit", node.openFilesMax());
        gauge(
                text,
                "process_open_tcp_sockets",
                "Open TCP sockets",
                observation.connections().open().size());
    }

    private void churn(Exposition text, Scrape scrape) {
        var churn = observation.connections().churn();
        counter(text, "connections_opened_total", "Total number of connections opened", churn.connectionsOpened());
        counter(
                text,
                "connections_closed_total",
                "Total number of connections closed or terminated",
                churn.connectionsClosed());
        counter(text, "channels_opened_total", "Total number of channels opened", churn.channelsOpened());
        counter(text, "channels_closed_total", "Total number of channels closed", churn.channelsClosed());
        counter(
                text,
                "queues_declared_total",
                "Total number of queues declared",
                scrape.queueChurn().declared());
        counter(
                text,
                "queues_created_total",
                "Total number of queues created",
                scrape.queueChurn().created());
        counter(
                text,
                "queues_deleted_total",
                "Total number of queues deleted",
                scrape.queueChurn().deleted());
        counter(
                text,
                "auth_attempts_total",
                "Total number of authentication attempts",
                churn.loginsAccepted() + churn.loginsRefused());
        counter(
                text,
                "auth_attempts_succeeded_total",
                "Total number of successful authentication attempts",
                churn.loginsAccepted());
        counter(
                text,
                "auth_attempts_failed_total",
                "Total number of failed authentication attempts",
                churn.loginsRefused());
    }

    private static void received(Exposition text, Tally tally) {
        long unroutable = tally.of(Counted.RETURN_UNROUTABLE) + tally.of(Counted.DROP_UNROUTABLE);
        global(text, "received_total", "Total number of messages received from publishers", tally.of(Counted.PUBLISH));
        global(
                text,
                "received_confirm_total",
                "Total number of messages received from publishers expecting confirmations",
                tally.of(Counted.PUBLISH_CONFIRM));
        global(
                text,
                "routed_total",
                "Total number of messages routed to queues or streams",
                tally.of(Counted.PUBLISH) - unroutable);
        global(text, "confirmed_total", "Total number of messages confirmed to publishers", tally.of(Counted.CONFIRM));
        global(
                text,
                "unroutable_dropped_total",
                "Total number of messages published as non-mandatory into an exchange and dropped as unroutable",
                tally.of(Counted.DROP_UNROUTABLE));
        global(
                text,
                "unroutable_returned_total",
                "Total number of messages published as mandatory into an exchange and returned to the publisher as"
                        + " unroutable",
                tally.of(Counted.RETURN_UNROUTABLE));
    }

    private static void global(Exposition text, String name, String help, long value) {
        text.metric(PREFIX + "global_messages_" + name, Type.COUNTER, help).sample(AMQP, value);
    }

    private static void delivered(Exposition text, Scrape scrape) {
        byType(text, scrape, "delivered_total", "Total number of messages delivered to consumers", Tally::deliverGet);
        byType(
                text,
                scrape,
                "delivered_consume_manual_ack_total",
                "Total number of messages delivered to consumers using basic.consume with manual acknowledgment",
                tally -> tally.of(Counted.DELIVER));
        byType(
                text,
                scrape,
                "delivered_consume_auto_ack_total",
                "Total number of messages delivered to consumers using basic.consume with automatic acknowledgment",
                tally -> tally.of(Counted.DELIVER_NO_ACK));
        byType(
                text,
                scrape,
                "delivered_get_manual_ack_total",
                "Total number of messages delivered to consumers using basic.get with manual acknowledgment",
                tally -> tally.of(Counted.GET));
        byType(
                text,
                scrape,
                "delivered_get_auto_ack_total",
                "Total number of messages delivered to consumers using basic.get with automatic acknowledgment",
                tally -> tally.of(Counted.GET_NO_ACK));
        byType(
                text,
                scrape,
                "get_empty_total",
                "Total number of times basic.get operations fetched no message",
                tally -> tally.of(Counted.GET_EMPTY));
        byType(
                text,
                scrape,
                "redelivered_total",
                "Total number of messages redelivered to consumers",
                tally -> tally.of(Counted.REDELIVER));
        byType(
                text,
                scrape,
                "acknowledged_total",
                "Total number of messages acknowledged by consumers",
                tally -> tally.of(Counted.ACK));
    }

    private static void byType(Exposition text, Scrape scrape, String name, String help, Function<Tally, Long> value) {
        text.metric(PREFIX + "global_messages_" + name, Type.COUNTER, help);
        for (QueueType type : QueueType.values()) {
            text.sample(
                    Exposition.labels("protocol", "amqp091", "queue_type", type.rabbitModule()),
                    value.apply(scrape.queueTally(type)));
        }
    }

    private static void deaths(Exposition text, Scrape scrape) {
        for (Reason reason : Reason.values()) {
            text.metric(
                    PREFIX + "global_messages_dead_lettered_" + reason.wireName() + "_total",
                    Type.COUNTER,
                    "Total number of messages dead-lettered due to " + reason.wireName());
            scrape.deaths().stream()
                    .filter(death -> death.reason() == reason)
                    .forEach(death -> text.sample(
                            Exposition.labels(
                                    "queue_type",
                                    death.type().rabbitModule(),
                                    "dead_letter_strategy",
                                    death.strategy().wireName()),
                            death.messages()));
        }
    }

    private static void sizes(Exposition text, Scrape scrape) {
        text.metric(PREFIX + "message_size_bytes", Type.HISTOGRAM, "Size of messages received from publishers");
        long below = 0;
        for (int i = 0; i < BOUNDS.size(); i++) {
            below += scrape.sizes().counts().get(i);
            text.sample("_bucket", Exposition.labels("protocol", "amqp091", "le", BOUNDS.get(i)), below);
        }
        text.sample("_count", AMQP, below);
        text.sample("_sum", AMQP, scrape.sizes().sum());
    }

    private void own(Exposition text, Scrape scrape) {
        text.metric("headrace_log_written_bytes_total", Type.COUNTER, "Bytes given to the log since the start")
                .sample("", scrape.loggedBytes());
        text.metric("headrace_log_pending_bytes", Type.GAUGE, "Bytes that wait to be written and forced")
                .sample("", scrape.unforcedBytes());
        text.metric("headrace_log_forces_total", Type.COUNTER, "How often the log was forced to the disk")
                .sample("", scrape.forces());
        text.metric(
                        "headrace_shard_turns_total",
                        Type.COUNTER,
                        "Turns of the event loop in which queues or topics had something to do")
                .sample("", scrape.turns());
        var runtime = Runtime.getRuntime();
        var heap = Exposition.labels("area", "heap");
        text.metric("jvm_memory_used_bytes", Type.GAUGE, "Used bytes of a memory area")
                .sample(heap, runtime.totalMemory() - runtime.freeMemory());
        text.metric("jvm_memory_committed_bytes", Type.GAUGE, "Committed bytes of a memory area")
                .sample(heap, runtime.totalMemory());
        text.metric("jvm_memory_max_bytes", Type.GAUGE, "Most bytes of a memory area")
                .sample(heap, runtime.maxMemory());
        text.metric("process_start_time_seconds", Type.GAUGE, "Start time of the process since the epoch")
                .sample("", node.startedMillis() / 1000.0);
    }

    // ---- sums over objects ----

    private static <T> void sum(Exposition text, List<Metric<T>> metrics, List<T> objects) {
        for (Metric<T> metric : metrics) {
            long sum = objects.stream().mapToLong(metric.value()).sum();
            text.metric(PREFIX + metric.name(), metric.type(), metric.help()).sample("", sum);
        }
    }

    /// Counters are sums over queues that are gone as well, so that they never fall.
    private static void queueSums(Exposition text, Scrape scrape) {
        var all = new ArrayList<>(scrape.queues());
        scrape.gone().values().forEach(tally -> all.add(Scrape.Queue.gone(tally)));
        sum(text, Families.QUEUES, all);
    }

    private static void connectionSums(Exposition text, Scrape scrape) {
        var gone = Families.ofTraffic(scrape.trafficGone());
        for (Metric<ConnectionReport> metric : Families.CONNECTIONS) {
            long sum = scrape.connections().stream().mapToLong(metric.value()).sum();
            long before = metric.type() == Type.COUNTER ? metric.value().applyAsLong(gone) : 0;
            text.metric(PREFIX + metric.name(), metric.type(), metric.help()).sample("", sum + before);
        }
    }

    private static void channelSums(Exposition text, Scrape scrape) {
        var channels = scrape.channels();
        for (Metric<Channel> metric : Families.CHANNELS) {
            long sum =
                    channels.stream().mapToLong(metric.value()).sum() + Families.ofGone(metric, scrape.channelsGone());
            text.metric(PREFIX + metric.name(), metric.type(), metric.help()).sample("", sum);
        }
    }
}
