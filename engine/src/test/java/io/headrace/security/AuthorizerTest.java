package io.headrace.security;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.headrace.catalog.Acl;
import io.headrace.catalog.Acl.Effect;
import io.headrace.catalog.Acl.Operation;
import io.headrace.catalog.Acl.Pattern;
import io.headrace.catalog.Acl.ResourceType;
import io.headrace.catalog.AclDecisions;
import io.headrace.catalog.Catalog;
import io.headrace.catalog.CatalogOperation;
import io.headrace.catalog.Decision;
import io.headrace.catalog.Permission;
import io.headrace.catalog.Refusal;
import io.headrace.catalog.Refusal.Access;
import io.headrace.catalog.Resource;
import io.headrace.catalog.UserDefinition;
import io.headrace.log.EntryFrame;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: rules and permissions together say one thing, at once when either changes.
@DisplayNameGeneration(ReplaceUnderscores.class)
class AuthorizerTest {
    private static final String HERE = Catalog.DEFAULT_VHOST;

    private final Catalog catalog = new Catalog();
    private final Authorizer authorizer = new Authorizer(catalog, new Permissions(catalog));
    private final User bob = new User("bob", Set.of(), "10.0.0.1");
    private long nextOffset;

    @BeforeEach
    void bobExists() {
        carryOut(catalog.operators().decideAddVhost(HERE));
        carryOut(catalog.operators().decideAddVhost("other"));
        carryOut(catalog.operators().decidePutUser(new UserDefinition("bob", "", Set.of())));
    }

    @Test
    void where_there_is_no_rule_the_permission_decides() {
        permit("^c", "^w", "^r");

        assertThat(may(Operation.READ, ResourceType.TOPIC, "r")).isTrue();
        assertThat(may(Operation.READ, ResourceType.GROUP, "r")).isTrue();
        assertThat(may(Operation.WRITE, ResourceType.TRANSACTIONAL_ID, "w")).isTrue();
        assertThat(may(Operation.READ, ResourceType.TOPIC, "w")).isFalse();
        assertThat(may(Operation.DELETE, ResourceType.TOPIC, "c")).isTrue();
        assertThat(may(Operation.DESCRIBE, ResourceType.TOPIC, "w")).isTrue();
        assertThat(may(Operation.ALL, ResourceType.TOPIC, "w")).isFalse();
        assertThat(may(Operation.ALTER, ResourceType.CLUSTER, "kafka-cluster")).isFalse();
        assertThat(may(Operation.DESCRIBE_CONFIGS, ResourceType.CLUSTER, "kafka-cluster"))
                .isTrue();
        assertThat(authorizer.mayAny(bob, HERE, Operation.WRITE, ResourceType.TOPIC))
                .isTrue();
    }

    @Test
    void where_there_is_a_rule_about_the_resource_the_permission_is_not_asked() {
        permit(".*", ".*", ".*");
        add(rule(Effect.ALLOW, "User:ann", Operation.READ, "t"));

        assertThat(may(Operation.READ, ResourceType.TOPIC, "t")).isFalse();
        assertThat(may(Operation.READ, ResourceType.TOPIC, "u")).isTrue();

        add(rule(Effect.ALLOW, "User:bob", Operation.READ, "t"));

        assertThat(may(Operation.READ, ResourceType.TOPIC, "t")).isTrue();
    }

    @Test
    void a_rule_lets_in_who_has_no_permission_at_all() {
        add(rule(Effect.ALLOW, "User:bob", Operation.WRITE, "t"));

        assertThat(may(Operation.WRITE, ResourceType.TOPIC, "t")).isTrue();
        assertThat(may(Operation.DESCRIBE, ResourceType.TOPIC, "t")).isTrue();
        assertThat(may(Operation.READ, ResourceType.TOPIC, "t")).isFalse();
        assertThat(authorizer.mayAny(bob, HERE, Operation.WRITE, ResourceType.TOPIC))
                .isTrue();
    }

    @Test
    void administrators_are_not_held_by_rules_as_long_as_they_are_administrators() {
        add(rule(Effect.DENY, "User:*", Operation.ALL, Acl.ANY));
        assertThat(may(Operation.READ, ResourceType.TOPIC, "t")).isFalse();

        tag("administrator");
        assertThat(may(Operation.READ, ResourceType.TOPIC, "t")).isTrue();
        assertThat(may(Operation.ALTER, ResourceType.CLUSTER, "kafka-cluster")).isTrue();
        assertThat(refused(Access.READ, Operation.READ, "t")).isFalse();

        tag("monitoring");
        assertThat(may(Operation.READ, ResourceType.TOPIC, "t")).isFalse();
        assertThat(may(Operation.DESCRIBE, ResourceType.CLUSTER, "kafka-cluster"))
                .isTrue();
        assertThat(may(Operation.ALTER, ResourceType.CLUSTER, "kafka-cluster")).isFalse();
    }

    @Test
    void an_amqp_user_is_held_by_what_is_denied_and_not_by_what_others_are_allowed() {
        add(rule(Effect.ALLOW, "User:ann", Operation.WRITE, "t"));
        assertThat(refused(Access.WRITE, Operation.WRITE, "t")).isFalse();

        add(rule(Effect.DENY, "User:bob", Operation.WRITE, "t"));
        assertThat(refused(Access.WRITE, Operation.WRITE, "t")).isTrue();
        assertThat(refused(Access.READ, Operation.READ, "t")).isFalse();
    }

