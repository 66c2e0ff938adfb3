package io.headrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.catalog.Acl;
import io.headrace.catalog.Acl.Effect;
import io.headrace.catalog.Acl.Operation;
import io.headrace.catalog.BindingKey;
import io.headrace.catalog.Catalog;
import io.headrace.catalog.Permission;
import io.headrace.catalog.Refusal;
import io.headrace.catalog.Refusal.Access;
import io.headrace.catalog.Resource;
import io.headrace.catalog.UserDefinition;
import io.headrace.log.LyingStorage;
import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import io.headrace.message.StoredMessage;
import io.headrace.security.User;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: what Kafka's rules deny a user with a topic, the stream queue over it denies too; and rules outlast a crash.
@DisplayNameGeneration(ReplaceUnderscores.class)
class DeniedTopicsTest {
    private static final String HERE = Catalog.DEFAULT_VHOST;
    private static final FieldTable STREAM = new FieldTable(Map.of("x-queue-type", FieldValue.LongString.of("stream")));

    private final LyingStorage storage = new LyingStorage(1);
    private final SimulatedBroker broker = new SimulatedBroker(storage, 1);
    private Session bob;

    @BeforeEach
    void bobMayDoEverything() throws IOException {
        broker.boot();
        admin(new AdminCommand.PutUser(new UserDefinition("bob", "", Set.of())));
        admin(new AdminCommand.PutPermission("bob", HERE, Permission.ALL));
        broker.declare(new Command.DeclareQueue("s", false, true, false, false, STREAM));
        broker.declareQueue("q", true);
        broker.declare(new Command.Bind(new BindingKey("amq.fanout", false, "s", "", FieldTable.EMPTY)));
        broker.declare(new Command.Bind(new BindingKey("amq.fanout", false, "q", "", FieldTable.EMPTY)));
        bob = session("10.0.0.1");
    }

    @Test
    void who_is_denied_to_read_the_topic_does_not_consume_the_stream() {
        assertThat(consume(bob, "s")).isEmpty();

        rule(Effect.DENY, Operation.READ, "s", Acl.ANY);

        assertThat(consume(bob, "s")).contains(refusal(Access.READ, Resource.queue("s", HERE)));
        assertThat(consume(bob, "q")).isEmpty();
        assertThat(publish(bob, "", "s")).isEmpty();
    }

    @Test
    void who_is_denied_to_write_the_topic_does_not_publish_to_the_stream_by_whatever_exchange() {
        assertThat(publish(bob, "", "s")).isEmpty();
        assertThat(publish(bob, "amq.fanout", "")).isEmpty();

        rule(Effect.DENY, Operation.WRITE, "s", Acl.ANY);

        assertThat(publish(bob, "", "s")).contains(refusal(Access.WRITE, Resource.topic("s", HERE)));
        assertThat(publish(bob, "amq.fanout", "")).contains(refusal(Access.WRITE, Resource.topic("s", HERE)));
        assertThat(publish(bob, "", "q")).isEmpty();
        assertThat(consume(bob, "s")).isEmpty();
    }

    @Test
    void what_others_are_allowed_denies_nothing() {
        broker.topics()
                .addAcls(
                        List.of(new Acl(
                                Acl.ResourceType.TOPIC,
                                Acl.Pattern.LITERAL,
                                "s",
                                "User:ann",
                                Acl.ANY,
                                Operation.ALL,
                                Effect.ALLOW)),
                        _ -> {});
        broker.settle();

        assertThat(publish(bob, "", "s")).isEmpty();
        assertThat(consume(bob, "s")).isEmpty();
    }

    @Test
    void a_rule_about_one_address_denies_nothing_to_another() {
        rule(Effect.DENY, Operation.READ, "s", "10.0.0.1");

        assertThat(consume(session("10.0.0.2"), "s")).isEmpty();
        assertThat(consume(bob, "s")).isPresent();
    }

    @Test
    void who_is_denied_to_create_or_delete_topics_does_not_do_it_by_queues() {
        rule(Effect.DENY, Operation.CREATE, "new", Acl.ANY);
        rule(Effect.DENY, Operation.CREATE, "s", Acl.ANY);
        rule(Effect.DENY, Operation.DELETE, "s", Acl.ANY);

        assertThat(perform(bob, new Command.DeclareQueue("new", false, true, false, false, STREAM)))
                .isEqualTo(new Answer.Refused(refusal(Access.CONFIGURE, Resource.topic("new", HERE))));
        assertThat(perform(bob, new Command.DeclareQueue("new", false, true, false, false, FieldTable.EMPTY)))
                .isInstanceOf(Answer.QueueDeclared.class);
        assertThat(perform(bob, new Command.DeclareQueue("s", false, true, false, false, STREAM)))
                .isInstanceOf(Answer.QueueDeclared.class);
        assertThat(perform(bob, new Command.DeleteQueue("s", false, false)))
                .isEqualTo(new Answer.Refused(refusal(Access.CONFIGURE, Resource.topic("s", HERE))));
        assertThat(perform(bob, new Command.DeleteQueue("q", false, false))).isInstanceOf(Answer.Removed.class);
    }

