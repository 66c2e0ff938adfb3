package io.headrace.kafka;

import static io.headrace.kafka.AclRow.row;
import static org.apache.kafka.common.acl.AclOperation.ALTER;
import static org.apache.kafka.common.acl.AclOperation.ALTER_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.CLUSTER_ACTION;
import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.DELETE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.IDEMPOTENT_WRITE;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;
import static org.apache.kafka.common.protocol.Errors.COORDINATOR_NOT_AVAILABLE;

import io.headrace.kafka.AclRow.Need;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.CreateAclsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.DeleteAclsRequestData;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DescribeAclsRequestData;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.ListConfigResourcesRequestData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.UnregisterBrokerRequestData;
import org.apache.kafka.common.message.UpdateFeaturesRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.DescribeQuorumRequest;
import org.apache.kafka.common.requests.FindCoordinatorRequest.CoordinatorType;

/// Which right each request asks for, written down a second time from Kafka's own table. A request that is served and
/// is neither here nor in [#ASK_FOR_NOTHING] fails the build: add its rows to [#all].
final class AclRows {
    /// Why they do not.
    static final Map<ApiKeys, String> ASK_FOR_NOTHING = Map.of(
            ApiKeys.API_VERSIONS, "asked before anybody is known",
            ApiKeys.SASL_HANDSHAKE, "likewise",
            ApiKeys.SASL_AUTHENTICATE, "likewise",
            ApiKeys.CREATE_DELEGATION_TOKEN, "there are none: refused to everybody",
            ApiKeys.RENEW_DELEGATION_TOKEN, "likewise",
            ApiKeys.EXPIRE_DELEGATION_TOKEN, "likewise",
            ApiKeys.DESCRIBE_DELEGATION_TOKEN, "likewise");

    private AclRows() {}

    static List<AclRow> all() {
        var rows = new ArrayList<AclRow>();
        rows.addAll(records());
        rows.addAll(topics());
        rows.addAll(members());
        rows.addAll(groups());
        rows.addAll(configs());
        rows.addAll(cluster());
        rows.addAll(AclTransactionRows.all());
        rows.addAll(AclShareRows.all());
        rows.addAll(AclStreamsRows.all());
        rows.addAll(AclUserRows.all());
        return rows;
    }

    // ------------------------------------------------------------------------------------------------- records

    private static List<AclRow> records() {
        return List.of(
                row(ApiKeys.PRODUCE, 9, Need.topic(WRITE), broker -> produce(broker)),
                row(ApiKeys.PRODUCE, 13, Need.topic(WRITE), broker -> produce(broker)),
                row(ApiKeys.INIT_PRODUCER_ID, 5, Need.cluster(IDEMPOTENT_WRITE), _ -> newProducer()),
                row(ApiKeys.INIT_PRODUCER_ID, 5, Need.topic(WRITE), _ -> newProducer())
                        .refused(Errors.CLUSTER_AUTHORIZATION_FAILED),
                row(ApiKeys.FETCH, 12, Need.topic(READ), broker -> fetch(broker)),
                row(ApiKeys.FETCH, 18, Need.topic(READ), broker -> fetch(broker)),
                row(ApiKeys.LIST_OFFSETS, 7, Need.topic(DESCRIBE), _ -> listOffsets()),
                row(ApiKeys.OFFSET_FOR_LEADER_EPOCH, 4, Need.topic(DESCRIBE), _ -> epochs()),
                row(ApiKeys.OFFSET_FOR_LEADER_EPOCH, 4, Need.cluster(CLUSTER_ACTION), _ -> epochs())
                        .refused(Errors.TOPIC_AUTHORIZATION_FAILED),
                row(ApiKeys.DELETE_RECORDS, 2, Need.topic(DELETE), _ -> deleteRecords()));
    }

    private static InitProducerIdRequestData newProducer() {
        return new InitProducerIdRequestData().setTransactionalId(null);
    }

    private static ProduceRequestData produce(MemoryBroker broker) {
        var topic = new ProduceRequestData.TopicProduceData().setName("t").setTopicId(id(broker));
        topic.partitionData().add(new ProduceRequestData.PartitionProduceData().setRecords(ProduceTest.records("a")));
        var request = new ProduceRequestData().setAcks((short) 1).setTimeoutMs(1000);
        request.topicData().add(topic);
        return request;
    }

