package io.headrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.catalog.Acl;
import io.headrace.kafka.AclRow.Need;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.Assignment;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.Member;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.TopicPartitions;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: every request asks for the right that Kafka asks for, and answers without it as Kafka does.
///
/// Method: each row of [AclRows] is tried by a user who has no permission at all, with rules of every operation,
/// effect and pattern about the resource; then by users who have permissions and no rule. A cell is served, or gets
/// exactly the row's error. What rules imply is spelled out here a second time. Real sessions, the real authorizer,
/// Kafka's bytes.
@DisplayNameGeneration(ReplaceUnderscores.class)
class AclMatrixTest {
    private static final int CELLS_MIN = 4_000;
    private static final String BOB = "bob";
    private static final String HERE = "127.0.0.1";

    private static final Map<ResourceType, Set<AclOperation>> OPERATIONS = Map.of(
            ResourceType.TOPIC,
            EnumSet.of(
                    AclOperation.ALL,
                    AclOperation.READ,
                    AclOperation.WRITE,
                    AclOperation.CREATE,
                    AclOperation.DELETE,
                    AclOperation.ALTER,
                    AclOperation.DESCRIBE,
                    AclOperation.DESCRIBE_CONFIGS,
                    AclOperation.ALTER_CONFIGS),
            ResourceType.GROUP,
            EnumSet.of(
                    AclOperation.ALL,
                    AclOperation.READ,
                    AclOperation.DELETE,
                    AclOperation.DESCRIBE,
                    AclOperation.DESCRIBE_CONFIGS,
                    AclOperation.ALTER_CONFIGS),
            ResourceType.CLUSTER,
            EnumSet.of(
                    AclOperation.ALL,
                    AclOperation.CREATE,
                    AclOperation.CLUSTER_ACTION,
                    AclOperation.DESCRIBE_CONFIGS,
                    AclOperation.ALTER_CONFIGS,
                    AclOperation.IDEMPOTENT_WRITE,
                    AclOperation.ALTER,
                    AclOperation.DESCRIBE),
            ResourceType.TRANSACTIONAL_ID,
            EnumSet.of(AclOperation.ALL, AclOperation.DESCRIBE, AclOperation.WRITE, AclOperation.TWO_PHASE_COMMIT));

    private final List<String> failures = new ArrayList<>();
    private int cells;

    /// How the name of a resource stands in a rule about it.
    private enum Wording {
        LITERAL,
        PREFIXED,
        EVERY;

        Acl rule(Need need, AclOperation operation, Acl.Effect effect, String principal, String host) {
            return new Acl(
                    Acl.ResourceType.of(need.type().code()),
                    this == PREFIXED ? Acl.Pattern.PREFIXED : Acl.Pattern.LITERAL,
                    switch (this) {
                        case LITERAL -> need.name();
                        case PREFIXED -> need.name().substring(0, 1);
                        case EVERY -> "*";
                    },
                    principal,
                    host,
                    Acl.Operation.of(operation.code()),
                    effect);
        }
    }

    @Test
    void every_request_that_is_served_has_its_rows() {
        var rows = AclRows.all().stream().map(AclRow::key).collect(Collectors.toSet());

        assertThat(TestPeer.apis().all().stream()
                        .map(Served::key)
                        .filter(key -> !rows.contains(key) && !AclRows.ASK_FOR_NOTHING.containsKey(key)))
                .as("add rows to AclRows")
                .isEmpty();
    }

    @Test
    void every_request_asks_for_its_right() {
        for (AclRow row : AclRows.all()) {
            withRules(row);
            withRulesOfOthers(row);
            withPermissions(row);
        }
        assertThat(failures).isEmpty();
        assertThat(cells).isGreaterThan(CELLS_MIN);
    }

    private void withRules(AclRow row) {
        for (AclOperation operation : OPERATIONS.get(row.need().type())) {
            for (Wording wording : Wording.values()) {
                cell(
                        row,
                        "allowed " + operation + " " + wording,
                        row.need().met(needed -> implies(operation, needed)),
                        rule(row.need(), wording, operation, Acl.Effect.ALLOW));
                cell(
                        row,
                        "allowed ALL, denied " + operation + " " + wording,
                        row.need().met(needed -> operation != needed && operation != AclOperation.ALL),
                        rule(row.need(), Wording.LITERAL, AclOperation.ALL, Acl.Effect.ALLOW),
                        rule(row.need(), wording, operation, Acl.Effect.DENY));
            }
        }
    }