    @Test
    void rules_are_about_the_vhost_of_kafkas_clients() {
        add(rule(Effect.DENY, "User:bob", Operation.ALL, Acl.ANY));

        assertThat(authorizer.refuseTopic(bob, Access.READ, Operation.READ, Resource.topic("t", "other")))
                .isEmpty();
        assertThat(authorizer.refuseTopic(bob, Access.READ, Operation.READ, Resource.topic("t", HERE)))
                .contains(new Refusal.AccessRefused(Access.READ, Resource.topic("t", HERE), "bob"));
    }

    @Test
    void what_a_session_remembers_is_forgotten_when_a_rule_or_a_permission_changes() {
        var verdicts = new Verdicts(authorizer, bob, HERE);
        var allowed = rule(Effect.ALLOW, "User:bob", Operation.READ, "t");
        assertThat(verdicts.may(Operation.READ, ResourceType.TOPIC, "t")).isFalse();

        add(allowed);
        assertThat(verdicts.may(Operation.READ, ResourceType.TOPIC, "t")).isTrue();
        carryOut(catalog.acls().decideRemove(List.of(allowed)));
        assertThat(verdicts.may(Operation.READ, ResourceType.TOPIC, "t")).isFalse();
        permit("", "", "t");
        assertThat(verdicts.may(Operation.READ, ResourceType.TOPIC, "t")).isTrue();
        assertThat(verdicts.may(Operation.READ, ResourceType.GROUP, "g")).isFalse();
        tag("administrator");
        assertThat(verdicts.may(Operation.READ, ResourceType.GROUP, "g")).isTrue();
    }

    @Test
    void a_session_answers_for_more_names_and_longer_ones_than_it_remembers() {
        permit("", "", "7$");
        var verdicts = new Verdicts(authorizer, bob, HERE);

        for (int i = 0; i < Verdicts.NAMES_MAX + 10; i++) {
            assertThat(verdicts.may(Operation.READ, ResourceType.TOPIC, "t" + i))
                    .isEqualTo(i % 10 == 7);
        }
        assertThat(verdicts.may(Operation.READ, ResourceType.GROUP, "x".repeat(Verdicts.NAME_CHARS_MAX) + "7"))
                .isTrue();
    }

    @Test
    void asking_again_makes_no_objects() {
        add(rule(Effect.ALLOW, "User:bob", Operation.WRITE, "t"));
        var verdicts = new Verdicts(authorizer, bob, HERE);
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int allowed = 0;
        verdicts.may(Operation.WRITE, ResourceType.TOPIC, "t");
        threads.getCurrentThreadAllocatedBytes();

        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 10_000; i++) {
            if (verdicts.may(Operation.WRITE, ResourceType.TOPIC, "t")) {
                allowed++;
            }
        }
        long bytes = threads.getCurrentThreadAllocatedBytes() - before;

        assertThat(allowed).isEqualTo(10_000);
        assertThat(bytes).isLessThan(10_000);
    }

    @Test
    void there_are_not_rules_without_end() {
        var many = new ArrayList<Acl>();
        for (int i = 0; i <= AclDecisions.ACLS_MAX; i++) {
            many.add(rule(Effect.ALLOW, "User:bob", Operation.READ, "t" + i));
        }

        assertThat(catalog.acls().decideAdd(many)).isInstanceOf(Decision.Refused.class);
        assertThat(catalog.acls().decideAdd(many.subList(1, many.size()))).isInstanceOf(Decision.Change.class);
        assertThat(catalog.acls()
                        .decideAdd(List.of(rule(Effect.ALLOW, "User:" + "b".repeat(70_000), Operation.READ, "t"))))
                .isInstanceOf(Decision.Refused.class);
    }

    @Test
    void a_rule_is_there_once_however_often_it_is_added() {
        var rule = rule(Effect.ALLOW, "User:bob", Operation.READ, "t");
        add(rule);

        assertThat(catalog.acls().decideAdd(List.of(rule, rule))).isEqualTo(new Decision.NoChange<>(0));
        assertThat(catalog.acls().all()).containsExactly(rule);
        carryOut(catalog.acls().decideRemove(List.of(rule)));
        assertThat(catalog.acls().decideRemove(List.of(rule))).isEqualTo(new Decision.NoChange<>(0));
    }

    private boolean may(Operation operation, ResourceType type, String name) {
        return authorizer.may(bob, HERE, operation, type, name);
    }

    private boolean refused(Access access, Operation operation, String topic) {
        return authorizer
                .refuseTopic(bob, access, operation, Resource.topic(topic, HERE))
                .isPresent();
    }

    private static Acl rule(Effect effect, String principal, Operation operation, String topic) {
        return new Acl(ResourceType.TOPIC, Pattern.LITERAL, topic, principal, Acl.ANY, operation, effect);
    }

    private void add(Acl acl) {
        carryOut(catalog.acls().decideAdd(List.of(acl)));
    }

    private void permit(String configure, String write, String read) {
        carryOut(catalog.operators().decidePutPermission("bob", HERE, new Permission(configure, write, read)));
    }

    private void tag(String tag) {
        carryOut(catalog.operators().decidePutUser(new UserDefinition("bob", "", Set.of(tag))));
    }

    private void carryOut(Decision<?> decision) {
        assertThat(decision).isInstanceOf(Decision.Change.class);
        List<CatalogOperation> operations = ((Decision.Change<?>) decision).operations();
        int bytes = CatalogOperation.sizeBytes(operations);
        ByteBuffer page = ByteBuffer.allocate(EntryFrame.VALUE_START + bytes);
        CatalogOperation.encode(operations, page, EntryFrame.VALUE_START);
        catalog.apply(nextOffset++, 0, page, 0, bytes);
    }
}
