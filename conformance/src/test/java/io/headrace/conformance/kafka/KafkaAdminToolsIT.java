package io.headrace.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.conformance.Names;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.UpdateFeaturesOptions;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidReplicaAssignmentException;
import org.apache.kafka.common.errors.InvalidUpdateVersionException;
import org.apache.kafka.common.errors.NoReassignmentInProgressException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Goal: the tools of those who run a cluster say of one node here what they say of a Kafka of one node. All of it
/// holds of Kafka 4.3.1 with its authorizer too.
@ExtendWith(RealKafka.class)
@DisplayNameGeneration(ReplaceUnderscores.class)
class KafkaAdminToolsIT {
    private static final String TOOLS = "org.apache.kafka.tools.";
    private static final String ACLS = TOOLS + "AclCommand";
    private static final String CONFIGS = "kafka.admin.ConfigCommand";
    private static final String REASSIGN = TOOLS + "reassign.ReassignPartitionsCommand";

    @Test
    void rules_are_added_listed_and_removed_by_kafka_acls(KafkaEndpoint kafka) throws Exception {
        var topic = Names.fresh("acls");
        var bob = "User:" + Names.fresh("bob");

        assertThat(Tools.run(kafka, ACLS, "--add", "--allow-principal", bob, "--producer", "--topic", topic))
                .contains("Adding ACLs for resource `ResourcePattern(resourceType=TOPIC, name=" + topic
                        + ", patternType=LITERAL)`: ")
                .anyMatch(line ->
                        line.endsWith("(principal=" + bob + ", host=*, operation=CREATE, permissionType=ALLOW)"))
                .anyMatch(line ->
                        line.endsWith("(principal=" + bob + ", host=*, operation=WRITE, permissionType=ALLOW)"));
        Tools.run(
                kafka,
                ACLS,
                "--add",
                "--deny-principal",
                bob,
                "--deny-host",
                "10.0.0.7",
                "--operation",
                "Read",
                "--topic",
                topic.substring(0, topic.length() - 1),
                "--resource-pattern-type",
                "prefixed");
        assertThat(Tools.run(kafka, ACLS, "--list", "--topic", topic, "--resource-pattern-type", "match"))
                .contains(
                        "\t(principal=" + bob + ", host=10.0.0.7, operation=READ, permissionType=DENY)",
                        "\t(principal=" + bob + ", host=*, operation=DESCRIBE, permissionType=ALLOW)");
        assertThat(Tools.run(
                        kafka, ACLS, "--add", "--allow-principal", bob, "--operation", "Describe", "--topic", topic))
                .anyMatch(line -> line.startsWith("Acl (pattern=") && line.endsWith(" already exists."));

        Tools.run(kafka, ACLS, "--remove", "--force", "--allow-principal", bob, "--producer", "--topic", topic);
        assertThat(Tools.run(kafka, ACLS, "--list", "--topic", topic)).noneMatch(line -> line.contains(bob));
        assertThat(Tools.run(kafka, ACLS, "--list", "--principal", bob))
                .contains("\t(principal=" + bob + ", host=10.0.0.7, operation=READ, permissionType=DENY)");
    }

    @Test
    void log_directories_tell_the_sizes_of_partitions(KafkaEndpoint kafka, Admin admin) throws Exception {
        var topic = Topics.create(admin, 2);
        try (var producer = kafka.producer()) {
            producer.send(new ProducerRecord<>(topic, 1, "k", "v")).get();
        }

        var told = Tools.run(kafka, TOOLS + "LogDirsCommand", "--describe", "--topic-list", topic);

        assertThat(told)
                .contains(
                        "Querying brokers for log directories information",
                        "Received log directory information from brokers 1");
        assertThat(told.getLast())
                .startsWith("{\"brokers\":[{\"broker\":1,\"logDirs\":[{\"partitions\":[")
                .containsPattern("\\{\"partition\":\"" + topic + "-1\",\"size\":[1-9]\\d+,\"offsetLag\":0,"
                        + "\"isFuture\":false}")
                .contains("{\"partition\":\"" + topic + "-0\",\"size\":0,\"offsetLag\":0,\"isFuture\":false}")
                .contains("\"error\":null")
                .endsWith("],\"version\":1}");
        assertThat(admin.describeLogDirs(List.of(1))
                        .allDescriptions()
                        .get()
                        .get(1)
                        .values())
                .allSatisfy(directory -> {
                    assertThat(directory.totalBytes().orElseThrow()).isPositive();
                    assertThat(directory.usableBytes().orElseThrow())
                            .isBetween(1L, directory.totalBytes().orElseThrow());
                });
    }