    private void withRulesOfOthers(AclRow row) {
        var need = row.need();
        cell(row, "nothing", false);
        cell(
                row,
                "allowed to another",
                false,
                Wording.LITERAL.rule(need, AclOperation.ALL, Acl.Effect.ALLOW, "User:ann", Acl.ANY));
        cell(
                row,
                "allowed to everybody",
                true,
                Wording.LITERAL.rule(need, AclOperation.ALL, Acl.Effect.ALLOW, "User:*", Acl.ANY));
        cell(
                row,
                "allowed from here",
                true,
                Wording.LITERAL.rule(need, AclOperation.ALL, Acl.Effect.ALLOW, "User:bob", HERE));
        cell(
                row,
                "allowed from elsewhere",
                false,
                Wording.LITERAL.rule(need, AclOperation.ALL, Acl.Effect.ALLOW, "User:bob", "10.0.0.1"));
        cell(
                row,
                "denied from elsewhere",
                true,
                rule(need, Wording.LITERAL, AclOperation.ALL, Acl.Effect.ALLOW),
                Wording.LITERAL.rule(need, AclOperation.ALL, Acl.Effect.DENY, "User:bob", "10.0.0.1"));
        cell(
                row,
                "denied to another",
                true,
                rule(need, Wording.LITERAL, AclOperation.ALL, Acl.Effect.ALLOW),
                Wording.LITERAL.rule(need, AclOperation.ALL, Acl.Effect.DENY, "User:ann", Acl.ANY));
    }

    /// Where no rule is about the resource, AMQP's permission decides.
    private void withPermissions(AclRow row) {
        var need = row.need();
        if (need.type() == ResourceType.CLUSTER || row.key() == ApiKeys.INIT_PRODUCER_ID) {
            permissionCell(row, "everything permitted", permittedForCluster(row), ".*", ".*", ".*");
            return;
        }
        var just = "^" + need.name() + "$";
        permissionCell(row, "nothing permitted", false, "", "", "");
        permissionCell(row, "configure permitted", permits(need, Access.CONFIGURE), just, "", "");
        permissionCell(row, "write permitted", permits(need, Access.WRITE), "", just, "");
        permissionCell(row, "read permitted", permits(need, Access.READ), "", "", just);
        permissionCell(row, "everything permitted", true, just, just, just);
        for (AclOperation denied : need.operations()) {
            permissionCell(
                    row,
                    "everything permitted, denied " + denied,
                    false,
                    just,
                    just,
                    just,
                    rule(need, Wording.LITERAL, denied, Acl.Effect.DENY));
        }
        permissionCell(
                row,
                "everything permitted, a rule for another",
                false,
                just,
                just,
                just,
                Wording.LITERAL.rule(need, AclOperation.ALL, Acl.Effect.ALLOW, "User:ann", Acl.ANY));
    }

    private enum Access {
        CONFIGURE,
        WRITE,
        READ
    }

    private static boolean permits(Need need, Access access) {
        return need.operations().stream().allMatch(operation -> switch (operation) {
            case READ -> access == Access.READ;
            case WRITE -> access == Access.WRITE;
            case CREATE, DELETE, ALTER, ALTER_CONFIGS -> access == Access.CONFIGURE;
            case DESCRIBE, DESCRIBE_CONFIGS -> true;
            default -> throw new IllegalArgumentException(operation.toString());
        });
    }

    /// Who has permissions for all names may read the broker's configuration, and produce; and what a topic's or a
    /// group's own right gives, that the cluster's stands in for.
    private static boolean permittedForCluster(AclRow row) {
        var need = row.need();
        boolean otherwise = row.key() == ApiKeys.INIT_PRODUCER_ID
                || row.key() == ApiKeys.OFFSET_FOR_LEADER_EPOCH
                || row.key() == ApiKeys.CREATE_TOPICS
                || row.key() == ApiKeys.DELETE_TOPICS
                || row.key() == ApiKeys.LIST_GROUPS;
        return otherwise || need.operations().equals(List.of(AclOperation.DESCRIBE_CONFIGS));
    }

