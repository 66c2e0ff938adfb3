package io.headrace.server;

import io.headrace.amqp.AmqpConfig;
import io.headrace.broker.EventConfig;
import io.headrace.broker.ResourceLimits;
import io.headrace.config.ConfigText;
import io.headrace.config.Declared;
import io.headrace.config.Given;
import io.headrace.config.Settings;
import io.headrace.kafka.KafkaConfig;
import io.headrace.log.LogConfig;
import io.headrace.log.OnCorruption;
import io.headrace.management.ManagementConfig;
import io.headrace.metrics.MetricsConfig;
import io.headrace.net.ConnectionLimits;
import io.headrace.net.EventLoops;
import io.headrace.net.ListenerConfig;
import io.headrace.net.TlsConfig;
import io.headrace.queue.QueueConfig;
import io.headrace.shard.Shard;
import io.headrace.stream.StreamConfig;
import io.headrace.stream.group.GroupSettings;
import io.headrace.stream.txn.TransactionSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Everything that can be set, built once and checked whole.
///
/// @param data the directory that holds all that must survive
/// @param loops threads for connections and what they ask for, at least one
/// @param connections how many there may be, over all listeners
/// @param amqpListener empty if clients may only come by TLS
/// @param tls of `amqpsListener`, which is opened if it is there
/// @param kafkaListener empty if Kafka's clients may only come by TLS, or not at all
/// @param kafkaTls of `kafkasListener`, which is opened if it is there
public record HeadraceConfig(
        Path data,
        OnCorruption onCorruption,
        NodeConfig node,
        int loops,
        ConnectionLimits connections,
        Optional<ListenerConfig> amqpListener,
        ListenerConfig amqpsListener,
        Optional<TlsConfig> tls,
        AmqpConfig amqp,
        Optional<ListenerConfig> kafkaListener,
        ListenerConfig kafkasListener,
        Optional<TlsConfig> kafkaTls,
        KafkaConfig kafka,
        ManagementConfig management,
        MetricsConfig metrics,
        QueueConfig queues,
        StreamConfig topics,
        GroupSettings groups,
        TransactionSettings transactions,
        LogConfig log,
        ResourceLimits resources,
        EventConfig events,
        LoggingConfig logging) {

    /// What became of reading it.
    public sealed interface Reading {
        record Valid(HeadraceConfig config) implements Reading {}

        /// @param problems each a sentence that names its place
        record Invalid(List<String> problems) implements Reading {}
    }

    /// Reads a file's text and options; an option wins over the file.
    public static Reading read(ConfigText file, Map<String, Given> options) {
        var given = new LinkedHashMap<>(file.given());
        given.putAll(options);
        var settings = new Settings(given);
        var config = from(settings);
        var problems = new ArrayList<>(file.problems());
        problems.addAll(settings.problems());
        return problems.isEmpty() ? new Reading.Valid(config) : new Reading.Invalid(problems);
    }

    /// Every key there is, in the order of the tree.
    public static List<Declared> declared() {
        var settings = new Settings(Map.of());
        from(settings);
        return settings.declared();
    }

    private static HeadraceConfig from(Settings settings) {
        var data = settings.path("data", "data", "Directory for everything that must survive; made if missing.");
        boolean acceptLoss = settings.flag(
                "accept-loss",
                false,
                "Start although a part of the log that was safe once is harmed, and go on without it. Only for once.");
        var node = NodeConfig.read(settings.section("node"));
        var ofConnections = settings.section("connections");
        int loops = EventLoops.readCount(ofConnections);
        var connections = ConnectionLimits.read(ofConnections);
        var amqp = settings.section("amqp");
        boolean plain = amqp.flag("enabled", true, "Whether clients may connect without TLS.");
        var amqpListener = ListenerConfig.read("amqp", 5672, amqp).withSmallSegments();
        var amqpLimits = AmqpConfig.read(amqp);
        var amqps = settings.section("amqps");
        var amqpsListener = ListenerConfig.read("amqps", 5671, amqps).withSmallSegments();
        var tls = TlsConfig.read(amqps);
        var kafka = settings.section("kafka");
        boolean kafkaPlain = kafka.flag("enabled", true, "Whether Kafka's clients may connect without TLS.");
        var kafkaListener = ListenerConfig.read("kafka", 9092, kafka);
        var kafkaLimits = KafkaConfig.read(kafka);
        var kafkas = settings.section("kafkas");
        var kafkasListener = ListenerConfig.read("kafkas", 9093, kafkas);
        var kafkaTls = TlsConfig.read(kafkas);
        var management = ManagementConfig.read(settings.section("management"), settings.section("management-tls"));
        var metrics = MetricsConfig.read(settings.section("metrics"), settings.section("metrics-tls"));
        var config = new HeadraceConfig(
                Path.of(data),
                acceptLoss ? OnCorruption.ACCEPT_LOSS : OnCorruption.REFUSE,
                node,
                loops,
                connections,
                plain ? Optional.of(amqpListener) : Optional.empty(),
                amqpsListener,
                tls,
                amqpLimits,
                kafkaPlain ? Optional.of(kafkaListener) : Optional.empty(),
                kafkasListener,
                kafkaTls,
                kafkaLimits,
                management,
                metrics,
                QueueConfig.read(settings.section("queues")),
                StreamConfig.read(settings.section("topics")),
                GroupSettings.read(settings.section("groups")),
                TransactionSettings.read(settings.section("transactions")),
                LogConfig.read(settings.section("log")),
                ResourceLimits.read(settings.section("resources")),
                EventConfig.read(settings.section("events")),
                LoggingConfig.read(settings.section("logging")));
        if (amqpLimits.maxMessageBytes() > config.log.memoryBytes() + Shard.ABOVE_BUDGET_BYTES) {
            amqp.problem("message-size-max", "is more than log.memory and 32MiB have room for");
        }
        return config;
    }
}
