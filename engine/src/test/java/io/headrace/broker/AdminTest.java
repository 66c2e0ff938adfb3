package io.headrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.broker.Admin.Outcome;
import io.headrace.catalog.Permission;
import io.headrace.catalog.Policy;
import io.headrace.catalog.QueueType;
import io.headrace.catalog.Refusal;
import io.headrace.catalog.TopicPermission;
import io.headrace.catalog.UserDefinition;
import io.headrace.catalog.VhostDefinition;
import io.headrace.log.LyingStorage;
import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import io.headrace.security.User;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: what an operator changes acts on what runs, and lasts.
/// Method: the whole engine on a disk in memory.
@DisplayNameGeneration(ReplaceUnderscores.class)
class AdminTest {
    private static final User ANN = new User("ann", Set.of());

    private final SimulatedBroker broker = new SimulatedBroker(new LyingStorage(1), 1);
    private final List<String> ends = new ArrayList<>();

    @BeforeEach
    void start() throws IOException {
        broker.boot();
        perform(new AdminCommand.PutVhost(VhostDefinition.plain("w")));
        perform(new AdminCommand.PutUser(new UserDefinition("ann", "", Set.of())));
        perform(new AdminCommand.PutPermission("ann", "w", Permission.ALL));
    }

    @Test
    void each_thing_is_created_then_changed_then_deleted_then_missing() {
        var policy =
                new Policy("w", "p", "", table("expires", new FieldValue.Int64(5)), 0, Policy.ApplyTo.QUEUES, false);
        everyStep(new AdminCommand.PutPolicy(policy), new AdminCommand.DeletePolicy("w", "p", false));
        everyStep(
                new AdminCommand.PutTopicPermission("ann", "w", new TopicPermission("amq.topic", "", "")),
                new AdminCommand.DeleteTopicPermission("ann", "w", Optional.of("amq.topic")));
        everyStep(
                new AdminCommand.PutVhostLimit("w", "max-queues", 5),
                new AdminCommand.DeleteVhostLimit("w", "max-queues"));
        everyStep(
                new AdminCommand.PutUserLimit("ann", "max-channels", 5),
                new AdminCommand.DeleteUserLimit("ann", "max-channels"));
        everyStep(
                new AdminCommand.PutGlobalParameter("g", new FieldValue.Int64(5)),
                new AdminCommand.DeleteGlobalParameter("g"));
        everyStep(
                new AdminCommand.PutPermission("guest", "w", Permission.ALL),
                new AdminCommand.DeletePermission("guest", "w"));
        everyStep(
                new AdminCommand.PutUser(new UserDefinition("bob", "", Set.of())), new AdminCommand.DeleteUser("bob"));
        everyStep(new AdminCommand.PutVhost(VhostDefinition.plain("x")), new AdminCommand.DeleteVhost("x"));
        var limits = new FieldValue.Table(table("max-queues", new FieldValue.Int64(5)));
        everyStep(
                new AdminCommand.PutParameter("vhost-limits", "w", "limits", limits),
                new AdminCommand.DeleteParameter("vhost-limits", "w", "limits"));
    }

    private void everyStep(AdminCommand put, AdminCommand delete) {
        assertThat(perform(put)).isEqualTo(new Outcome.Created());
        assertThat(perform(put)).isEqualTo(new Outcome.Changed());
        assertThat(perform(delete)).isEqualTo(new Outcome.Deleted());
        assertThat(perform(delete)).isEqualTo(new Outcome.Missing());
    }

    @Test
    void what_was_answered_is_there_after_a_crash() throws IOException {
        var described = new VhostDefinition("w", "d", List.of("t"), Optional.of(QueueType.QUORUM), false, false);
        perform(new AdminCommand.PutVhost(described));
        perform(new AdminCommand.SetClusterName("east"));

        broker.boot();

        assertThat(broker.engine.catalog().vhost("w")).contains(described);
        assertThat(broker.engine.identity().clusterName()).isEqualTo("east");
    }

    @Test
    void a_vhost_goes_with_its_sessions_queues_and_topics() {
        var session = open("ann", "w");
        declare(session, "q", true, FieldTable.EMPTY);
        declare(session, "mine", false, FieldTable.EMPTY);
        declare(session, "s", true, table("x-queue-type", FieldValue.LongString.of("stream")));
        open("guest", "/");

        perform(new AdminCommand.DeleteVhost("w"));

        assertThat(ends).containsExactly("ann: vhost 'w' is deleted");
        assertThat(broker.engine.catalog().topics("w")).isEmpty();
        perform(new AdminCommand.PutVhost(VhostDefinition.plain("w")));
        assertThat(broker.engine.catalog().queues("w")).isEmpty();
    }

    @Test
    void a_user_goes_with_its_sessions_and_they_with_their_exclusive_queues() {
        var session = open("ann", "w");
        declare(session, "mine", false, FieldTable.EMPTY);

        perform(new AdminCommand.DeleteUser("ann"));

        assertThat(ends).containsExactly("ann: user 'ann' is deleted");
        assertThat(broker.engine.catalog().queue("w", "mine")).isEmpty();
    }

