package io.headrace.catalog;

import static io.headrace.catalog.TestCatalog.VHOST;
import static io.headrace.catalog.TestCatalog.arguments;
import static io.headrace.catalog.TestCatalog.number;
import static io.headrace.catalog.TestCatalog.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: operators get what RabbitMQ gives them, and its words when they do not.
@DisplayNameGeneration(ReplaceUnderscores.class)
class OperatorsTest {
    private final TestCatalog test = new TestCatalog();
    private final Catalog catalog = test.catalog;

    @Test
    void a_vhost_is_described_when_it_is_made_and_later() {
        var described = new VhostDefinition("w", "orders", List.of("a"), Optional.of(QueueType.QUORUM), true, false);
        test.carryOut(catalog.operators().decidePutVhost(described));
        assertThat(catalog.vhost("w")).contains(described);
        assertThat(catalog.exchange("w", "amq.topic")).isPresent();

        test.carryOut(catalog.operators().decidePutVhost(VhostDefinition.plain("w")));

        assertThat(catalog.vhost("w")).contains(VhostDefinition.plain("w"));
        assertThat(catalog.operators().decidePutVhost(VhostDefinition.plain("w")))
                .isInstanceOf(Decision.NoChange.class);
    }

    @Test
    void a_restart_ends_tracing_and_nothing_else_of_a_description() {
        test.carryOut(catalog.operators()
                .decidePutVhost(new VhostDefinition("w", "d", List.of(), Optional.empty(), true, true)));

        test.carryOut(catalog.decideRestart());

        assertThat(catalog.vhost("w"))
                .contains(new VhostDefinition("w", "d", List.of(), Optional.empty(), false, true));
    }

    @Test
    void a_protected_vhost_is_not_deleted() {
        test.carryOut(catalog.operators()
                .decidePutVhost(new VhostDefinition("w", "", List.of(), Optional.empty(), false, true)));

        assertThat(refusal(catalog.operators().decideRemoveVhost("w")))
                .isEqualTo(new Refusal.Malformed(
                        "Refusing to delete virtual host 'w' because it is protected from deletion"));
    }

    @Test
    void a_user_put_again_keeps_its_limits() {
        user("u", "h1");
        test.carryOut(catalog.operators().decidePutUserLimit("u", "max-channels", 3));

        user("u", "h2");

        assertThat(catalog.user("u").orElseThrow().limit("max-channels")).isEqualTo(3);
        test.carryOut(catalog.operators().decideRemoveUserLimit("u", "max-channels"));
        assertThat(catalog.user("u").orElseThrow().limit("max-channels")).isNegative();
    }

    @Test
    void what_scram_knows_of_a_user_goes_with_the_password() {
        user("u", "h1");
        user("other", "h1");
        test.carryOut(catalog.decidePutSettings("kafka.scram/u", Map.of("SCRAM-SHA-256", "s", "SCRAM-SHA-512", "s")));
        test.carryOut(catalog.decidePutSettings("kafka.scram/other", Map.of("SCRAM-SHA-256", "s")));

        test.carryOut(catalog.operators().decidePutUserLimit("u", "max-channels", 3));
        assertThat(catalog.settings("kafka.scram/u")).hasSize(2);
        user("u", "h2");
        assertThat(catalog.settingsBelow("kafka.scram/")).containsOnlyKeys("other");
        test.carryOut(catalog.operators().decideRemoveUser("other"));

        assertThat(catalog.settingsBelow("kafka.scram/")).isEmpty();
    }

    @Test
    void a_user_whom_scram_is_the_first_to_name_can_do_nothing_else() {
        test.carryOut(catalog.operators().decidePutScram("u", Map.of("SCRAM-SHA-256", "s")));

        assertThat(catalog.user("u")).contains(new UserDefinition("u", "", Set.of()));
        assertThat(catalog.permissionsOf("u")).isEmpty();
        assertThat(catalog.settings("kafka.scram/u")).containsOnlyKeys("SCRAM-SHA-256");
    }

    @Test
    void what_scram_knows_leaves_the_password_of_a_user_alone() {
        user("u", "h1");

        test.carryOut(catalog.operators().decidePutScram("u", Map.of("SCRAM-SHA-256", "s")));

        assertThat(catalog.user("u").orElseThrow().passwordHash()).isEqualTo("h1");
    }

    @Test
    void an_unknown_limit_is_refused_in_rabbitmqs_words() {
        user("u", "");

        assertThat(refusal(catalog.operators().decidePutUserLimit("u", "max-foo", 7)))
                .isEqualTo(new Refusal.Malformed("Unrecognised terms [{<<\"max-foo\">>,7}] in user-limits"));
        assertThat(refusal(catalog.rules().decidePutVhostLimit(VHOST, "max-foo", 7)))
                .isEqualTo(invalid("Unrecognised terms [{<<\"max-foo\">>,7}] in limits"));
        assertThat(refusal(catalog.operators().decidePutUserLimit("nobody", "max-channels", 7)))
                .isEqualTo(new Refusal.UserNotFound("nobody"));
        assertThat(refusal(catalog.rules().decidePutVhostLimit("nowhere", "max-queues", 7)))
                .isEqualTo(new Refusal.VhostNotFound("nowhere"));
    }