    @Test
    void features_are_described_and_stay_as_they_are(KafkaEndpoint kafka, Admin admin) throws Exception {
        assertThat(Tools.run(kafka, TOOLS + "FeatureCommand", "describe"))
                .anyMatch(line ->
                        line.matches("Feature: group\\.version +SupportedMinVersion: 0 +SupportedMaxVersion: 1 +"
                                + "FinalizedVersionLevel: 1 +Epoch: \\d+ *"))
                .anyMatch(line -> line.matches(
                        "Feature: metadata\\.version .*SupportedMaxVersion: 4\\.3-IV0.*FinalizedVersionLevel:"
                                + " 4\\.3-IV0.*"));
        assertThat(Tools.run(kafka, TOOLS + "FeatureCommand", "upgrade", "--feature", "group.version=1"))
                .contains("group.version was upgraded to 1.");
        assertThatThrownBy(() -> admin.updateFeatures(
                                Map.of("nonsense", new FeatureUpdate((short) 1, FeatureUpdate.UpgradeType.UPGRADE)),
                                new UpdateFeaturesOptions())
                        .all()
                        .get())
                .hasCauseInstanceOf(InvalidUpdateVersionException.class)
                .hasMessageContaining(
                        "The update failed for all features since the following feature had an error: Invalid"
                                + " update version 1 for feature nonsense. Local controller 1 does not support this feature.");
    }

    @Test
    void a_reassignment_to_the_one_node_is_done_at_once(KafkaEndpoint kafka, Admin admin, @TempDir Path folder)
            throws Exception {
        var topic = Topics.create(admin, 1);
        var file = folder.resolve("reassignment.json");
        Files.writeString(
                file,
                "{\"version\":1,\"partitions\":[{\"topic\":\"%s\",\"partition\":0,\"replicas\":[1],\"log_dirs\":[\"any\"]}]}"
                        .formatted(topic));
        var of = file.toString();

        assertThat(Tools.run(kafka, REASSIGN, "--execute", "--reassignment-json-file", of))
                .contains("Current partition replica assignment")
                .contains("Successfully started partition reassignment for " + topic + "-0");
        assertThat(Tools.run(kafka, REASSIGN, "--verify", "--reassignment-json-file", of))
                .contains(
                        "Status of partition reassignment:",
                        "Reassignment of partition " + topic + "-0 is completed.",
                        "Clearing topic-level throttles on topic " + topic);
        assertThat(Tools.run(kafka, REASSIGN, "--list")).contains("No partition reassignments found.");
    }

    @Test
    void a_reassignment_to_any_other_node_is_refused(Admin admin) throws Exception {
        var topic = Topics.create(admin, 1);

        assertThatThrownBy(() -> reassign(admin, topic, 0, List.of(2)))
                .hasCauseInstanceOf(InvalidReplicaAssignmentException.class)
                .hasMessageContaining(
                        "The manual partition assignment includes broker 2, but no such broker is registered.");
        assertThatThrownBy(() -> reassign(admin, topic, 1, List.of(1)))
                .hasCauseInstanceOf(UnknownTopicOrPartitionException.class);
        assertThatThrownBy(
                        () -> admin.alterPartitionReassignments(Map.of(new TopicPartition(topic, 0), Optional.empty()))
                                .all()
                                .get())
                .hasCauseInstanceOf(NoReassignmentInProgressException.class);
        assertThat(admin.listPartitionReassignments().reassignments().get()).isEmpty();
    }

    private static void reassign(Admin admin, String topic, int partition, List<Integer> nodes) throws Exception {
        admin.alterPartitionReassignments(
                        Map.of(new TopicPartition(topic, partition), Optional.of(new NewPartitionReassignment(nodes))))
                .all()
                .get();
    }