    private static FetchRequestData fetch(MemoryBroker broker) {
        return new FetchRequestData()
                .setMaxWaitMs(0)
                .setMinBytes(0)
                .setTopics(List.of(new FetchRequestData.FetchTopic()
                        .setTopic("t")
                        .setTopicId(id(broker))
                        .setPartitions(List.of(new FetchRequestData.FetchPartition().setPartitionMaxBytes(1000)))));
    }

    private static ListOffsetsRequestData listOffsets() {
        return new ListOffsetsRequestData()
                .setTopics(List.of(new ListOffsetsRequestData.ListOffsetsTopic()
                        .setName("t")
                        .setPartitions(List.of(new ListOffsetsRequestData.ListOffsetsPartition().setTimestamp(-1)))));
    }

    private static OffsetForLeaderEpochRequestData epochs() {
        var request = new OffsetForLeaderEpochRequestData();
        request.topics()
                .add(new OffsetForLeaderEpochRequestData.OffsetForLeaderTopic()
                        .setTopic("t")
                        .setPartitions(List.of(new OffsetForLeaderEpochRequestData.OffsetForLeaderPartition())));
        return request;
    }

    private static DeleteRecordsRequestData deleteRecords() {
        return new DeleteRecordsRequestData()
                .setTimeoutMs(1000)
                .setTopics(List.of(new DeleteRecordsRequestData.DeleteRecordsTopic()
                        .setName("t")
                        .setPartitions(List.of(new DeleteRecordsRequestData.DeleteRecordsPartition().setOffset(-1)))));
    }

    static Uuid id(MemoryBroker broker) {
        return Names.id(broker.topics.get("t").id());
    }

    // -------------------------------------------------------------------------------------------------- topics

    private static List<AclRow> topics() {
        return List.of(
                row(ApiKeys.METADATA, 9, Need.topic(DESCRIBE), _ -> metadata("t", false)),
                row(ApiKeys.METADATA, 12, Need.topic(DESCRIBE), AclRows::metadataById),
                row(ApiKeys.METADATA, 12, Need.topic(DESCRIBE), _ -> new MetadataRequestData().setTopics(null))
                        .leftOut(answer ->
                                !((MetadataResponseData) answer.data()).topics().isEmpty()),
                row(ApiKeys.METADATA, 12, Need.topic(DESCRIBE).of("none"), _ -> metadata("none", false))
                        .served(Errors.UNKNOWN_TOPIC_OR_PARTITION),
                row(ApiKeys.METADATA, 12, Need.topic(DESCRIBE, CREATE).of("new"), _ -> metadata("new", true)),
                row(ApiKeys.METADATA, 12, Need.cluster(CREATE), _ -> metadata("new", true))
                        .with(Need.topic(DESCRIBE).of("new"))
                        .refused(Errors.TOPIC_AUTHORIZATION_FAILED),
                row(ApiKeys.DESCRIBE_TOPIC_PARTITIONS, 0, Need.topic(DESCRIBE), _ -> describePartitions("t")),
                row(
                                ApiKeys.DESCRIBE_TOPIC_PARTITIONS,
                                0,
                                Need.topic(DESCRIBE).of("none"),
                                _ -> describePartitions("none"))
                        .served(Errors.UNKNOWN_TOPIC_OR_PARTITION),
                row(ApiKeys.CREATE_TOPICS, 7, Need.topic(CREATE).of("new"), _ -> createTopic()),
                row(ApiKeys.CREATE_TOPICS, 7, Need.cluster(CREATE), _ -> createTopic())
                        .refused(Errors.TOPIC_AUTHORIZATION_FAILED),
                row(
                        ApiKeys.DELETE_TOPICS,
                        5,
                        Need.topic(DESCRIBE, DELETE),
                        _ -> new DeleteTopicsRequestData().setTopicNames(List.of("t"))),
                row(
                        ApiKeys.DELETE_TOPICS,
                        6,
                        Need.topic(DESCRIBE, DELETE),
                        broker -> new DeleteTopicsRequestData()
                                .setTopics(List.of(
                                        new DeleteTopicState().setName(null).setTopicId(id(broker))))),
                row(
                                ApiKeys.DELETE_TOPICS,
                                6,
                                Need.topic(DESCRIBE).of("none"),
                                _ -> new DeleteTopicsRequestData()
                                        .setTopics(List.of(new DeleteTopicState().setName("none"))))
                        .served(Errors.UNKNOWN_TOPIC_OR_PARTITION),
                row(
                                ApiKeys.DELETE_TOPICS,
                                6,
                                Need.cluster(DELETE),
                                _ -> new DeleteTopicsRequestData()
                                        .setTopics(List.of(new DeleteTopicState().setName("t"))))
                        .refused(Errors.TOPIC_AUTHORIZATION_FAILED),
                row(ApiKeys.CREATE_PARTITIONS, 3, Need.topic(ALTER), _ -> morePartitions()));
    }

