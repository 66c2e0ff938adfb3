package io.headrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.catalog.Acl;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.CreateAclsRequestData;
import org.apache.kafka.common.message.CreateAclsRequestData.AclCreation;
import org.apache.kafka.common.message.CreateAclsResponseData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.DeleteAclsRequestData;
import org.apache.kafka.common.message.DeleteAclsRequestData.DeleteAclsFilter;
import org.apache.kafka.common.message.DeleteAclsResponseData;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.DescribeAclsRequestData;
import org.apache.kafka.common.message.DescribeAclsResponseData;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: rules are added, listed and removed as by Kafka's controller, in its words.
@DisplayNameGeneration(ReplaceUnderscores.class)
class AclsTest {
    private static final byte ANY = 1;
    private static final byte MATCH = 2;
    private static final byte LITERAL = 3;
    private static final byte PREFIXED = 4;
    private static final byte TOPIC = 2;
    private static final byte CLUSTER = 4;
    private static final byte READ = 3;
    private static final byte ALLOW = 3;

    private final MemoryBroker broker = new MemoryBroker();
    private TestPeer peer;

    @BeforeEach
    void administrator() {
        broker.tags.add("administrator");
        peer = new TestPeer(KafkaConfig.defaults(), broker);
    }

    private static AclCreation creation(byte type, byte pattern, String name, String principal) {
        return new AclCreation()
                .setResourceType(type)
                .setResourcePatternType(pattern)
                .setResourceName(name)
                .setPrincipal(principal)
                .setHost("*")
                .setOperation(READ)
                .setPermissionType(ALLOW);
    }

    private List<String> create(int version, AclCreation... creations) {
        var request = new CreateAclsRequestData().setCreations(List.of(creations));
        return peer.ask(ApiKeys.CREATE_ACLS, version, request, CreateAclsResponseData.class).results().stream()
                .map(result -> Errors.forCode(result.errorCode())
                        + (result.errorMessage() == null
                                        || result.errorMessage().isEmpty()
                                ? ""
                                : ": " + result.errorMessage()))
                .toList();
    }

    private List<String> describe(int version, byte patternFilter, String nameFilter) {
        var request = new DescribeAclsRequestData()
                .setResourceTypeFilter(TOPIC)
                .setPatternTypeFilter(patternFilter)
                .setResourceNameFilter(nameFilter)
                .setPrincipalFilter(null)
                .setHostFilter(null)
                .setOperation(ANY)
                .setPermissionType(ANY);
        return peer.ask(ApiKeys.DESCRIBE_ACLS, version, request, DescribeAclsResponseData.class).resources().stream()
                .flatMap(resource ->
                        resource.acls().stream().map(acl -> resource.resourceName() + " " + acl.principal()))
                .sorted()
                .toList();
    }

    @Test
    void rules_are_added_and_listed_in_every_version_by_all_kinds_of_filters() {
        for (int version = 1; version <= 3; version++) {
            assertThat(create(
                            version,
                            creation(TOPIC, LITERAL, "orders", "User:bob"),
                            creation(TOPIC, LITERAL, "*", "User:all"),
                            creation(TOPIC, PREFIXED, "ord", "User:pre")))
                    .containsExactly("NONE", "NONE", "NONE");
            assertThat(describe(version, ANY, null)).containsExactly("* User:all", "ord User:pre", "orders User:bob");
            assertThat(describe(version, LITERAL, "orders")).containsExactly("orders User:bob");
            assertThat(describe(version, PREFIXED, "ord")).containsExactly("ord User:pre");
            assertThat(describe(version, MATCH, "orders"))
                    .containsExactly("* User:all", "ord User:pre", "orders User:bob");
            assertThat(describe(version, MATCH, "others")).containsExactly("* User:all");
            assertThat(describe(version, ANY, "ord")).containsExactly("ord User:pre");
        }
        assertThat(broker.rights.catalog.acls().all()).hasSize(3);
    }