    @Test
    void limits_of_a_vhost_are_a_parameter() {
        test.carryOut(catalog.rules().decidePutVhostLimit(VHOST, "max-queues", 7));
        test.carryOut(catalog.rules().decidePutVhostLimit(VHOST, "max-connections", 3));
        assertThat(catalog.parameters())
                .containsExactly(limits(arguments("max-connections", number(3), "max-queues", number(7))));

        test.carryOut(catalog.rules().decidePutParameter(limits(arguments("max-queues", number(9)))));
        assertThat(catalog.vhostLimits(VHOST)).isEqualTo(new TreeMap<>(Map.of("max-queues", 9L)));

        test.carryOut(catalog.rules().decideRemoveVhostLimit(VHOST, "max-queues"));
        assertThat(catalog.parameters()).isEmpty();
        assertThat(refusal(catalog.rules().decidePutParameter(limits(arguments("max-queues", "a")))))
                .isEqualTo(invalid("max-queues should be a number, actually was <<\"a\">>"));
    }

    @Test
    void parameters_are_for_parts_that_are_there() {
        var parameter = new Parameter("shovel", VHOST, "n", number(1));
        assertThat(refusal(catalog.rules().decidePutParameter(parameter)))
                .isEqualTo(invalid("component shovel not found"));
        assertThat(refusal(catalog.rules()
                        .decidePutParameter(
                                new Parameter("policy", VHOST, "n", new FieldValue.Table(FieldTable.EMPTY)))))
                .isEqualTo(new Refusal.Malformed("policies may not be set using this method"));

        catalog.rules().accept("shovel", (asked, _) -> asked.name().equals("n") ? Optional.empty() : Optional.of("no"));

        test.carryOut(catalog.rules().decidePutParameter(parameter));
        assertThat(catalog.parameter("shovel", VHOST, "n")).contains(parameter);
        assertThat(refusal(catalog.rules().decidePutParameter(new Parameter("shovel", VHOST, "m", number(1)))))
                .isEqualTo(invalid("no"));
    }

    @Test
    void the_clusters_name_is_a_global_parameter() {
        test.carryOut(catalog.rules().decidePutGlobalParameter("cluster_name", FieldValue.LongString.of("east")));
        assertThat(catalog.clusterName()).contains("east");

        test.carryOut(catalog.rules().decideRemoveGlobalParameter("cluster_name"));
        assertThat(catalog.clusterName()).isEmpty();
    }

    @Test
    void a_policy_is_refused_in_rabbitmqs_words() {
        assertThat(policy(arguments("foo", number(1), "bar", "b")))
                .isEqualTo("[{<<\"bar\">>,<<\"b\">>},{<<\"foo\">>,1}] are not recognised policy settings");
        assertThat(policy(FieldTable.EMPTY)).isEqualTo("no policy provided");
        assertThat(policy(arguments("max-length", number(-1)))).isEqualTo("-1 is not a valid maximum length");
        assertThat(policy(arguments("max-length", "abc", "expires", number(0))))
                .isEqualTo("0 is not a valid queue expiry");
        assertThat(policy(arguments("max-length", "abc", "foo", number(0))))
                .isEqualTo("<<\"abc\">> is not a valid maximum length");
        assertThat(policy(arguments("overflow", "x"))).isEqualTo("<<\"x\">> is not a valid overflow value");
        assertThat(policy(arguments("max-length", new FieldValue.Nothing())))
                .isEqualTo("null is not a valid maximum length");
        assertThat(policy(arguments("max-priority", number(5))))
                .isEqualTo("[{<<\"max-priority\">>,5}] are not recognised policy settings");
        assertThat(policy(arguments(
                        "bar",
                        "b",
                        "baz",
                        new FieldValue.Bool(true),
                        "foo",
                        number(1),
                        "q",
                        new FieldValue.Array(List.of(number(1), FieldValue.LongString.of("a"))),
                        "t",
                        new FieldValue.Table(arguments("k", number(1))))))
                .isEqualTo(
                        "[{<<\"bar\">>,<<\"b\">>},\n {<<\"baz\">>,true},\n {<<\"foo\">>,1},\n {<<\"q\">>,[1,<<\"a\">>]},\n"
                                + " {<<\"t\">>,#{<<\"k\">> => 1}}] are not recognised policy settings");
    }

    @Test
    void an_operator_policy_may_only_narrow() {
        assertThat(refusal(catalog.rules()
                        .decidePutPolicy(
                                new Policy(VHOST, "p", "", arguments("max-age", "1h"), 0, Policy.ApplyTo.ALL, true))))
                .isEqualTo(invalid("[{<<\"max-age\">>,<<\"1h\">>}] are not recognised policy settings"));
    }