    private static MetadataRequestData metadata(String topic, boolean create) {
        return new MetadataRequestData()
                .setAllowAutoTopicCreation(create)
                .setTopics(List.of(new MetadataRequestTopic().setName(topic)));
    }

    private static MetadataRequestData metadataById(MemoryBroker broker) {
        return new MetadataRequestData()
                .setTopics(List.of(new MetadataRequestTopic().setName(null).setTopicId(id(broker))));
    }

    private static DescribeTopicPartitionsRequestData describePartitions(String topic) {
        return new DescribeTopicPartitionsRequestData()
                .setTopics(List.of(new DescribeTopicPartitionsRequestData.TopicRequest().setName(topic)));
    }

    private static CreateTopicsRequestData createTopic() {
        var request = new CreateTopicsRequestData();
        request.topics()
                .add(new CreatableTopic().setName("new").setNumPartitions(1).setReplicationFactor((short) 1));
        return request;
    }

    private static CreatePartitionsRequestData morePartitions() {
        var request = new CreatePartitionsRequestData();
        request.topics()
                .add(new CreatePartitionsTopic().setName("t").setCount(2).setAssignments(null));
        return request;
    }

    // ------------------------------------------------------------------------------------- members of groups

    private static List<AclRow> members() {
        return List.of(
                row(
                        ApiKeys.FIND_COORDINATOR,
                        3,
                        Need.group(DESCRIBE),
                        _ -> new FindCoordinatorRequestData().setKey("g")),
                row(ApiKeys.FIND_COORDINATOR, 6, Need.group(DESCRIBE), _ -> coordinators(CoordinatorType.GROUP, "g")),
                row(
                        ApiKeys.FIND_COORDINATOR,
                        6,
                        Need.transactionalId(DESCRIBE),
                        _ -> coordinators(CoordinatorType.TRANSACTION, "id")),
                row(
                                ApiKeys.FIND_COORDINATOR,
                                6,
                                Need.cluster(CLUSTER_ACTION),
                                _ -> coordinators(CoordinatorType.SHARE, "g:" + Uuid.ONE_UUID + ":0"))
                        .served(COORDINATOR_NOT_AVAILABLE),
                row(ApiKeys.JOIN_GROUP, 9, Need.group(READ), _ -> new JoinGroupRequestData().setGroupId("g"))
                        .served(COORDINATOR_NOT_AVAILABLE),
                row(
                                ApiKeys.SYNC_GROUP,
                                5,
                                Need.group(READ),
                                _ -> new SyncGroupRequestData()
                                        .setGroupId("g")
                                        .setProtocolType("consumer")
                                        .setProtocolName("range"))
                        .served(COORDINATOR_NOT_AVAILABLE),
                row(ApiKeys.HEARTBEAT, 4, Need.group(READ), _ -> new HeartbeatRequestData().setGroupId("g"))
                        .served(COORDINATOR_NOT_AVAILABLE),
                row(ApiKeys.LEAVE_GROUP, 5, Need.group(READ), _ -> new LeaveGroupRequestData().setGroupId("g"))
                        .served(COORDINATOR_NOT_AVAILABLE),
                row(ApiKeys.CONSUMER_GROUP_HEARTBEAT, 1, Need.group(READ), _ -> heartbeat())
                        .with(Need.topic(DESCRIBE))
                        .served(COORDINATOR_NOT_AVAILABLE),
                row(ApiKeys.CONSUMER_GROUP_HEARTBEAT, 1, Need.topic(DESCRIBE), _ -> heartbeat())
                        .with(Need.group(READ))
                        .served(COORDINATOR_NOT_AVAILABLE),
                row(ApiKeys.OFFSET_COMMIT, 9, Need.group(READ), AclRows::commit)
                        .with(Need.topic(READ))
                        .served(COORDINATOR_NOT_AVAILABLE),
                row(ApiKeys.OFFSET_COMMIT, 9, Need.topic(READ), AclRows::commit)
                        .with(Need.group(READ))
                        .served(COORDINATOR_NOT_AVAILABLE),
                row(ApiKeys.OFFSET_COMMIT, 10, Need.topic(READ), AclRows::commit)
                        .with(Need.group(READ))
                        .served(COORDINATOR_NOT_AVAILABLE),
                row(ApiKeys.OFFSET_FETCH, 9, Need.group(DESCRIBE), _ -> offsets())
                        .with(Need.topic(DESCRIBE)),
                row(ApiKeys.OFFSET_FETCH, 7, Need.topic(DESCRIBE), _ -> offsetsOfOne())
                        .with(Need.group(DESCRIBE)));
    }