    @Test
    void a_vhost_has_no_more_sessions_than_its_limit() {
        perform(new AdminCommand.PutVhostLimit("w", "max-connections", 1));
        var first = open("ann", "w");

        assertThat(refused("w"))
                .isEqualTo(new Refusal.LimitReached(
                        "access to vhost 'w' refused for user 'ann': connection limit (1) is reached"));

        first.close(() -> {});
        open("ann", "w");
    }

    @Test
    void a_user_has_no_more_sessions_than_its_limit() {
        perform(new AdminCommand.PutUserLimit("ann", "max-connections", 0));
        assertThat(refused("w"))
                .isEqualTo(new Refusal.LimitReached(
                        "connection refused for user 'ann': user connection limit (0) is reached"));

        perform(new AdminCommand.PutUserLimit("ann", "max-connections", -1));
        open("ann", "w");
    }

    @Test
    void a_connection_to_topics_is_counted_and_ended_like_any_other() {
        perform(new AdminCommand.PutUserLimit("ann", "max-connections", 1));
        var topics = ((Broker.TopicsOpening.Opened) openTopics()).session();

        assertThat(refused("w")).isInstanceOf(Refusal.LimitReached.class);
        assertThat(openTopics()).isInstanceOf(Broker.TopicsOpening.Refused.class);

        topics.close();
        var again = ((Broker.TopicsOpening.Opened) openTopics()).session();
        again.onEnd(ends::add);
        perform(new AdminCommand.DeleteUser("ann"));
        assertThat(ends).containsExactly("user 'ann' is deleted");
    }

    private Broker.TopicsOpening openTopics() {
        return broker.engine.openTopics(new User("ann", Set.of()), "/", broker.loop);
    }

    @Test
    void a_user_has_no_more_channels_than_its_limit_over_all_sessions() {
        perform(new AdminCommand.PutUserLimit("ann", "max-channels", 2));
        var one = open("ann", "w");
        var other = open("ann", "w");
        assertThat(one.openChannel()).isEmpty();
        assertThat(other.openChannel()).isEmpty();

        assertThat(other.openChannel())
                .contains(new Refusal.LimitReached(
                        "number of channels opened for user 'ann' has reached the maximum allowed user limit of (2)"));

        one.closeChannel();
        assertThat(other.openChannel()).isEmpty();
        other.close(() -> {});
        assertThat(one.openChannel()).isEmpty();
    }

    @Test
    void a_vhost_has_no_more_queues_than_its_limit() {
        perform(new AdminCommand.PutVhostLimit("w", "max-queues", 1));
        var session = open("ann", "w");
        declare(session, "q", true, FieldTable.EMPTY);
        declare(session, "q", true, FieldTable.EMPTY);

        assertThat(answer(session, "r", true, FieldTable.EMPTY))
                .isEqualTo(new Answer.Refused(
                        new Refusal.LimitReached("cannot declare queue 'r': queue limit in vhost 'w' (1) is reached")));
    }

    @Test
    void a_queue_declared_without_a_type_is_of_its_vhosts_default_type_if_it_can_be() {
        perform(new AdminCommand.PutVhost(
                new VhostDefinition("w", "", List.of(), Optional.of(QueueType.QUORUM), false, false)));
        var session = open("ann", "w");

        declare(session, "q", true, FieldTable.EMPTY);
        declare(session, "q", true, FieldTable.EMPTY);
        declare(session, "mine", false, FieldTable.EMPTY);

        assertThat(broker.engine.catalog().queue("w", "q").orElseThrow().type()).isEqualTo(QueueType.QUORUM);
        assertThat(broker.engine.catalog().queue("w", "mine").orElseThrow().type())
                .isEqualTo(QueueType.CLASSIC);
    }

    private Outcome perform(AdminCommand command) {
        var outcomes = new Outcome[1];
        broker.engine.admin().perform(command, outcome -> outcomes[0] = outcome);
        broker.settle();
        return outcomes[0];
    }

    private Session open(String user, String vhost) {
        var opening = broker.engine.open(new User(user, Set.of()), vhost, broker.loop, user);
        var session = ((Broker.Opening.Opened) opening).session();
        session.onEnd(reason -> {
            ends.add(user + ": " + reason);
            session.close(() -> {});
        });
        return session;
    }

    private Refusal refused(String vhost) {
        return ((Broker.Opening.Refused) broker.engine.open(ANN, vhost, broker.loop, "ann")).refusal();
    }

    private void declare(Session session, String name, boolean durable, FieldTable arguments) {
        assertThat(answer(session, name, durable, arguments)).isInstanceOf(Answer.QueueDeclared.class);
    }

    // one that is not durable is exclusive
    private Answer answer(Session session, String name, boolean durable, FieldTable arguments) {
        var answers = new Answer[1];
        session.perform(
                new Command.DeclareQueue(name, false, durable, !durable, false, arguments),
                answer -> answers[0] = answer);
        broker.settle();
        return answers[0];
    }

    private static FieldTable table(String name, FieldValue value) {
        return new FieldTable(Map.of(name, value));
    }
}