    private static boolean implies(AclOperation granted, AclOperation needed) {
        if (granted == AclOperation.ALL || granted == needed) {
            return true;
        }
        return switch (needed) {
            case DESCRIBE ->
                EnumSet.of(AclOperation.READ, AclOperation.WRITE, AclOperation.DELETE, AclOperation.ALTER)
                        .contains(granted);
            case DESCRIBE_CONFIGS -> granted == AclOperation.ALTER_CONFIGS;
            default -> false;
        };
    }

    private static Acl rule(Need need, Wording wording, AclOperation operation, Acl.Effect effect) {
        return wording.rule(need, operation, effect, "User:" + BOB, Acl.ANY);
    }

    private void cell(AclRow row, String what, boolean served, Acl... rules) {
        check(row, what, served, ask(row, rights -> {}, rules));
    }

    private void permissionCell(
            AclRow row, String what, boolean served, String configure, String write, String read, Acl... rules) {
        check(row, what, served, ask(row, rights -> rights.permission(BOB, configure, write, read), rules));
    }

    private void check(AclRow row, String what, boolean served, Set<Errors> got) {
        cells++;
        var expected = served ? row.served() : row.refused();
        if (!got.equals(expected)) {
            failures.add(row + ", " + what + ": expected " + expected + ", got " + got);
        }
    }

    private interface Preparation {
        void of(TestRights rights);
    }

    private static Set<Errors> ask(AclRow row, Preparation preparation, Acl... rules) {
        var broker = new MemoryBroker();
        broker.add("t", 1);
        broker.passwords.put(BOB, "b");
        broker.rights.user(BOB, Set.of());
        preparation.of(broker.rights);
        broker.rights.add(List.of(rules));
        row.others()
                .forEach(other -> other.operations()
                        .forEach(operation ->
                                broker.rights.add(List.of(rule(other, Wording.LITERAL, operation, Acl.Effect.ALLOW)))));
        answerOfGroups(broker.groups);
        var peer = new TestPeer(asBob(), broker);
        row.before().forEach(first -> {
            peer.send(first.key(), first.version(), first.request().apply(broker));
            peer.answers();
        });
        peer.send(row.key(), row.version(), row.request().apply(broker));
        var answers = peer.answers();
        if (answers.size() != 1) {
            throw new AssertionError(row + ": " + answers.size() + " answers");
        }
        return row.read().apply(answers.getFirst());
    }

    private static KafkaConfig asBob() {
        return TestPeer.config("anonymous-user", BOB);
    }

    /// What lists and descriptions show; of all else the coordinator says that it is not available.
    private static void answerOfGroups(MemoryGroups groups) {
        groups.answer(
                "listGroups",
                (Object _) -> new ListGroupsResponseData()
                        .setGroups(List.of(new ListGroupsResponseData.ListedGroup().setGroupId("g"))));
        groups.answer(
                "describeGroups",
                AclMatrixTest.<String>each(id -> new DescribeGroupsResponseData.DescribedGroup().setGroupId(id)));
        groups.answer("deleteOffsets", (Object _) -> new OffsetDeleteResponseData());
        groups.answer("consumerGroupDescribe", AclMatrixTest.<String>each(AclMatrixTest::reading));
        groups.answer(
                "fetchOffsets",
                (OffsetFetchRequestGroup asked) -> new OffsetFetchResponseGroup().setGroupId(asked.groupId()));
        AclShareRows.answerOfGroups(groups);
        AclStreamsRows.answerOfGroups(groups);
    }

    private static <T> Function<List<T>, Object> each(Function<T, Object> answer) {
        return asked -> asked.stream().map(answer).toList();
    }

    /// A group with a member that reads `t`.
    private static Object reading(String group) {
        var assignment = new Assignment().setTopicPartitions(List.of(new TopicPartitions().setTopicName("t")));
        return new ConsumerGroupDescribeResponseData.DescribedGroup()
                .setGroupId(group)
                .setMembers(List.of(new Member().setAssignment(assignment).setTargetAssignment(assignment)));
    }
}