    private static FindCoordinatorRequestData coordinators(CoordinatorType type, String key) {
        return new FindCoordinatorRequestData().setKeyType(type.id()).setCoordinatorKeys(List.of(key));
    }

    private static ConsumerGroupHeartbeatRequestData heartbeat() {
        return new ConsumerGroupHeartbeatRequestData()
                .setGroupId("g")
                .setMemberId("m")
                .setSubscribedTopicNames(List.of("t"));
    }

    private static OffsetCommitRequestData commit(MemoryBroker broker) {
        return new OffsetCommitRequestData()
                .setGroupId("g")
                .setTopics(List.of(new OffsetCommitRequestData.OffsetCommitRequestTopic()
                        .setName("t")
                        .setTopicId(id(broker))
                        .setPartitions(List.of(new OffsetCommitRequestData.OffsetCommitRequestPartition()))));
    }

    private static OffsetFetchRequestData offsets() {
        return new OffsetFetchRequestData()
                .setGroups(List.of(new OffsetFetchRequestData.OffsetFetchRequestGroup()
                        .setGroupId("g")
                        .setTopics(List.of(new OffsetFetchRequestData.OffsetFetchRequestTopics()
                                .setName("t")
                                .setPartitionIndexes(List.of(0))))));
    }

    private static OffsetFetchRequestData offsetsOfOne() {
        return new OffsetFetchRequestData()
                .setGroupId("g")
                .setTopics(List.of(new OffsetFetchRequestData.OffsetFetchRequestTopic()
                        .setName("t")
                        .setPartitionIndexes(List.of(0))));
    }

    // -------------------------------------------------------------------------------------------------- groups

    private static List<AclRow> groups() {
        return List.of(
                row(
                        ApiKeys.DESCRIBE_GROUPS,
                        6,
                        Need.group(DESCRIBE),
                        _ -> new DescribeGroupsRequestData().setGroups(List.of("g"))),
                row(
                                ApiKeys.CONSUMER_GROUP_DESCRIBE,
                                1,
                                Need.group(DESCRIBE),
                                _ -> new ConsumerGroupDescribeRequestData().setGroupIds(List.of("g")))
                        .with(Need.topic(DESCRIBE)),
                row(
                                ApiKeys.CONSUMER_GROUP_DESCRIBE,
                                1,
                                Need.topic(DESCRIBE),
                                _ -> new ConsumerGroupDescribeRequestData().setGroupIds(List.of("g")))
                        .with(Need.group(DESCRIBE)),
                row(ApiKeys.LIST_GROUPS, 5, Need.group(DESCRIBE), _ -> new ListGroupsRequestData())
                        .leftOut(AclRows::listsGroup),
                row(ApiKeys.LIST_GROUPS, 5, Need.cluster(DESCRIBE), _ -> new ListGroupsRequestData())
                        .leftOut(AclRows::listsGroup),
                row(
                                ApiKeys.DELETE_GROUPS,
                                2,
                                Need.group(DELETE),
                                _ -> new DeleteGroupsRequestData().setGroupsNames(List.of("g")))
                        .served(COORDINATOR_NOT_AVAILABLE),
                row(ApiKeys.OFFSET_DELETE, 0, Need.group(DELETE), _ -> deleteOffsets())
                        .with(Need.topic(READ)),
                row(ApiKeys.OFFSET_DELETE, 0, Need.topic(READ), _ -> deleteOffsets())
                        .with(Need.group(DELETE)));
    }

