package io.headrace.bridge;

import static io.headrace.bridge.World.table;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.broker.AdminCommand;
import io.headrace.broker.Command;
import io.headrace.broker.EventConfig;
import io.headrace.catalog.BindingKey;
import io.headrace.catalog.Catalog;
import io.headrace.catalog.Permission;
import io.headrace.catalog.UserDefinition;
import io.headrace.catalog.VhostDefinition;
import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import io.headrace.message.MessageProperties.Property;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: whoever binds a queue to `amq.rabbitmq.event` hears what RabbitMQ's event exchange tells, with its keys and
/// attributes. What a real one tells was written down and compared; these are the rules behind it.
@DisplayNameGeneration(ReplaceUnderscores.class)
class EventExchangeTest {
    private static final String EXCHANGE = "amq.rabbitmq.event";

    private final World world = new World();

    @BeforeEach
    void enable() {
        world.broker.events(new EventConfig(true, "/"));
        world.crash();
        world.done(World.queue("events", "classic"));
    }

    @AfterEach
    void giveMemoryBack() {
        world.broker.close();
    }

    private void listen() {
        world.bind(EXCHANGE, "events", "#");
        world.done(new Command.PurgeQueue("events"));
    }

    private List<World.Message> heard() {
        world.broker.settle();
        var reader = world.new Reader();
        world.consume("events", reader, false, FieldTable.EMPTY);
        return reader.got;
    }

    private List<String> keys() {
        return heard().stream().map(World.Message::key).toList();
    }

    private static String text(World.Message event, String header) {
        return event.headers().get(header).toString();
    }

    private Catalog catalog() {
        return world.broker.engine().admin().catalog();
    }

    private void perform(AdminCommand command) {
        world.broker.engine().admin().perform(command, "alice", _ -> {});
        world.broker.settle();
    }

    @Test
    void the_exchange_is_a_durable_internal_topic_exchange_that_nobody_publishes_to_or_deletes() {
        var exchange = catalog().exchange("/", EXCHANGE).orElseThrow();

        assertThat(exchange.durable()).isTrue();
        assertThat(exchange.internal()).isTrue();
        assertThat(exchange.type().wireName()).isEqualTo("topic");
        assertThat(world.refused(new Command.DeleteExchange(EXCHANGE, false)).toString())
                .contains("SystemExchange");
    }

    @Test
    void a_declared_queue_is_told_by_persistent_headers_without_a_body() {
        listen();

        world.done(new Command.DeclareQueue(
                "q", false, true, false, false, table("x-max-length", new FieldValue.Int32(5))));

        var event = heard().getFirst();
        assertThat(event.exchange()).isEqualTo(EXCHANGE);
        assertThat(event.key()).isEqualTo("queue.created");
        assertThat(event.body()).isEmpty();
        assertThat(event.read().persistent()).isTrue();
        assertThat(event.read().has(Property.TIMESTAMP)).isTrue();
        assertThat(event.headers())
                .containsEntry("name", FieldValue.LongString.of("q"))
                .containsEntry("vhost", FieldValue.LongString.of("/"))
                .containsEntry("durable", new FieldValue.Bool(true))
                .containsEntry("exclusive", new FieldValue.Bool(false))
                .containsEntry("user_who_performed_action", FieldValue.LongString.of("guest"))
                .containsKey("timestamp_in_ms");
        assertThat(((FieldValue.Array) event.headers().get("arguments")).values())
                .contains(FieldValue.LongString.of("{<<\"x-max-length\">>,signedint,5}"));
    }

    @Test
    void whoever_binds_the_first_queue_hears_of_that_binding() {
        world.done(World.queue("before", "classic"));

        world.bind(EXCHANGE, "events", "#");

        var event = heard().getFirst();
        assertThat(event.key()).isEqualTo("binding.created");
        assertThat(text(event, "source_name")).isEqualTo(EXCHANGE);
        assertThat(text(event, "destination_name")).isEqualTo("events");
    }

    @Test
    void keys_are_chosen_from_like_those_of_any_topic_exchange() {
        world.bind(EXCHANGE, "events", "*.deleted");

        world.done(World.queue("q", "classic"));
        world.done(new Command.DeleteQueue("q", false, false));

        assertThat(keys()).containsExactly("queue.deleted");
    }

