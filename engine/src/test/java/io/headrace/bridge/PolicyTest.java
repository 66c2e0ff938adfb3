package io.headrace.bridge;

import static io.headrace.bridge.World.table;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.broker.Admin;
import io.headrace.broker.AdminCommand;
import io.headrace.broker.Command;
import io.headrace.broker.Engine;
import io.headrace.catalog.Policy;
import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Goal: policies act on what is there already, on streams by way of their topics and on routing.
@DisplayNameGeneration(ReplaceUnderscores.class)
class PolicyTest {
    private final World world = new World();

    @Test
    void a_stream_is_kept_as_long_as_its_policy_says_and_as_its_topic_says_when_the_policy_goes() {
        world.topics.create("t", 1, Map.of("internal.segment.bytes", "3000", "retention.ms", "-1"), _ -> {});
        world.broker.settle();
        world.stream("t");
        publish(100);
        assertThat(start()).isZero();

        policy(table("max-length-bytes", new FieldValue.Int64(5000)));
        checkRetention();
        assertThat(start()).isPositive();

        world.crash();
        long before = start();
        publish(100);
        checkRetention();
        assertThat(start()).isGreaterThan(before);

        perform(new AdminCommand.DeletePolicy("/", "p", false));
        before = start();
        publish(100);
        checkRetention();
        assertThat(start()).isEqualTo(before);
    }

    @Test
    void an_exchange_passes_on_to_the_alternate_of_its_policy_as_long_as_there_is_one() {
        world.done(new Command.DeclareExchange("x", "direct", false, true, false, false, FieldTable.EMPTY));
        world.done(World.queue("unrouted", "classic"));
        world.bind("amq.fanout", "unrouted", "");
        assertThat(world.publish("x", "k", "lost")).isZero();

        policy(table("alternate-exchange", "amq.fanout"));
        assertThat(world.publish("x", "k", "kept")).isEqualTo(1);
        world.crash();
        assertThat(world.publish("x", "k", "kept")).isEqualTo(1);

        perform(new AdminCommand.DeletePolicy("/", "p", false));
        assertThat(world.publish("x", "k", "lost")).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "quorum"})
    void a_time_to_live_holds_for_what_comes_after_the_policy(String type) {
        world.done(World.queue("x", type));
        world.publish("", "x", "before");
        world.broker.settle();
        policy(table("message-ttl", new FieldValue.Int64(100)));
        world.publish("", "x", "after");
        world.broker.settle();
        assertThat(ready("x")).isEqualTo(2);

        world.broker.advance(200);
        world.broker.settle();

        assertThat(ready("x")).isEqualTo(1);
    }

    private long ready(String queue) {
        var engine = (Engine) world.broker.engine();
        return engine.observation()
                .queue(engine.admin().catalog().queue("/", queue).orElseThrow())
                .ready();
    }

    private void publish(int count) {
        for (int i = 0; i < count; i++) {
            world.publish("", "t", "x".repeat(500));
            world.broker.settle();
        }
    }

    private void checkRetention() {
        world.broker.advance(300_000);
        world.broker.settle();
    }

    private long start() {
        return world.partition("t", 0).startOffset();
    }

    private void policy(FieldTable definition) {
        perform(new AdminCommand.PutPolicy(new Policy("/", "p", "^(t|x)$", definition, 0, Policy.ApplyTo.ALL, false)));
    }

    private void perform(AdminCommand command) {
        var outcomes = new Admin.Outcome[1];
        world.broker.engine().admin().perform(command, outcome -> outcomes[0] = outcome);
        world.broker.settle();
        assertThat(outcomes[0]).isNotNull().isNotInstanceOf(Admin.Outcome.Refused.class);
    }
}