    private static boolean listsGroup(AbstractResponse answer) {
        return !((ListGroupsResponseData) answer.data()).groups().isEmpty();
    }

    private static OffsetDeleteRequestData deleteOffsets() {
        var request = new OffsetDeleteRequestData().setGroupId("g");
        request.topics()
                .add(new OffsetDeleteRequestTopic()
                        .setName("t")
                        .setPartitions(List.of(new OffsetDeleteRequestData.OffsetDeleteRequestPartition())));
        return request;
    }

    // ------------------------------------------------------------------------------------------------- configs

    private static List<AclRow> configs() {
        var rows = new ArrayList<AclRow>(List.of(
                describeConfig(Need.topic(DESCRIBE_CONFIGS), ConfigResource.Type.TOPIC, "t"),
                describeConfig(Need.group(DESCRIBE_CONFIGS), ConfigResource.Type.GROUP, "g"),
                describeConfig(Need.cluster(DESCRIBE_CONFIGS), ConfigResource.Type.BROKER, "1"),
                describeConfig(Need.cluster(DESCRIBE_CONFIGS), ConfigResource.Type.BROKER, ""),
                describeConfig(Need.cluster(DESCRIBE_CONFIGS), ConfigResource.Type.BROKER_LOGGER, "1"),
                describeConfig(Need.cluster(DESCRIBE_CONFIGS), ConfigResource.Type.CLIENT_METRICS, "m"),
                row(
                        ApiKeys.LIST_CONFIG_RESOURCES,
                        0,
                        Need.cluster(DESCRIBE_CONFIGS),
                        _ -> new ListConfigResourcesRequestData()),
                row(
                        ApiKeys.LIST_CONFIG_RESOURCES,
                        1,
                        Need.cluster(DESCRIBE_CONFIGS),
                        _ -> new ListConfigResourcesRequestData())));
        for (ApiKeys key : List.of(ApiKeys.ALTER_CONFIGS, ApiKeys.INCREMENTAL_ALTER_CONFIGS)) {
            rows.add(alterConfig(key, Need.topic(ALTER_CONFIGS), ConfigResource.Type.TOPIC, "t"));
            rows.add(alterConfig(key, Need.group(ALTER_CONFIGS), ConfigResource.Type.GROUP, "g"));
            rows.add(alterConfig(key, Need.cluster(ALTER_CONFIGS), ConfigResource.Type.BROKER, ""));
            rows.add(alterConfig(key, Need.cluster(ALTER_CONFIGS), ConfigResource.Type.CLIENT_METRICS, "m"));
        }
        rows.add(alterConfig(
                ApiKeys.INCREMENTAL_ALTER_CONFIGS,
                Need.cluster(ALTER_CONFIGS),
                ConfigResource.Type.BROKER_LOGGER,
                "1"));
        return rows;
    }

    private static AclRow describeConfig(Need need, ConfigResource.Type type, String name) {
        return row(
                ApiKeys.DESCRIBE_CONFIGS,
                4,
                need,
                _ -> new DescribeConfigsRequestData()
                        .setResources(List.of(new DescribeConfigsResource()
                                .setResourceType(type.id())
                                .setResourceName(name)
                                .setConfigurationKeys(null))));
    }

    private static AclRow alterConfig(ApiKeys key, Need need, ConfigResource.Type type, String name) {
        if (key == ApiKeys.ALTER_CONFIGS) {
            var request = new AlterConfigsRequestData();
            request.resources()
                    .add(new AlterConfigsRequestData.AlterConfigsResource()
                            .setResourceType(type.id())
                            .setResourceName(name));
            return row(key, 2, need, _ -> request);
        }
        var request = new IncrementalAlterConfigsRequestData();
        request.resources()
                .add(new IncrementalAlterConfigsRequestData.AlterConfigsResource()
                        .setResourceType(type.id())
                        .setResourceName(name));
        return row(key, 1, need, _ -> request);
    }

    // ------------------------------------------------------------------------------------------------- cluster

