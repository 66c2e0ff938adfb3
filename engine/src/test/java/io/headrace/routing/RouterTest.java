package io.headrace.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.catalog.BindingKey;
import io.headrace.catalog.ExchangeDefinition;
import io.headrace.catalog.ExchangeType;
import io.headrace.catalog.QueueDefinition;
import io.headrace.catalog.QueueType;
import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/// Goal: a message goes to each queue that it should reach, once, through any web of exchanges.
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class RouterTest {
    private static final String VHOST = "v";
    private static final MessageTraits NO_HEADERS = () -> FieldTable.EMPTY;

    private final Routers routers = new Routers();
    private final Map<String, QueueDefinition> queues = new HashMap<>();
    private Router router;

    @BeforeEach
    void createVhost() {
        routers.vhostCreated(VHOST);
        router = routers.of(VHOST).orElseThrow();
        exchange("", ExchangeType.DIRECT, FieldTable.EMPTY);
        for (String name : List.of("a", "b", "c")) {
            queue(name);
        }
    }

    @Test
    void the_default_exchange_leads_to_the_queue_of_that_name() {
        assertThat(route("", "b")).containsExactly(id("b"));
        assertThat(route("", "nobody")).isEmpty();
    }

    @Test
    void an_exchange_that_does_not_exist_is_said_to() {
        assertThat(router.route("none", "k", NO_HEADERS).exchangeExists()).isFalse();
        assertThat(router.route("", "none", NO_HEADERS).exchangeExists()).isTrue();
    }

    @Test
    void direct_compares_the_whole_key() {
        exchange("x", ExchangeType.DIRECT, FieldTable.EMPTY);
        bind("x", "a", "k");
        bind("x", "b", "k");
        bind("x", "c", "K");

        assertThat(route("x", "k")).containsExactly(id("a"), id("b"));
    }

    @Test
    void fanout_ignores_the_key() {
        exchange("x", ExchangeType.FANOUT, FieldTable.EMPTY);
        bind("x", "c", "1");
        bind("x", "a", "2");

        assertThat(route("x", "3")).containsExactly(id("a"), id("c"));
    }

    @Test
    void headers_are_asked_for_only_where_they_count() {
        exchange("x", ExchangeType.HEADERS, FieldTable.EMPTY);
        exchange("d", ExchangeType.DIRECT, FieldTable.EMPTY);
        FieldTable arguments = HeaderPatternTest.table("colour", FieldValue.LongString.of("red"));
        BindingKey red = new BindingKey("x", false, "a", "", arguments);
        routers.bindingAdded(VHOST, red);
        bind("d", "b", "k");

        assertThat(router.route("x", "k", () -> arguments).queueIds()).containsExactly(id("a"));
        assertThat(router.route("x", "k", () -> arguments).headersLookedAt()).isTrue();
        assertThat(router.route("x", "k", NO_HEADERS).queueIds()).isEmpty();
        Route direct = router.route("d", "k", () -> {
            throw new AssertionError("headers asked for");
        });
        assertThat(direct.headersLookedAt()).isFalse();
        routers.bindingRemoved(VHOST, red);
        assertThat(router.route("x", "k", () -> arguments).queueIds()).isEmpty();
    }

    @Test
    void a_queue_that_several_bindings_lead_to_is_there_once_until_the_last_goes() {
        exchange("x", ExchangeType.FANOUT, FieldTable.EMPTY);
        bind("x", "a", "1");
        bind("x", "a", "2");

        assertThat(route("x", "")).containsExactly(id("a"));
        routers.bindingRemoved(VHOST, toQueue("x", "a", "1"));
        assertThat(route("x", "")).containsExactly(id("a"));
        routers.bindingRemoved(VHOST, toQueue("x", "a", "2"));

        assertThat(route("x", "")).isEmpty();
    }

    @Test
    void exchanges_bound_in_a_circle_are_visited_once() {
        exchange("x", ExchangeType.FANOUT, FieldTable.EMPTY);
        exchange("y", ExchangeType.FANOUT, FieldTable.EMPTY);
        bindExchange("x", "y", "");
        bindExchange("y", "x", "");
        bindExchange("x", "x", "");
        bind("x", "a", "");
        bind("y", "a", "");
        bind("y", "b", "");

        assertThat(route("x", "")).containsExactly(id("a"), id("b"));
        assertThat(route("y", "")).containsExactly(id("a"), id("b"));
    }

    @Test
    void each_exchange_on_the_way_applies_its_own_rule() {
        exchange("x", ExchangeType.TOPIC, FieldTable.EMPTY);
        exchange("y", ExchangeType.DIRECT, FieldTable.EMPTY);
        bindExchange("x", "y", "order.#");
        bind("y", "a", "order.new");

        assertThat(route("x", "order.new")).containsExactly(id("a"));
        assertThat(route("x", "order.old")).isEmpty();
    }

    @Test
    void what_an_exchange_has_no_destination_for_goes_to_its_alternate() {
        exchange("x", ExchangeType.DIRECT, alternate("ae"));
        exchange("ae", ExchangeType.FANOUT, FieldTable.EMPTY);
        bind("x", "a", "k");
        bind("ae", "b", "");

        assertThat(route("x", "k")).containsExactly(id("a"));
        assertThat(route("x", "other")).containsExactly(id("b"));
    }

    @Test
    void a_destination_that_leads_nowhere_is_a_destination_all_the_same() {
        exchange("x", ExchangeType.FANOUT, alternate("ae"));
        exchange("y", ExchangeType.FANOUT, FieldTable.EMPTY);
        exchange("ae", ExchangeType.FANOUT, FieldTable.EMPTY);
        bindExchange("x", "y", "");
        bind("ae", "a", "");

        assertThat(route("x", "")).isEmpty();
    }

    @Test
    void alternates_that_name_each_other_or_nothing_end() {
        exchange("x", ExchangeType.DIRECT, alternate("y"));
        exchange("y", ExchangeType.DIRECT, alternate("x"));
        exchange("z", ExchangeType.DIRECT, alternate("missing"));

        assertThat(route("x", "k")).isEmpty();
        assertThat(route("z", "k")).isEmpty();
    }

    @Test
    void the_default_exchange_can_be_an_alternate() {
        exchange("x", ExchangeType.DIRECT, alternate(""));

        assertThat(route("x", "c")).containsExactly(id("c"));
    }

    @Test
    void several_keys_reach_the_union_of_their_queues() {
        exchange("x", ExchangeType.DIRECT, alternate("ae"));
        exchange("ae", ExchangeType.FANOUT, FieldTable.EMPTY);
        bind("x", "a", "1");
        bind("x", "b", "2");
        bind("x", "a", "2");
        bind("ae", "c", "");

        assertThat(router.route("x", List.of("1", "2"), NO_HEADERS).queueIds()).containsExactly(id("a"), id("b"));
        assertThat(router.route("x", List.of("3", "1"), NO_HEADERS).queueIds()).containsExactly(id("a"));
        assertThat(router.route("", List.of("c", "a", "c"), NO_HEADERS).queueIds())
                .containsExactly(id("a"), id("c"));
    }

    @Test
    void the_version_grows_with_every_change() {
        long before = router.version();
        exchange("x", ExchangeType.DIRECT, FieldTable.EMPTY);
        long declared = router.version();
        bind("x", "a", "");

        assertThat(declared).isGreaterThan(before);
        assertThat(router.version()).isGreaterThan(declared);
    }

    @Test
    void a_random_web_of_exchanges_reaches_what_a_plain_search_reaches() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Map<String, Set<String>> web = new HashMap<>();
        for (int i = 0; i < 12; i++) {
            exchange("x" + i, ExchangeType.FANOUT, FieldTable.EMPTY);
            web.put("x" + i, new TreeSet<>());
        }

        for (int i = 0; i < 200; i++) {
            String source = "x" + random.nextInt(12);
            String destination =
                    random.nextInt(4) == 0 ? List.of("a", "b", "c").get(random.nextInt(3)) : "x" + random.nextInt(12);
            toggle(web, source, destination);

            Set<String> reached = new HashSet<>();
            search(web, source, reached);
            int[] expected = reached.stream()
                    .filter(queues::containsKey)
                    .mapToInt(this::id)
                    .sorted()
                    .toArray();
            assertThat(route(source, "")).as("seed %d, step %d", seed, i).isEqualTo(expected);
        }
    }

    private void toggle(Map<String, Set<String>> web, String source, String destination) {
        BindingKey binding = new BindingKey(source, web.containsKey(destination), destination, "", FieldTable.EMPTY);
        if (web.get(source).add(destination)) {
            routers.bindingAdded(VHOST, binding);
        } else {
            web.get(source).remove(destination);
            routers.bindingRemoved(VHOST, binding);
        }
    }

    private static void search(Map<String, Set<String>> web, String from, Set<String> reached) {
        if (reached.add(from)) {
            web.getOrDefault(from, Set.of()).forEach(next -> search(web, next, reached));
        }
    }

    private int[] route(String exchange, String key) {
        return router.route(exchange, key, NO_HEADERS).queueIds();
    }

    private void exchange(String name, ExchangeType type, FieldTable arguments) {
        routers.exchangeCreated(new ExchangeDefinition(VHOST, name, type, true, false, false, arguments));
    }

    private void queue(String name) {
        QueueDefinition queue = new QueueDefinition(
                queues.size() + 1, VHOST, name, QueueType.CLASSIC, true, 0, false, FieldTable.EMPTY);
        queues.put(name, queue);
        routers.queueCreated(queue);
    }

    private int id(String queue) {
        return queues.get(queue).id();
    }

    private void bind(String exchange, String queue, String key) {
        routers.bindingAdded(VHOST, toQueue(exchange, queue, key));
    }

    private void bindExchange(String source, String destination, String key) {
        routers.bindingAdded(VHOST, new BindingKey(source, true, destination, key, FieldTable.EMPTY));
    }

    private static BindingKey toQueue(String exchange, String queue, String key) {
        return new BindingKey(exchange, false, queue, key, FieldTable.EMPTY);
    }

    private static FieldTable alternate(String name) {
        return HeaderPatternTest.table("alternate-exchange", FieldValue.LongString.of(name));
    }
}