    @Test
    void a_leader_that_leads_needs_no_election(KafkaEndpoint kafka, Admin admin) throws Exception {
        var topic = Topics.create(admin, 1);

        assertThat(Tools.run(
                        kafka,
                        TOOLS + "LeaderElectionCommand",
                        "--election-type",
                        "preferred",
                        "--topic",
                        topic,
                        "--partition",
                        "0"))
                .contains("Valid replica already elected for partitions " + topic + "-0");
    }

    @Test
    void this_node_leads_the_quorum(KafkaEndpoint kafka) throws Exception {
        assertThat(Tools.run(kafka, TOOLS + "MetadataQuorumCommand", "describe", "--status"))
                .anyMatch(line -> line.matches("ClusterId: +\\S{22}"))
                .anyMatch(line -> line.matches("LeaderId: +1"))
                .anyMatch(line -> line.matches("HighWatermark: +[1-9]\\d*"))
                .anyMatch(line -> line.matches("MaxFollowerLag: +0"))
                .anyMatch(line -> line.matches("CurrentVoters: +\\[\\{\"id\": 1, .*"))
                .anyMatch(line -> line.matches("CurrentObservers: +\\[]"));
    }

    @Test
    void configs_of_groups_loggers_and_clients_metrics_are_set_shown_and_listed(KafkaEndpoint kafka) throws Exception {
        var group = Names.fresh("group");
        Tools.run(
                kafka,
                CONFIGS,
                "--alter",
                "--entity-type",
                "groups",
                "--entity-name",
                group,
                "--add-config",
                "consumer.heartbeat.interval.ms=6000");
        assertThat(Tools.run(kafka, CONFIGS, "--describe", "--entity-type", "groups"))
                .containsSequence(
                        "Dynamic configs for group " + group + " are:",
                        "  consumer.heartbeat.interval.ms=6000 sensitive=false"
                                + " synonyms={DYNAMIC_GROUP_CONFIG:consumer.heartbeat.interval.ms=6000,"
                                + " DEFAULT_CONFIG:group.consumer.heartbeat.interval.ms=5000}");

        var metrics = Names.fresh("metrics");
        var tool = TOOLS + "ClientMetricsCommand";
        Tools.run(
                kafka,
                tool,
                "--alter",
                "--name",
                metrics,
                "--metrics",
                "org.apache.kafka.consumer.",
                "--interval",
                "10000");
        assertThat(Tools.run(kafka, tool, "--list")).contains(metrics);
        assertThat(Tools.run(kafka, tool, "--describe", "--name", metrics))
                .contains("  interval.ms=10000", "  match=", "  metrics=org.apache.kafka.consumer.");
        Tools.run(kafka, tool, "--delete", "--name", metrics);
        assertThat(Tools.run(kafka, tool, "--list")).doesNotContain(metrics);

        var root = new String[] {"--entity-type", "broker-loggers", "--entity-name", "1"};
        assertThat(Tools.run(kafka, CONFIGS, "--describe", root[0], root[1], root[2], root[3]))
                .anyMatch(line -> line.matches("  root=[A-Z]+ sensitive=false synonyms=\\{.*}"));
    }

    @Test
    void an_application_of_kafka_streams_is_reset(KafkaEndpoint kafka, Admin admin) throws Exception {
        var topic = Topics.create(admin, 1);
        try (var producer = kafka.producer()) {
            producer.send(new ProducerRecord<>(topic, "v")).get();
        }
        var changelog = topic + "-store-changelog";
        admin.createTopics(Set.of(new NewTopic(changelog, 1, (short) 1))).all().get();

        assertThat(Tools.run(
                        kafka,
                        TOOLS + "StreamsResetter",
                        "--application-id",
                        topic,
                        "--input-topics",
                        topic,
                        "--to-latest",
                        "--force"))
                .contains("Topic: " + topic + " Partition: 0 Offset: 1");
        assertThat(admin.listTopics().names().get()).doesNotContain(changelog).contains(topic);
        assertThat(admin.listConsumerGroupOffsets(topic)
                        .partitionsToOffsetAndMetadata()
                        .get()
                        .get(new TopicPartition(topic, 0))
                        .offset())
                .isEqualTo(1);
    }
}