    @Test
    void patterns_that_are_none_are_refused() {
        user("u", "");

        assertThat(refusal(catalog.rules()
                        .decidePutPolicy(new Policy(
                                VHOST, "p", "(", arguments("expires", number(1)), 0, Policy.ApplyTo.ALL, false))))
                .isInstanceOfSatisfying(
                        Refusal.Malformed.class,
                        refusal -> assertThat(refusal.text())
                                .startsWith(
                                        "Validation failed\n\npattern should be regular expression but is invalid: "));
        assertThat(catalog.operators().decidePutPermission("u", VHOST, new Permission("", "(", "")))
                .isInstanceOf(Decision.Refused.class);
        assertThat(catalog.operators().decidePutTopicPermission("u", VHOST, new TopicPermission("x", "(", "")))
                .isInstanceOf(Decision.Refused.class);
        assertThat(catalog.operators()
                        .decidePutTopicPermission("u", VHOST, new TopicPermission("x", "^{username}\\.", "{vhost}")))
                .isInstanceOf(Decision.Change.class);
    }

    @Test
    void what_the_log_could_not_give_back_is_refused() {
        var longName = "n".repeat(70_000);
        var longKey = new FieldValue.Table(arguments("k".repeat(300), number(1)));
        FieldValue deep = number(1);
        for (int i = 0; i < 900; i++) {
            deep = new FieldValue.Array(List.of(deep));
        }

        assertThat(catalog.operators().decideAddVhost(longName)).isInstanceOf(Decision.Refused.class);
        assertThat(catalog.rules().decidePutGlobalParameter("g", deep)).isInstanceOf(Decision.Refused.class);
        assertThat(catalog.rules().decidePutGlobalParameter("g", longKey)).isInstanceOf(Decision.Refused.class);
        assertThat(catalog.rules().decidePutGlobalParameter("g", FieldValue.LongString.of("v".repeat(2_000_000))))
                .isInstanceOf(Decision.Refused.class);
    }

    @Test
    void what_a_vhost_had_goes_with_it() {
        user("u", "");
        test.carryOut(catalog.operators().decidePutPermission("u", VHOST, Permission.ALL));
        test.carryOut(catalog.operators().decidePutTopicPermission("u", VHOST, new TopicPermission("x", "", "")));
        test.carryOut(catalog.rules().decidePutVhostLimit(VHOST, "max-queues", 7));
        test.carryOut(catalog.rules()
                .decidePutPolicy(
                        new Policy(VHOST, "p", "", arguments("expires", number(1)), 0, Policy.ApplyTo.ALL, false)));

        test.carryOut(catalog.operators().decideRemoveVhost(VHOST));
        test.carryOut(catalog.operators().decideAddVhost(VHOST));

        assertThat(catalog.permissionsOf("u")).isEmpty();
        assertThat(catalog.topicPermissions("u", VHOST)).isEmpty();
        assertThat(catalog.vhostLimits(VHOST)).isEmpty();
        assertThat(catalog.policies(VHOST, false)).isEmpty();
        assertThat(catalog.policyOf(test.queue("q"))).isEmpty();
    }

    @Test
    void lists_are_sorted_by_name() {
        user("b", "");
        user("a", "");
        test.carryOut(catalog.operators().decideAddVhost("a"));
        test.carryOut(catalog.operators().decidePutPermission("b", VHOST, Permission.ALL));
        test.carryOut(catalog.operators().decidePutPermission("b", "a", Permission.ALL));
        test.carryOut(catalog.operators().decidePutPermission("a", VHOST, Permission.ALL));

        assertThat(catalog.users()).extracting(UserDefinition::name).containsExactly("a", "b");
        assertThat(catalog.permissionsOf("b").keySet()).containsExactly("a", VHOST);
        assertThat(catalog.permissionsIn(VHOST).keySet()).containsExactly("a", "b");
    }

    private void user(String name, String hash) {
        test.carryOut(catalog.operators().decidePutUser(new UserDefinition(name, hash, Set.of())));
    }

    private String policy(FieldTable definition) {
        var refusal = refusal(
                catalog.rules().decidePutPolicy(new Policy(VHOST, "p", "", definition, 0, Policy.ApplyTo.ALL, false)));
        var text = ((Refusal.Malformed) refusal).text();
        assertThat(text).startsWith("Validation failed\n\n").endsWith("\n");
        return text.substring("Validation failed\n\n".length(), text.length() - 1);
    }

    private static Refusal invalid(String text) {
        return new Refusal.Malformed("Validation failed\n\n" + text + "\n");
    }

    private static Parameter limits(FieldTable limits) {
        return new Parameter("vhost-limits", VHOST, "limits", new FieldValue.Table(limits));
    }
}