    @Test
    void what_is_no_rule_is_refused_by_itself_in_kafkas_words() {
        assertThat(create(
                        3,
                        creation(CLUSTER, LITERAL, "other", "User:bob"),
                        creation(TOPIC, LITERAL, "", "User:bob"),
                        creation((byte) 1, LITERAL, "t", "User:bob"),
                        creation(TOPIC, ANY, "t", "User:bob"),
                        creation(TOPIC, LITERAL, "t", "User:bob").setOperation(ANY),
                        creation(TOPIC, LITERAL, "t", "User:bob").setPermissionType(ANY),
                        creation(TOPIC, LITERAL, "t", "bob"),
                        creation(TOPIC, LITERAL, "t", "User:bob")))
                .containsExactly(
                        "INVALID_REQUEST: The only valid name for the CLUSTER resource is kafka-cluster",
                        "INVALID_REQUEST: Invalid empty resource name",
                        "INVALID_REQUEST: resourceType must not be ANY",
                        "INVALID_REQUEST: patternType must not be ANY",
                        "INVALID_REQUEST: operation must not be ANY",
                        "INVALID_REQUEST: permissionType must not be ANY",
                        "INVALID_REQUEST: Could not parse principal from `bob` (no colon is present separating the"
                                + " principal type from the principal name)",
                        "NONE");
        assertThat(broker.rights.catalog.acls().all()).hasSize(1);
    }

    @Test
    void rules_are_removed_by_filters_each_of_which_tells_what_it_met() {
        create(
                3,
                creation(TOPIC, LITERAL, "a", "User:bob"),
                creation(TOPIC, LITERAL, "b", "User:bob"),
                creation(TOPIC, PREFIXED, "a", "User:bob"));
        for (int version = 1; version <= 3; version++) {
            var exact = filter("a", LITERAL)
                    .setPrincipalFilter("User:bob")
                    .setHostFilter("*")
                    .setOperation(READ)
                    .setPermissionType(ALLOW);
            var answer = peer.ask(
                    ApiKeys.DELETE_ACLS,
                    version,
                    new DeleteAclsRequestData().setFilters(List.of(exact, filter("a", ANY), filter("none", ANY))),
                    DeleteAclsResponseData.class);

            var met = Stream.of(0, 1, 2)
                    .map(i -> answer.filterResults().get(i).matchingAcls().size());
            assertThat(met).containsExactly(version == 1 ? 1 : 0, version == 1 ? 2 : 0, 0);
        }
        assertThat(broker.rights.catalog.acls().all()).extracting(Acl::name).containsExactly("b");
    }

    private static DeleteAclsFilter filter(String name, byte pattern) {
        return new DeleteAclsFilter()
                .setResourceTypeFilter(TOPIC)
                .setResourceNameFilter(name)
                .setPatternTypeFilter(pattern)
                .setPrincipalFilter(null)
                .setHostFilter(null)
                .setOperation(ANY)
                .setPermissionType(ANY);
    }

    @Test
    void the_answer_waits_until_the_rules_last() {
        broker.holdAnswers = true;

        peer.send(
                ApiKeys.CREATE_ACLS,
                3,
                new CreateAclsRequestData().setCreations(List.of(creation(TOPIC, LITERAL, "t", "User:bob"))));

        assertThat(peer.answers()).isEmpty();
        broker.answerHeld();
        assertThat(peer.answers()).hasSize(1);
    }

    // ------------------------------------------------------------------------------------------ what is told

    /// Another session, of a user with these rules and no permission.
    private TestPeer bob(Acl... rules) {
        broker.tags.clear();
        broker.rights.noPermission("guest");
        broker.rights.add(List.of(rules));
        return new TestPeer(KafkaConfig.defaults(), broker);
    }

    private static Acl allow(Acl.ResourceType type, String name, Acl.Operation operation) {
        return new Acl(type, Acl.Pattern.LITERAL, name, "User:guest", Acl.ANY, operation, Acl.Effect.ALLOW);
    }

    private static int bits(AclOperation... operations) {
        int bits = 0;
        for (AclOperation operation : operations) {
            bits |= 1 << operation.code();
        }
        return bits;
    }