    private static List<AclRow> cluster() {
        return List.of(
                row(
                                ApiKeys.DESCRIBE_CLUSTER,
                                2,
                                Need.cluster(DESCRIBE),
                                _ -> new DescribeClusterRequestData().setIncludeClusterAuthorizedOperations(true))
                        .leftOut(answer ->
                                ((DescribeClusterResponseData) answer.data()).clusterAuthorizedOperations() != 0),
                row(
                        ApiKeys.DESCRIBE_ACLS,
                        3,
                        Need.cluster(DESCRIBE),
                        _ -> new DescribeAclsRequestData()
                                .setResourceTypeFilter((byte) 1)
                                .setPatternTypeFilter((byte) 1)
                                .setOperation((byte) 1)
                                .setPermissionType((byte) 1)),
                row(ApiKeys.CREATE_ACLS, 3, Need.cluster(ALTER), _ -> createAcl()),
                row(ApiKeys.DELETE_ACLS, 3, Need.cluster(ALTER), _ -> deleteAcls()),
                row(
                        ApiKeys.DESCRIBE_LOG_DIRS,
                        4,
                        Need.cluster(DESCRIBE),
                        _ -> new DescribeLogDirsRequestData().setTopics(null)),
                row(ApiKeys.ALTER_REPLICA_LOG_DIRS, 2, Need.cluster(ALTER), _ -> moveReplica()),
                row(ApiKeys.ELECT_LEADERS, 2, Need.cluster(ALTER), _ -> elect()).served(Errors.ELECTION_NOT_NEEDED),
                row(
                        ApiKeys.ALTER_PARTITION_REASSIGNMENTS,
                        1,
                        Need.cluster(ALTER),
                        _ -> new AlterPartitionReassignmentsRequestData()),
                row(
                        ApiKeys.LIST_PARTITION_REASSIGNMENTS,
                        0,
                        Need.cluster(DESCRIBE),
                        _ -> new ListPartitionReassignmentsRequestData().setTopics(null)),
                row(
                        ApiKeys.DESCRIBE_QUORUM,
                        2,
                        Need.cluster(DESCRIBE),
                        _ -> DescribeQuorumRequest.singletonRequest(
                                new org.apache.kafka.common.TopicPartition("__cluster_metadata", 0))),
                row(ApiKeys.UPDATE_FEATURES, 2, Need.cluster(ALTER), _ -> new UpdateFeaturesRequestData()),
                row(
                                ApiKeys.UNREGISTER_BROKER,
                                0,
                                Need.cluster(ALTER),
                                _ -> new UnregisterBrokerRequestData().setBrokerId(7))
                        .served(Errors.BROKER_ID_NOT_REGISTERED));
    }

    private static CreateAclsRequestData createAcl() {
        return new CreateAclsRequestData()
                .setCreations(List.of(new CreateAclsRequestData.AclCreation()
                        .setResourceType((byte) 3)
                        .setResourceName("elsewhere")
                        .setPrincipal("User:ann")
                        .setHost("*")
                        .setOperation((byte) 3)
                        .setPermissionType((byte) 3)));
    }

    private static DeleteAclsRequestData deleteAcls() {
        return new DeleteAclsRequestData()
                .setFilters(List.of(new DeleteAclsRequestData.DeleteAclsFilter()
                        .setResourceTypeFilter((byte) 3)
                        .setResourceNameFilter("elsewhere")
                        .setPrincipalFilter("User:ann")
                        .setHostFilter("*")
                        .setOperation((byte) 3)
                        .setPermissionType((byte) 3)));
    }

    private static AlterReplicaLogDirsRequestData moveReplica() {
        var topic = new AlterReplicaLogDirsRequestData.AlterReplicaLogDirTopic()
                .setName("t")
                .setPartitions(List.of(0));
        var directory = new AlterReplicaLogDirsRequestData.AlterReplicaLogDir().setPath(PartitionsApi.LOG_DIRECTORY);
        directory.topics().add(topic);
        var request = new AlterReplicaLogDirsRequestData();
        request.dirs().add(directory);
        return request;
    }

    private static ElectLeadersRequestData elect() {
        var request = new ElectLeadersRequestData();
        request.topicPartitions()
                .add(new ElectLeadersRequestData.TopicPartitions().setTopic("t").setPartitions(List.of(0)));
        return request;
    }
}