    @Test
    void who_is_denied_to_read_the_topic_does_not_feed_an_exchange_from_it() {
        rule(Effect.DENY, Operation.READ, "s", Acl.ANY);
        var fed = new FieldTable(Map.of("x-from-topic", FieldValue.LongString.of("s")));

        assertThat(perform(bob, new Command.DeclareExchange("fed", "fanout", false, true, false, false, fed)))
                .isEqualTo(new Answer.Refused(refusal(Access.READ, Resource.topic("s", HERE))));
    }

    @Test
    void rules_that_were_answered_are_there_after_a_crash() throws IOException {
        rule(Effect.DENY, Operation.READ, "s", Acl.ANY);
        rule(Effect.DENY, Operation.WRITE, "s", Acl.ANY);
        broker.topics().removeAcls(List.of(denial(Operation.WRITE, "s", Acl.ANY)), () -> {});
        broker.settle();
        storage.crash();

        broker.boot();

        assertThat(broker.topics().acls()).containsExactly(denial(Operation.READ, "s", Acl.ANY));
        assertThat(consume(session("10.0.0.1"), "s")).isPresent();
    }

    @Test
    void more_rules_than_fit_into_an_entry_are_added_and_removed_at_once() {
        var many = IntStream.range(0, 5_000)
                .mapToObj(i -> denial(Operation.READ, "t" + i + "x".repeat(1_000), Acl.ANY))
                .toList();
        var answers = new int[1];

        broker.topics().addAcls(many, refusal -> answers[0] += refusal.isEmpty() ? 1 : 100);
        broker.settle();
        assertThat(broker.topics().acls()).hasSize(5_000);
        broker.topics().removeAcls(many, () -> answers[0]++);
        broker.settle();

        assertThat(broker.topics().acls()).isEmpty();
        assertThat(answers[0]).isEqualTo(2);
    }

    private Session session(String host) {
        var opening = broker.engine.open(new User("bob", Set.of(), host), HERE, broker.loop, "bob");
        return ((Broker.Opening.Opened) opening).session();
    }

    private static Acl denial(Operation operation, String topic, String host) {
        return new Acl(Acl.ResourceType.TOPIC, Acl.Pattern.LITERAL, topic, "User:bob", host, operation, Effect.DENY);
    }

    private void rule(Effect effect, Operation operation, String topic, String host) {
        broker.topics()
                .addAcls(
                        List.of(new Acl(
                                Acl.ResourceType.TOPIC,
                                Acl.Pattern.LITERAL,
                                topic,
                                "User:bob",
                                host,
                                operation,
                                effect)),
                        refusal -> assertThat(refusal).isEmpty());
        broker.settle();
    }

    private static Refusal refusal(Access access, Resource resource) {
        return new Refusal.AccessRefused(access, resource, "bob");
    }

    private void admin(AdminCommand command) {
        broker.engine
                .admin()
                .perform(command, outcome -> assertThat(outcome).isNotInstanceOf(Admin.Outcome.Refused.class));
        broker.settle();
    }

    private Answer perform(Session session, Command command) {
        var answers = new Answer[1];
        session.perform(command, answer -> answers[0] = answer);
        broker.settle();
        return answers[0];
    }

    private Optional<Refusal> publish(Session session, String exchange, String key) {
        var publisher = session.publisher(new Session.Confirms() {
            @Override
            public void confirmed(long sequence, boolean multiple) {}

            @Override
            public void rejected(long sequence) {}
        });
        try {
            publisher.publish(
                    (exchange + key).getBytes(StandardCharsets.UTF_8),
                    exchange.length(),
                    key.length(),
                    TestContent.of("m", false),
                    0);
            return Optional.empty();
        } catch (RefusedException refused) {
            return Optional.of(refused.refusal());
        } finally {
            broker.settle();
        }
    }

    private Optional<Refusal> consume(Session session, String queue) {
        var port = new Session.ConsumerPort() {
            @Override
            public boolean ready() {
                return false;
            }

            @Override
            public int prefetch() {
                return 10;
            }

            @Override
            public void deliver(
                    Session.Lease lease, long sequence, StoredMessage message, boolean redelivered, int attempts) {}

            @Override
            public void cancelled() {}
        };
        var answers = new Session.Consuming[1];
        session.consume(queue, port, true, false, FieldTable.EMPTY, answer -> answers[0] = answer);
        broker.settle();
        return answers[0] instanceof Session.Consuming.Refused(Refusal refusal)
                ? Optional.of(refusal)
                : Optional.empty();
    }
}