    @Test
    void authorized_operations_are_those_that_are_allowed_and_what_they_imply() {
        broker.add("t", 1);
        var guest = bob(
                allow(Acl.ResourceType.TOPIC, "t", Acl.Operation.WRITE),
                allow(Acl.ResourceType.TOPIC, "t", Acl.Operation.ALTER_CONFIGS),
                allow(Acl.ResourceType.CLUSTER, "kafka-cluster", Acl.Operation.ALTER));

        var topic = guest.ask(
                        ApiKeys.METADATA,
                        9,
                        new MetadataRequestData()
                                .setTopics(List.of(new MetadataRequestTopic().setName("t")))
                                .setIncludeTopicAuthorizedOperations(true),
                        MetadataResponseData.class)
                .topics()
                .find("t");
        var cluster = guest.ask(
                ApiKeys.DESCRIBE_CLUSTER,
                1,
                new DescribeClusterRequestData().setIncludeClusterAuthorizedOperations(true),
                DescribeClusterResponseData.class);

        assertThat(topic.topicAuthorizedOperations())
                .isEqualTo(bits(
                        AclOperation.WRITE,
                        AclOperation.DESCRIBE,
                        AclOperation.ALTER_CONFIGS,
                        AclOperation.DESCRIBE_CONFIGS));
        assertThat(cluster.clusterAuthorizedOperations()).isEqualTo(bits(AclOperation.ALTER, AclOperation.DESCRIBE));
    }

    @Test
    void who_may_not_see_a_topic_is_told_the_same_whether_it_is_there_or_not() {
        var hidden = broker.add("hidden", 1);
        var guest = bob();

        for (var wanted : List.of(
                List.of(new MetadataRequestTopic().setName("hidden"), new MetadataRequestTopic().setName("none")),
                List.of(new MetadataRequestTopic().setName(null).setTopicId(Names.id(hidden.id()))))) {
            var metadata = guest.ask(
                    ApiKeys.METADATA, 12, new MetadataRequestData().setTopics(wanted), MetadataResponseData.class);
            assertThat(metadata.topics())
                    .extracting(topic -> topic.name())
                    .containsExactlyElementsOf(
                            wanted.stream().map(MetadataRequestTopic::name).toList());
            assertThat(metadata.topics()).allSatisfy(topic -> {
                assertThat(topic.errorCode()).isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED.code());
                assertThat(topic.partitions()).isEmpty();
            });
        }

        var deleted = guest.ask(
                ApiKeys.DELETE_TOPICS,
                6,
                new DeleteTopicsRequestData()
                        .setTopics(List.of(
                                new DeleteTopicState().setName("hidden"),
                                new DeleteTopicState().setName("none"),
                                new DeleteTopicState().setName(null).setTopicId(Names.id(hidden.id())))),
                DeleteTopicsResponseData.class);
        assertThat(deleted.responses())
                .extracting(result -> result.name() + " " + Errors.forCode(result.errorCode()))
                .containsExactly(
                        "hidden TOPIC_AUTHORIZATION_FAILED",
                        "none TOPIC_AUTHORIZATION_FAILED",
                        "null TOPIC_AUTHORIZATION_FAILED");
        assertThat(broker.topics).containsKey("hidden");
    }

    @Test
    void who_may_create_a_topic_and_not_read_its_configuration_is_not_told_it() {
        var guest = bob(allow(Acl.ResourceType.TOPIC, "t", Acl.Operation.CREATE));
        var request = new CreateTopicsRequestData();
        request.topics()
                .add(new CreatableTopic().setName("t").setNumPartitions(3).setReplicationFactor((short) 1));

        var created = guest.ask(ApiKeys.CREATE_TOPICS, 7, request, CreateTopicsResponseData.class)
                .topics()
                .find("t");

        assertThat(created.errorCode()).isZero();
        assertThat(created.topicConfigErrorCode()).isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED.code());
        assertThat(created.configs()).isNullOrEmpty();
        assertThat(created.numPartitions()).isEqualTo(-1);
    }
}