    @Test
    void a_queue_goes_after_its_bindings_which_nobody_took_away() {
        world.done(World.queue("q", "classic"));
        world.bind("amq.topic", "q", "a.#");
        listen();

        world.done(new Command.DeleteQueue("q", false, false));

        var events = heard();
        assertThat(events).extracting(World.Message::key).containsExactly("binding.deleted", "queue.deleted");
        assertThat(text(events.getFirst(), "user_who_performed_action")).isEqualTo("rmq-internal");
        assertThat(text(events.getLast(), "user_who_performed_action")).isEqualTo("guest");
    }

    @Test
    void an_unbinding_is_told_and_the_last_one_is_the_end() {
        listen();

        world.done(new Command.Unbind(new BindingKey(EXCHANGE, false, "events", "#", FieldTable.EMPTY)));
        world.done(World.queue("q", "classic"));

        assertThat(heard()).isEmpty();
    }

    @Test
    void operators_changes_are_told_with_who_made_them() {
        listen();

        perform(new AdminCommand.PutUser(new UserDefinition("u", "hash", Set.of("management"))));
        perform(new AdminCommand.PutUser(new UserDefinition("u", "other", Set.of("management"))));
        perform(new AdminCommand.PutUser(new UserDefinition("u", "other", Set.of())));
        perform(new AdminCommand.PutUserLimit("u", "max-channels", 5));
        perform(new AdminCommand.PutVhost(VhostDefinition.plain("v")));
        perform(new AdminCommand.PutPermission("u", "v", Permission.ALL));
        perform(new AdminCommand.PutVhostLimit("v", "max-queues", 3));
        perform(new AdminCommand.DeleteVhost("v"));
        perform(new AdminCommand.DeleteUser("u"));

        var events = heard().stream()
                .filter(event -> !event.key().startsWith("exchange."))
                .toList();
        assertThat(events)
                .extracting(World.Message::key)
                .containsExactly(
                        "user.created",
                        "user.tags.set",
                        "user.password.changed",
                        "user.tags.set",
                        "user.limits.set",
                        "vhost.created",
                        "permission.created",
                        "parameter.set",
                        "vhost.limits.set",
                        "permission.deleted",
                        "vhost.deleted",
                        "parameter.cleared",
                        "vhost.limits.cleared",
                        "user.deleted");
        assertThat(events)
                .extracting(event -> text(event, "user_who_performed_action"))
                .containsOnly("alice");
    }

    @Test
    void the_exchange_and_what_is_bound_to_it_outlast_the_broker_and_its_checkpoints() {
        listen();
        var copy = new Catalog();
        copy.restore(catalog().snapshot());

        world.crash();
        world.done(World.queue("q", "classic"));

        assertThat(keys()).contains("queue.created");
        assertThat(copy.exchange("/", EXCHANGE)).isPresent();
        assertThat(copy.bindingsFrom("/", EXCHANGE)).hasSize(1);
    }

    @Test
    void what_a_start_takes_away_is_not_told() {
        listen();
        world.done(new Command.DeclareQueue("transient", false, false, false, false, FieldTable.EMPTY));
        world.done(new Command.PurgeQueue("events"));

        world.crash();

        assertThat(catalog().queue("/", "transient")).isEmpty();
        assertThat(heard()).isEmpty();
    }

    @Test
    void a_broker_that_is_started_without_it_has_it_no_more() {
        listen();

        world.broker.events(EventConfig.none());
        world.crash();
        world.done(World.queue("q", "classic"));

        assertThat(catalog().exchange("/", EXCHANGE)).isEmpty();
        assertThat(catalog().bindingsToQueue("/", "events")).isEmpty();
        assertThat(heard()).isEmpty();
    }

    @Test
    void its_vhost_is_made_if_it_is_not_there() {
        world.broker.events(new EventConfig(true, "audit"));
        world.crash();

        assertThat(catalog().exchange("audit", EXCHANGE)).isPresent();
        assertThat(catalog().exchange("/", EXCHANGE)).isEmpty();
    }

    @Test
    void what_is_not_for_amqp_is_not_told() {
        listen();

        world.topics.create("t", 1, Map.of(), _ -> {});

        assertThat(heard()).isEmpty();
    }
}
