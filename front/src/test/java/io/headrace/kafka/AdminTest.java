package io.headrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData;
import org.apache.kafka.common.message.AlterReplicaLogDirsResponseData;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsResponseData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableReplicaAssignment;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsPartition;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsTopic;
import org.apache.kafka.common.message.DeleteRecordsResponseData;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResult;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ElectLeadersResponseData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.message.ListConfigResourcesRequestData;
import org.apache.kafka.common.message.ListConfigResourcesResponseData;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.UnregisterBrokerRequestData;
import org.apache.kafka.common.message.UnregisterBrokerResponseData;
import org.apache.kafka.common.message.UpdateFeaturesRequestData;
import org.apache.kafka.common.message.UpdateFeaturesResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeQuorumRequest;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class AdminTest {
    private static final byte TOPIC = 2;
    private static final byte BROKER = 4;
    private static final byte SET = 0;
    private static final byte DELETE = 1;
    private static final byte APPEND = 2;

    private TestPeer peer = new TestPeer();

    private CreatableTopicResult create(int version, CreatableTopic topic) {
        var request = new CreateTopicsRequestData();
        request.topics().add(topic);
        return peer.ask(ApiKeys.CREATE_TOPICS, version, request, CreateTopicsResponseData.class)
                .topics()
                .iterator()
                .next();
    }

    private static CreatableTopic topic(String name, int partitions, int factor) {
        return new CreatableTopic().setName(name).setNumPartitions(partitions).setReplicationFactor((short) factor);
    }

    private static CreatableTopic with(CreatableTopic topic, String key, String value) {
        topic.configs().add(new CreatableTopicConfig().setName(key).setValue(value));
        return topic;
    }

    private static Errors error(CreatableTopicResult result) {
        return Errors.forCode(result.errorCode());
    }

    @Test
    void topics_are_created_in_every_version_with_all_they_have_told_from_version_5_on() {
        for (int version = 2; version <= 7; version++) {
            var result = create(version, with(topic("t" + version, 3, 1), "retention.ms", "1000"));

            assertThat(error(result)).isEqualTo(Errors.NONE);
            if (version >= 5) {
                assertThat(result.numPartitions()).isEqualTo(3);
                assertThat(result.configs())
                        .filteredOn(entry -> entry.name().equals("retention.ms"))
                        .extracting(entry -> entry.value())
                        .containsExactly("1000");
            }
        }
        assertThat(peer.broker.topics.get("t7").partitions()).hasSize(3);
        assertThat(peer.broker.topics.get("t7").settings()).isEqualTo(Map.of("retention.ms", "1000"));
    }

    @Test
    void what_cannot_be_created_is_refused_in_kafkas_words() {
        peer.broker.add("a.b", 1);
        peer.broker.denied.add("CONFIGURE mine");
        var assigned = topic("c", -1, -1);
        assigned.assignments()
                .add(new CreatableReplicaAssignment().setPartitionIndex(0).setBrokerIds(List.of(2)));

        assertThat(error(create(7, topic("a.b", 1, 1)))).isEqualTo(Errors.TOPIC_ALREADY_EXISTS);
        assertThat(error(create(7, topic("a_b", 1, 1)))).isEqualTo(Errors.INVALID_TOPIC_EXCEPTION);
        assertThat(error(create(7, topic("a b", 1, 1)))).isEqualTo(Errors.INVALID_TOPIC_EXCEPTION);
        assertThat(error(create(7, topic("c", 0, 1)))).isEqualTo(Errors.INVALID_PARTITIONS);
        assertThat(error(create(7, topic("c", 1, 3)))).isEqualTo(Errors.INVALID_REPLICATION_FACTOR);
        assertThat(error(create(7, topic("mine", 1, 1)))).isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED);
        assertThat(error(create(7, assigned))).isEqualTo(Errors.INVALID_REPLICA_ASSIGNMENT);
        assertThat(error(create(7, with(topic("c", 1, 1), "retention.mss", "1"))))
                .isEqualTo(Errors.INVALID_CONFIG);
        assertThat(error(create(7, with(topic("c", 1, 1), "retention.ms", "x"))))
                .isEqualTo(Errors.INVALID_CONFIG);
        assertThat(error(create(7, with(topic("c", 1, 1), "remote.storage.enable", "true"))))
                .isEqualTo(Errors.INVALID_CONFIG);
        assertThat(error(create(7, with(topic("c", 1, 1), "flush.messages", "1"))))
                .isEqualTo(Errors.INVALID_CONFIG);
        assertThat(peer.broker.topics).hasSize(1);
    }

    @Test
    void a_dry_run_creates_nothing() {
        var request = new CreateTopicsRequestData().setValidateOnly(true);
        request.topics().add(topic("t", 1, 1));

        var answer = peer.ask(ApiKeys.CREATE_TOPICS, 7, request, CreateTopicsResponseData.class);

        assertThat(answer.topics().find("t").errorCode()).isZero();
        assertThat(peer.broker.topics).isEmpty();
    }

    @Test
    void topics_are_deleted_by_name_and_by_id() {
        for (int version = 1; version <= 6; version++) {
            var added = peer.broker.add("t", 1);
            var request = version < 6
                    ? new DeleteTopicsRequestData().setTopicNames(List.of("t", "none"))
                    : new DeleteTopicsRequestData()
                            .setTopics(List.of(
                                    new DeleteTopicState().setName(null).setTopicId(Names.id(added.id())),
                                    new DeleteTopicState().setName("none")));

            var answer = peer.ask(ApiKeys.DELETE_TOPICS, version, request, DeleteTopicsResponseData.class);

            assertThat(answer.responses())
                    .extracting(result -> Errors.forCode(result.errorCode()))
                    .containsExactly(Errors.NONE, Errors.UNKNOWN_TOPIC_OR_PARTITION);
            assertThat(peer.broker.topics).isEmpty();
        }
    }

    @Test
    void a_topic_that_is_meant_twice_is_told_once_and_not_deleted() {
        var added = peer.broker.add("t", 1);
        var byNameAndId = new DeleteTopicsRequestData()
                .setTopics(List.of(
                        new DeleteTopicState().setName("t"),
                        new DeleteTopicState().setName(null).setTopicId(Names.id(added.id()))));

        var answer = peer.ask(ApiKeys.DELETE_TOPICS, 6, byNameAndId, DeleteTopicsResponseData.class);

        assertThat(answer.responses())
                .extracting(result -> Errors.forCode(result.errorCode()))
                .containsExactly(Errors.INVALID_REQUEST);
        assertThat(peer.broker.topics).containsKey("t");
    }

    @Test
    void partitions_are_added_and_never_taken_away() {
        peer.broker.add("t", 2);
        for (int version = 0; version <= 3; version++) {
            var request = new CreatePartitionsRequestData();
            request.topics()
                    .add(new CreatePartitionsTopic()
                            .setName("t")
                            .setCount(3 + version)
                            .setAssignments(null));
            var answer = peer.ask(ApiKeys.CREATE_PARTITIONS, version, request, CreatePartitionsResponseData.class);
            assertThat(answer.results().getFirst().errorCode()).isZero();
        }
        var fewer = new CreatePartitionsRequestData();
        fewer.topics().add(new CreatePartitionsTopic().setName("t").setCount(1).setAssignments(null));

        var answer = peer.ask(ApiKeys.CREATE_PARTITIONS, 3, fewer, CreatePartitionsResponseData.class);

        assertThat(peer.broker.topics.get("t").partitions()).hasSize(6);
        assertThat(answer.results().getFirst().errorCode()).isEqualTo(Errors.INVALID_PARTITIONS.code());
    }

    @Test
    void records_are_deleted_up_to_an_offset() {
        peer.broker.add("t", 1);
        peer.broker
                .partition("t", 0)
                .appendInternal(ProduceTest.records("a", "b", "c").buffer());
        for (int version = 0; version <= 2; version++) {
            assertThat(delete(version, version + 1).lowWatermark()).isEqualTo(version + 1);
        }
        assertThat(delete(2, 1).lowWatermark()).isEqualTo(3);
        assertThat(delete(2, -1).lowWatermark()).isEqualTo(3);
        assertThat(delete(2, 9).errorCode()).isEqualTo(Errors.OFFSET_OUT_OF_RANGE.code());
    }

    private DeleteRecordsResponseData.DeleteRecordsPartitionResult delete(int version, long offset) {
        var request = new DeleteRecordsRequestData()
                .setTimeoutMs(1000)
                .setTopics(List.of(new DeleteRecordsTopic()
                        .setName("t")
                        .setPartitions(List.of(new DeleteRecordsPartition().setOffset(offset)))));
        return peer.ask(ApiKeys.DELETE_RECORDS, version, request, DeleteRecordsResponseData.class)
                .topics()
                .find("t")
                .partitions()
                .find(0);
    }

    private DescribeConfigsResult describe(int version, byte type, String name) {
        var request = new DescribeConfigsRequestData()
                .setIncludeSynonyms(true)
                .setIncludeDocumentation(version >= 3)
                .setResources(List.of(new DescribeConfigsResource()
                        .setResourceType(type)
                        .setResourceName(name)
                        .setConfigurationKeys(null)));
        return peer.ask(ApiKeys.DESCRIBE_CONFIGS, version, request, DescribeConfigsResponseData.class)
                .results()
                .getFirst();
    }

    private static String value(DescribeConfigsResult result, String name) {
        return result.configs().stream()
                .filter(entry -> entry.name().equals(name))
                .findFirst()
                .orElseThrow()
                .value();
    }

    @Test
    void every_key_is_described_with_its_default() {
        peer.broker.add("t", 1);
        for (int version = 1; version <= 4; version++) {
            var topic = describe(version, TOPIC, "t");
            assertThat(value(topic, "retention.ms")).isEqualTo("604800000");
            assertThat(value(topic, "cleanup.policy")).isEqualTo("delete");
            assertThat(topic.configs()).hasSizeGreaterThan(30);
            var broker = describe(version, BROKER, "1");
            assertThat(value(broker, "default.replication.factor")).isEqualTo("1");
            assertThat(value(broker, "message.max.bytes")).isEqualTo("1048588");
        }
        assertThat(describe(4, TOPIC, "none").errorCode()).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
        assertThat(describe(4, BROKER, "2").errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
        assertThat(describe(4, (byte) 99, "x").errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
    }

    @Test
    void configs_are_replaced_as_a_whole_by_the_old_request_and_key_by_key_by_the_new() {
        peer.broker.add("t", 1);
        for (int version = 0; version <= 2; version++) {
            var request = new AlterConfigsRequestData();
            var resource = new AlterConfigsRequestData.AlterConfigsResource()
                    .setResourceType(TOPIC)
                    .setResourceName("t");
            resource.configs()
                    .add(new AlterConfigsRequestData.AlterableConfig()
                            .setName("retention.ms")
                            .setValue("5"));
            request.resources().add(resource);
            var answer = peer.ask(ApiKeys.ALTER_CONFIGS, version, request, AlterConfigsResponseData.class);
            assertThat(answer.responses().getFirst().errorCode()).isZero();
        }
        assertThat(alter(0, TOPIC, "t", SET, "max.message.bytes", "77")).isEqualTo(Errors.NONE);
        assertThat(alter(1, TOPIC, "t", APPEND, "cleanup.policy", "compact")).isEqualTo(Errors.NONE);
        assertThat(alter(1, TOPIC, "t", APPEND, "retention.ms", "1")).isEqualTo(Errors.INVALID_CONFIG);
        assertThat(alter(1, TOPIC, "t", SET, "retention.ms", null)).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(alter(1, TOPIC, "t", SET, "preallocate", "true")).isEqualTo(Errors.INVALID_CONFIG);

        assertThat(peer.broker.topics.get("t").settings())
                .isEqualTo(Map.of("retention.ms", "5", "max.message.bytes", "77", "cleanup.policy", "delete,compact"));
    }

    @Test
    void a_resource_that_is_named_twice_is_not_changed() {
        peer.broker.add("t", 1);
        var request = new IncrementalAlterConfigsRequestData();
        for (String value : List.of("1", "2")) {
            var resource = new IncrementalAlterConfigsRequestData.AlterConfigsResource()
                    .setResourceType(TOPIC)
                    .setResourceName("t");
            resource.configs()
                    .add(new IncrementalAlterConfigsRequestData.AlterableConfig()
                            .setName("retention.ms")
                            .setValue(value));
            request.resources().add(resource);
        }

        var answer = peer.ask(ApiKeys.INCREMENTAL_ALTER_CONFIGS, 1, request, IncrementalAlterConfigsResponseData.class);

        assertThat(answer.responses())
                .extracting(result -> Errors.forCode(result.errorCode()))
                .containsExactly(Errors.INVALID_REQUEST, Errors.INVALID_REQUEST);
        assertThat(peer.broker.topics.get("t").settings()).isEmpty();
    }

    private Errors alter(int version, byte type, String name, byte operation, String key, String value) {
        var request = new IncrementalAlterConfigsRequestData();
        var resource = new IncrementalAlterConfigsRequestData.AlterConfigsResource()
                .setResourceType(type)
                .setResourceName(name);
        resource.configs()
                .add(new IncrementalAlterConfigsRequestData.AlterableConfig()
                        .setName(key)
                        .setConfigOperation(operation)
                        .setValue(value));
        request.resources().add(resource);
        var answer = peer.ask(
                ApiKeys.INCREMENTAL_ALTER_CONFIGS, version, request, IncrementalAlterConfigsResponseData.class);
        return Errors.forCode(answer.responses().getFirst().errorCode());
    }

    @Test
    void defaults_of_topics_are_set_on_the_broker_by_administrators() {
        peer.broker.add("t", 1);
        assertThat(alter(1, BROKER, "", SET, "log.retention.ms", "7")).isEqualTo(Errors.CLUSTER_AUTHORIZATION_FAILED);

        peer.broker.tags.add("administrator");
        peer = new TestPeer(KafkaConfig.defaults(), peer.broker);

        assertThat(alter(1, BROKER, "", SET, "log.retention.ms", "7")).isEqualTo(Errors.NONE);
        assertThat(alter(1, BROKER, "1", SET, "num.partitions", "7")).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(value(describe(4, TOPIC, "t"), "retention.ms")).isEqualTo("7");
    }

    @Test
    void what_the_broker_was_told_of_transactions_groups_quotas_and_compaction_can_be_read_and_not_set() {
        peer.broker.tags.add("administrator");
        peer = new TestPeer(KafkaConfig.defaults(), peer.broker);
        var told = Map.ofEntries(
                Map.entry("transaction.max.timeout.ms", "900000"),
                Map.entry("transactional.id.expiration.ms", "3600000"),
                Map.entry("transaction.state.log.num.partitions", "2"),
                Map.entry("transaction.two.phase.commit.enable", "false"),
                Map.entry("producer.id.expiration.ms", "86400000"),
                Map.entry("group.share.max.share.sessions", "2000"),
                Map.entry("group.initial.rebalance.delay.ms", "500"),
                Map.entry("offsets.topic.replication.factor", "1"),
                Map.entry("log.cleaner.dedupe.buffer.size", Integer.toString(16 << 20)),
                Map.entry("log.cleaner.threads", "1"),
                Map.entry("quota.window.num", "11"));

        var broker = describe(4, BROKER, "1");

        told.forEach((name, value) -> {
            var entry = broker.configs().stream()
                    .filter(config -> config.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError(name + " is not told"));
            assertThat(entry.value()).as(name).isEqualTo(value);
            assertThat(entry.readOnly()).as(name).isTrue();
            assertThat(alter(1, BROKER, "1", SET, name, value)).as(name).isEqualTo(Errors.INVALID_REQUEST);
        });
        assertThat(broker.configs())
                .extracting(DescribeConfigsResourceResult::name)
                .doesNotHaveDuplicates();
        assertThat(ShareSessions.SESSIONS_MAX).isEqualTo(2_000);
    }

    @Test
    void the_budget_of_compaction_is_set_while_the_broker_runs() {
        peer.broker.tags.add("administrator");
        peer = new TestPeer(KafkaConfig.defaults(), peer.broker);
        var name = "log.cleaner.io.max.bytes.per.second";
        assertThat(value(describe(4, BROKER, "1"), name)).isEqualTo("1.7976931348623157E308");

        assertThat(alter(1, BROKER, "", SET, name, "0")).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(alter(1, BROKER, "", SET, name, "much")).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(alter(1, BROKER, "", SET, name, "2.5e6")).isEqualTo(Errors.NONE);

        assertThat(value(describe(4, BROKER, "1"), name)).isEqualTo("2.5e6");
        assertThat(value(describe(4, BROKER, ""), name)).isEqualTo("2.5e6");
    }

    @Test
    void what_only_a_cluster_can_do_is_answered_truthfully_by_one_node() {
        peer.broker.add("t", 1);
        peer.broker.tags.add("administrator");
        peer.broker.partition("t", 0).appendInternal(ProduceTest.records("a").buffer());
        for (int version = 1; version <= 5; version++) {
            var answer = peer.ask(
                    ApiKeys.DESCRIBE_LOG_DIRS,
                    version,
                    new DescribeLogDirsRequestData().setTopics(null),
                    DescribeLogDirsResponseData.class);
            assertThat(answer.results()
                            .getFirst()
                            .topics()
                            .getFirst()
                            .partitions()
                            .getFirst()
                            .partitionSize())
                    .isPositive();
        }
        for (int version = 0; version <= 2; version++) {
            var elections = new ElectLeadersRequestData();
            elections
                    .topicPartitions()
                    .add(new ElectLeadersRequestData.TopicPartitions()
                            .setTopic("t")
                            .setPartitions(List.of(0)));
            var answer = peer.ask(ApiKeys.ELECT_LEADERS, version, elections, ElectLeadersResponseData.class);
            assertThat(answer.replicaElectionResults()
                            .getFirst()
                            .partitionResult()
                            .getFirst()
                            .errorCode())
                    .isEqualTo(Errors.ELECTION_NOT_NEEDED.code());
        }
        assertThat(peer.ask(
                                ApiKeys.LIST_PARTITION_REASSIGNMENTS,
                                0,
                                new ListPartitionReassignmentsRequestData(),
                                ListPartitionReassignmentsResponseData.class)
                        .topics())
                .isEmpty();
    }

    private void asAdministrator() {
        peer.broker.tags.add("administrator");
        peer = new TestPeer(KafkaConfig.defaults(), peer.broker);
    }

    @Test
    void the_size_of_the_disk_is_told_from_version_4_on() {
        asAdministrator();

        var answer = peer.ask(
                ApiKeys.DESCRIBE_LOG_DIRS,
                4,
                new DescribeLogDirsRequestData().setTopics(null),
                DescribeLogDirsResponseData.class);

        assertThat(answer.results().getFirst().totalBytes()).isEqualTo(1_000_000);
        assertThat(answer.results().getFirst().usableBytes()).isEqualTo(400_000);
    }

    @Test
    void a_reassignment_to_where_replicas_are_is_done_and_any_other_refused() {
        peer.broker.add("t", 1);
        asAdministrator();

        for (int version = 0; version <= 1; version++) {
            assertThat(reassign(version, "t", 0, List.of(1))).isEqualTo("NONE");
        }
        assertThat(reassign(1, "t", 0, List.of(2)))
                .isEqualTo("INVALID_REPLICA_ASSIGNMENT The manual partition assignment includes broker 2, but no such"
                        + " broker is registered.");
        assertThat(reassign(1, "t", 0, List.of()))
                .isEqualTo(
                        "INVALID_REPLICA_ASSIGNMENT The manual partition assignment includes an empty replica list.");
        assertThat(reassign(1, "t", 0, List.of(1, 1)))
                .isEqualTo("INVALID_REPLICA_ASSIGNMENT The manual partition assignment includes the broker 1 more than"
                        + " once.");
        assertThat(reassign(1, "t", 0, null)).isEqualTo("NO_REASSIGNMENT_IN_PROGRESS");
        assertThat(reassign(1, "t", 1, List.of(1)))
                .isEqualTo("UNKNOWN_TOPIC_OR_PARTITION Unable to find partition t:1.");
        assertThat(reassign(1, "none", 0, List.of(1)))
                .isEqualTo("UNKNOWN_TOPIC_OR_PARTITION Unable to find a topic named none.");
    }

    private String reassign(int version, String topic, int index, List<Integer> replicas) {
        var request = new AlterPartitionReassignmentsRequestData()
                .setTopics(List.of(new AlterPartitionReassignmentsRequestData.ReassignableTopic()
                        .setName(topic)
                        .setPartitions(List.of(new AlterPartitionReassignmentsRequestData.ReassignablePartition()
                                .setPartitionIndex(index)
                                .setReplicas(replicas)))));
        var result = peer.ask(
                        ApiKeys.ALTER_PARTITION_REASSIGNMENTS,
                        version,
                        request,
                        AlterPartitionReassignmentsResponseData.class)
                .responses()
                .getFirst()
                .partitions()
                .getFirst();
        return Errors.forCode(result.errorCode()) + (result.errorMessage() == null ? "" : " " + result.errorMessage());
    }

    @Test
    void replicas_move_to_the_directory_where_they_are_and_to_no_other() {
        peer.broker.add("t", 1);
        asAdministrator();
        for (int version = 1; version <= 2; version++) {
            assertThat(move(version, "part", "t")).isEqualTo(Errors.NONE);
            assertThat(move(version, "/elsewhere", "t")).isEqualTo(Errors.LOG_DIR_NOT_FOUND);
            assertThat(move(version, "part", "none")).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        }
    }

    private Errors move(int version, String directory, String topic) {
        var wanted = new AlterReplicaLogDirsRequestData.AlterReplicaLogDir().setPath(directory);
        wanted.topics()
                .add(new AlterReplicaLogDirsRequestData.AlterReplicaLogDirTopic()
                        .setName(topic)
                        .setPartitions(List.of(0)));
        var request = new AlterReplicaLogDirsRequestData();
        request.dirs().add(wanted);
        var answer = peer.ask(ApiKeys.ALTER_REPLICA_LOG_DIRS, version, request, AlterReplicaLogDirsResponseData.class);
        return Errors.forCode(
                answer.results().getFirst().partitions().getFirst().errorCode());
    }

    @Test
    void this_node_is_the_whole_quorum() {
        asAdministrator();
        for (int version = 0; version <= 2; version++) {
            var answer = peer.ask(
                    ApiKeys.DESCRIBE_QUORUM,
                    version,
                    DescribeQuorumRequest.singletonRequest(new TopicPartition("__cluster_metadata", 0)),
                    DescribeQuorumResponseData.class);
            var partition = answer.topics().getFirst().partitions().getFirst();
            assertThat(partition.leaderId()).isEqualTo(1);
            assertThat(partition.leaderEpoch()).isEqualTo(3);
            assertThat(partition.highWatermark()).isEqualTo(77);
            assertThat(partition.currentVoters()).hasSize(1);
            assertThat(answer.nodes()).hasSize(version < 2 ? 0 : 1);
        }
        var other = peer.ask(
                ApiKeys.DESCRIBE_QUORUM,
                2,
                DescribeQuorumRequest.singletonRequest(new TopicPartition("t", 0)),
                DescribeQuorumResponseData.class);
        assertThat(other.topics().getFirst().partitions().getFirst().errorCode())
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
    }

    @Test
    void the_levels_of_features_stay_as_they_are() {
        asAdministrator();
        for (int version = 0; version <= 2; version++) {
            assertThat(update(version, "group.version", 1)).isEqualTo(Errors.NONE);
            assertThat(update(version, "metadata.version", 29)).isEqualTo(Errors.FEATURE_UPDATE_FAILED);
            assertThat(update(version, "metadata.version", 99)).isEqualTo(Errors.INVALID_UPDATE_VERSION);
            assertThat(update(version, "nonsense", 1)).isEqualTo(Errors.INVALID_UPDATE_VERSION);
        }
    }

    private Errors update(int version, String feature, int level) {
        var update = new UpdateFeaturesRequestData.FeatureUpdateKey()
                .setFeature(feature)
                .setMaxVersionLevel((short) level);
        var request = new UpdateFeaturesRequestData();
        request.featureUpdates().add(version == 0 ? update : update.setUpgradeType((byte) 1));
        return Errors.forCode(peer.ask(ApiKeys.UPDATE_FEATURES, version, request, UpdateFeaturesResponseData.class)
                .errorCode());
    }

    @Test
    void no_broker_is_unregistered() {
        asAdministrator();

        assertThat(unregister(1)).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(unregister(2)).isEqualTo(Errors.BROKER_ID_NOT_REGISTERED);
    }

    private Errors unregister(int id) {
        return Errors.forCode(peer.ask(
                        ApiKeys.UNREGISTER_BROKER,
                        0,
                        new UnregisterBrokerRequestData().setBrokerId(id),
                        UnregisterBrokerResponseData.class)
                .errorCode());
    }

    @Test
    void there_are_no_delegation_tokens() {
        for (var key : List.of(
                ApiKeys.CREATE_DELEGATION_TOKEN,
                ApiKeys.RENEW_DELEGATION_TOKEN,
                ApiKeys.EXPIRE_DELEGATION_TOKEN,
                ApiKeys.DESCRIBE_DELEGATION_TOKEN)) {
            for (short version = key.oldestVersion(); version <= key.latestVersion(); version++) {
                peer.send(key, version, key.messageType.newRequest());

                assertThat(peer.answers().getFirst().errorCounts().keySet())
                        .as("%s %d", key, version)
                        .containsExactly(Errors.DELEGATION_TOKEN_AUTH_DISABLED);
            }
        }
    }

    @Test
    void subscriptions_to_metrics_of_clients_are_kept_and_listed_and_checked() {
        asAdministrator();
        var metrics = ConfigResource.Type.CLIENT_METRICS.id();

        assertThat(alter(1, metrics, "m", SET, "interval.ms", "5000")).isEqualTo(Errors.NONE);
        assertThat(alter(1, metrics, "m", APPEND, "match", "client_id=a.*")).isEqualTo(Errors.NONE);
        assertThat(alter(1, metrics, "m", SET, "interval.ms", "5")).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(alter(1, metrics, "m", SET, "match", "nonsense=1")).isEqualTo(Errors.INVALID_CONFIG);
        assertThat(alter(1, metrics, "m", SET, "nonsense", "1")).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(alter(1, metrics, "", SET, "interval.ms", "5000")).isEqualTo(Errors.INVALID_REQUEST);

        assertThat(value(describe(4, metrics, "m"), "interval.ms")).isEqualTo("5000");
        assertThat(value(describe(4, metrics, "m"), "match")).isEqualTo("client_id=a.*");
        assertThat(value(describe(4, metrics, "other"), "interval.ms")).isEqualTo("300000");
        assertThat(listed(0)).containsExactly("CLIENT_METRICS m");
        assertThat(alter(1, metrics, "m", DELETE, "interval.ms", null)).isEqualTo(Errors.NONE);
        assertThat(alter(1, metrics, "m", DELETE, "match", null)).isEqualTo(Errors.NONE);
        assertThat(listed(0)).isEmpty();
    }

    @Test
    void settings_of_a_group_that_nobody_set_are_told_as_they_are_here() {
        assertThat(value(describe(4, ConfigResource.Type.GROUP.id(), "g"), "share.assignment.interval.ms"))
                .isEqualTo("0");
        assertThat(value(describe(4, ConfigResource.Type.GROUP.id(), "g"), "share.heartbeat.interval.ms"))
                .isEqualTo("5000");
    }

    @Test
    void what_has_a_configuration_is_listed() {
        peer.broker.add("t", 1);
        asAdministrator();
        alter(1, ConfigResource.Type.GROUP.id(), "g", SET, "consumer.heartbeat.interval.ms", "6000");

        assertThat(listed(1)).containsExactlyInAnyOrder("TOPIC t", "GROUP g", "BROKER 1", "BROKER_LOGGER 1");
        assertThat(listed(1, TOPIC)).containsExactly("TOPIC t");
        assertThat(peer.ask(
                                ApiKeys.LIST_CONFIG_RESOURCES,
                                1,
                                new ListConfigResourcesRequestData().setResourceTypes(List.of((byte) 99)),
                                ListConfigResourcesResponseData.class)
                        .errorCode())
                .isEqualTo(Errors.UNSUPPORTED_VERSION.code());
    }

    private List<String> listed(int version, Byte... types) {
        return peer
                .ask(
                        ApiKeys.LIST_CONFIG_RESOURCES,
                        version,
                        new ListConfigResourcesRequestData().setResourceTypes(List.of(types)),
                        ListConfigResourcesResponseData.class)
                .configResources()
                .stream()
                .map(found -> ConfigResource.Type.forId(found.resourceType()) + " " + found.resourceName())
                .toList();
    }

    @Test
    void loggers_are_made_louder_and_quieter() {
        asAdministrator();
        var loggers = ConfigResource.Type.BROKER_LOGGER.id();
        var logger = System.getLogger("io.headrace.kafka.AdminTest");
        var name = "io.headrace.kafka.AdminTest";
        logger.isLoggable(System.Logger.Level.DEBUG); // the JDK makes it when it is used

        assertThat(alter(1, loggers, "1", SET, name, "TRACE")).isEqualTo(Errors.NONE);
        assertThat(value(describe(4, loggers, "1"), name)).isEqualTo("TRACE");
        assertThat(logger.isLoggable(System.Logger.Level.TRACE)).isTrue();
        assertThat(alter(1, loggers, "1", DELETE, name, null)).isEqualTo(Errors.NONE);
        assertThat(logger.isLoggable(System.Logger.Level.TRACE)).isFalse();

        assertThat(alter(1, loggers, "1", SET, name, "LOUD")).isEqualTo(Errors.INVALID_CONFIG);
        assertThat(alter(1, loggers, "1", SET, "no.such.logger", "INFO")).isEqualTo(Errors.INVALID_CONFIG);
        assertThat(alter(1, loggers, "1", DELETE, "root", null)).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(alter(1, loggers, "1", APPEND, name, "INFO")).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(alter(1, loggers, "2", SET, name, "INFO")).isEqualTo(Errors.INVALID_REQUEST);
    }
}
