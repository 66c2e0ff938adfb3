package io.headrace.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.catalog.Acl;
import io.headrace.catalog.Acl.Effect;
import io.headrace.catalog.Acl.Operation;
import io.headrace.catalog.Acl.Pattern;
import io.headrace.catalog.Acl.ResourceType;
import io.headrace.security.AclIndex.Finding;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// What rules say together. That all of it is as Kafka says it, `AclOracleTest` shows.
@DisplayNameGeneration(ReplaceUnderscores.class)
class AclIndexTest {
    private static final User BOB = new User("bob", Set.of(), "10.0.0.7");

    private static Acl acl(Effect effect, String principal, Operation operation, Pattern pattern, String topic) {
        return new Acl(ResourceType.TOPIC, pattern, topic, principal, Acl.ANY, operation, effect);
    }

    private static Acl allow(String principal, Operation operation, String topic) {
        return acl(Effect.ALLOW, principal, operation, Pattern.LITERAL, topic);
    }

    private static Acl deny(String principal, Operation operation, String topic) {
        return acl(Effect.DENY, principal, operation, Pattern.LITERAL, topic);
    }

    private static Finding find(Operation operation, String topic, Acl... acls) {
        return new AclIndex(List.of(acls)).find(BOB, operation, ResourceType.TOPIC, topic);
    }

    private static Finding findAny(Operation operation, Acl... acls) {
        return new AclIndex(List.of(acls)).findAny(BOB, operation, ResourceType.TOPIC);
    }

    @Test
    void rules_about_other_resources_say_nothing() {
        assertThat(find(Operation.READ, "t", allow("User:bob", Operation.READ, "u")))
                .isEqualTo(Finding.NOTHING);
        assertThat(find(
                        Operation.READ,
                        "t",
                        new Acl(
                                ResourceType.GROUP,
                                Pattern.LITERAL,
                                "t",
                                "User:bob",
                                Acl.ANY,
                                Operation.READ,
                                Effect.ALLOW)))
                .isEqualTo(Finding.NOTHING);
    }

    @Test
    void a_rule_for_somebody_else_closes_the_resource_to_all_others() {
        assertThat(find(Operation.READ, "t", allow("User:ann", Operation.READ, "t")))
                .isEqualTo(Finding.NOT_ALLOWED);
        assertThat(find(Operation.READ, "t", deny("User:ann", Operation.READ, "t")))
                .isEqualTo(Finding.NOT_ALLOWED);
    }

    @Test
    void one_that_denies_wins_over_all_that_allow_wherever_it_stands() {
        var allowed = allow("User:bob", Operation.ALL, "t");

        assertThat(find(Operation.READ, "t", allowed)).isEqualTo(Finding.ALLOWED);
        assertThat(find(Operation.READ, "t", allowed, deny("User:*", Operation.READ, Acl.ANY)))
                .isEqualTo(Finding.DENIED);
        assertThat(find(
                        Operation.READ,
                        "t",
                        acl(Effect.DENY, "User:bob", Operation.ALL, Pattern.PREFIXED, "t"),
                        allowed))
                .isEqualTo(Finding.DENIED);
        assertThat(find(Operation.WRITE, "t", allowed, deny("User:bob", Operation.READ, "t")))
                .isEqualTo(Finding.ALLOWED);
    }

    @Test
    void a_prefix_is_about_all_names_that_begin_with_it() {
        var prefixed = acl(Effect.ALLOW, "User:bob", Operation.READ, Pattern.PREFIXED, "or");

        assertThat(find(Operation.READ, "or", prefixed)).isEqualTo(Finding.ALLOWED);
        assertThat(find(Operation.READ, "orders", prefixed)).isEqualTo(Finding.ALLOWED);
        assertThat(find(Operation.READ, "o", prefixed)).isEqualTo(Finding.NOTHING);
    }

    @Test
    void the_host_is_compared_to_the_letter() {
        var here =
                new Acl(ResourceType.TOPIC, Pattern.LITERAL, "t", "User:bob", "10.0.0.7", Operation.READ, Effect.ALLOW);
        var index = new AclIndex(List.of(here));

        assertThat(index.find(BOB, Operation.READ, ResourceType.TOPIC, "t")).isEqualTo(Finding.ALLOWED);
        assertThat(index.find(new User("bob", Set.of(), "10.0.0.8"), Operation.READ, ResourceType.TOPIC, "t"))
                .isEqualTo(Finding.NOT_ALLOWED);
        assertThat(index.find(new User("bob", Set.of()), Operation.READ, ResourceType.TOPIC, "t"))
                .isEqualTo(Finding.NOT_ALLOWED);
    }

    @Test
    void what_is_allowed_implies_that_it_may_be_described_and_what_is_denied_implies_nothing() {
        for (var operation : List.of(Operation.READ, Operation.WRITE, Operation.DELETE, Operation.ALTER)) {
            assertThat(find(Operation.DESCRIBE, "t", allow("User:bob", operation, "t")))
                    .isEqualTo(Finding.ALLOWED);
            assertThat(find(
                            Operation.DESCRIBE,
                            "t",
                            deny("User:bob", operation, "t"),
                            allow("User:bob", Operation.DESCRIBE, "t")))
                    .isEqualTo(Finding.ALLOWED);
        }
        assertThat(find(Operation.DESCRIBE, "t", allow("User:bob", Operation.CREATE, "t")))
                .isEqualTo(Finding.NOT_ALLOWED);
        assertThat(find(Operation.DESCRIBE_CONFIGS, "t", allow("User:bob", Operation.ALTER_CONFIGS, "t")))
                .isEqualTo(Finding.ALLOWED);
    }

    @Test
    void to_be_allowed_something_somewhere_a_rule_must_not_be_denied_whole() {
        var allowed = allow("User:bob", Operation.WRITE, "orders");

        assertThat(findAny(Operation.WRITE, allowed)).isEqualTo(Finding.ALLOWED);
        assertThat(findAny(Operation.WRITE, allowed, deny("User:bob", Operation.WRITE, "other")))
                .isEqualTo(Finding.ALLOWED);
        assertThat(findAny(Operation.WRITE, allowed, deny("User:bob", Operation.WRITE, "orders")))
                .isEqualTo(Finding.NOT_ALLOWED);
        assertThat(findAny(
                        Operation.WRITE, allowed, acl(Effect.DENY, "User:*", Operation.ALL, Pattern.PREFIXED, "ord")))
                .isEqualTo(Finding.NOT_ALLOWED);
        assertThat(findAny(Operation.WRITE, allowed, deny("User:*", Operation.WRITE, Acl.ANY)))
                .isEqualTo(Finding.DENIED);
    }
}
