package io.headrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.catalog.BindingKey;
import io.headrace.catalog.Permission;
import io.headrace.catalog.Refusal;
import io.headrace.catalog.Refusal.Access;
import io.headrace.catalog.Resource;
import io.headrace.catalog.TopicPermission;
import io.headrace.catalog.UserDefinition;
import io.headrace.log.LyingStorage;
import io.headrace.message.FieldTable;
import io.headrace.message.FieldTableEncoder;
import io.headrace.message.FieldValue;
import io.headrace.security.User;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: topic permissions say with which routing keys a user publishes and binds at topic exchanges, at once.
@DisplayNameGeneration(ReplaceUnderscores.class)
class TopicPermissionTest {
    private final SimulatedBroker broker = new SimulatedBroker(new LyingStorage(1), 1);
    private Session session;
    private Session.Publisher publisher;

    @BeforeEach
    void start() throws IOException {
        broker.boot();
        perform(new AdminCommand.PutUser(new UserDefinition("a.n", "", Set.of())));
        perform(new AdminCommand.PutPermission("a.n", "/", Permission.ALL));
        session = ((Broker.Opening.Opened) broker.engine.open(new User("a.n", Set.of()), "/", broker.loop, "t"))
                .session();
        publisher = session.publisher(new Session.Confirms() {
            @Override
            public void confirmed(long sequence, boolean multiple) {}

            @Override
            public void rejected(long sequence) {}
        });
        broker.declareQueue("q", true);
    }

    @Test
    void without_any_every_key_is_allowed() {
        assertThat(publish("amq.topic", "k")).isEmpty();
        assertThat(bind("amq.topic", "k")).isInstanceOf(Answer.Done.class);
    }

    @Test
    void a_key_that_does_not_match_is_refused_at_once_and_allowed_again_when_the_permission_goes() {
        assertThat(publish("amq.topic", "other.k")).isEmpty();
        put("amq.topic", "^{username}\\.", "^{vhost}");

        assertThat(publish("amq.topic", "a.n.k")).isEmpty();
        assertThat(publish("amq.topic", "other.k")).contains(refused(Access.WRITE, "other.k"));
        assertThat(publish("amq.topic", "axn.k")).contains(refused(Access.WRITE, "axn.k"));
        assertThat(bind("amq.topic", "/k")).isInstanceOf(Answer.Done.class);
        assertThat(bind("amq.topic", "k")).isEqualTo(new Answer.Refused(refused(Access.READ, "k")));
        assertThat(unbind("amq.topic", "k")).isEqualTo(new Answer.Refused(refused(Access.READ, "k")));

        perform(new AdminCommand.DeleteTopicPermission("a.n", "/", Optional.empty()));
        assertThat(publish("amq.topic", "other.k")).isEmpty();
    }

    @Test
    void copies_are_asked_about_as_well() {
        put("amq.topic", "^a", "");

        assertThat(publish("amq.topic", "a", copies("a2"))).isEmpty();
        assertThat(publish("amq.topic", "a", copies("b"))).contains(refused(Access.WRITE, "b"));
    }

    @Test
    void an_empty_pattern_allows_the_empty_key_only() {
        put("amq.topic", "", "");

        assertThat(publish("amq.topic", "")).isEmpty();
        assertThat(publish("amq.topic", "k")).contains(refused(Access.WRITE, "k"));
    }

    @Test
    void other_exchanges_are_not_concerned() {
        put("amq.direct", "^a", "^a");
        put("amq.topic", "^a", "^a");

        assertThat(publish("amq.direct", "k")).isEmpty();
        assertThat(bind("amq.direct", "k")).isInstanceOf(Answer.Done.class);
    }

    private static Refusal refused(Access access, String key) {
        return new Refusal.TopicAccessRefused(access, key, Resource.exchange("amq.topic", "/"), "a.n");
    }

    private void put(String exchange, String write, String read) {
        perform(new AdminCommand.PutTopicPermission("a.n", "/", new TopicPermission(exchange, write, read)));
    }

    private Answer bind(String exchange, String key) {
        return perform(new Command.Bind(new BindingKey(exchange, false, "q", key, FieldTable.EMPTY)));
    }

    private Answer unbind(String exchange, String key) {
        return perform(new Command.Unbind(new BindingKey(exchange, false, "q", key, FieldTable.EMPTY)));
    }

    private Answer perform(Command command) {
        var answers = new Answer[1];
        session.perform(command, answer -> answers[0] = answer);
        broker.settle();
        return answers[0];
    }

    private void perform(AdminCommand command) {
        broker.engine
                .admin()
                .perform(command, outcome -> assertThat(outcome).isNotInstanceOf(Admin.Outcome.Refused.class));
        broker.settle();
    }

    private Optional<Refusal> publish(String exchange, String key) {
        return publish(exchange, key, ByteBuffer.allocate(2));
    }

    /// @return why not
    private Optional<Refusal> publish(String exchange, String key, ByteBuffer properties) {
        try {
            var names = (exchange + key).getBytes(StandardCharsets.US_ASCII);
            publisher.publish(names, exchange.length(), key.length(), new Content(properties), 0);
            broker.settle();
            return Optional.empty();
        } catch (RefusedException e) {
            return Optional.of(e.refusal());
        }
    }

    /// Properties with the header `CC`.
    private static ByteBuffer copies(String key) {
        var headers = new FieldTable(Map.of("CC", new FieldValue.Array(List.of(FieldValue.LongString.of(key)))));
        var block = ByteBuffer.allocate(Short.BYTES + FieldTableEncoder.sizeBytes(headers));
        block.putShort((short) (1 << 13));
        FieldTableEncoder.encode(headers, block, Short.BYTES);
        return block.clear();
    }

    /// Without a body.
    private record Content(ByteBuffer properties) implements Session.Content {
        @Override
        public int propertiesBytes() {
            return properties.limit();
        }

        @Override
        public int bodyBytes() {
            return 0;
        }

        @Override
        public void copyProperties(ByteBuffer target, int at) {
            target.put(at, properties, 0, properties.limit());
        }

        @Override
        public void copyBody(ByteBuffer target, int at) {}
    }
}
