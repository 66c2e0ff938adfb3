package io.headrace.catalog;

import static io.headrace.catalog.TestCatalog.ME;
import static io.headrace.catalog.TestCatalog.VHOST;
import static io.headrace.catalog.TestCatalog.refusal;
import static io.headrace.catalog.TestCatalog.toExchange;
import static io.headrace.catalog.TestCatalog.toQueue;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/// Goal: the catalog is what its operations made it, on every replica, after every restart.
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class CatalogStateTest {
    private final TestCatalog test = new TestCatalog();

    @Test
    void every_operation_comes_out_of_its_bytes_as_it_went_in() {
        QueueDefinition queue =
                new QueueDefinition(9, VHOST, "ü", QueueType.QUORUM, true, -1, true, TestCatalog.arguments("a", "b"));
        ExchangeDefinition exchange = new ExchangeDefinition(
                VHOST, "x", ExchangeType.HEADERS, false, true, true, TestCatalog.arguments("c", "d"));
        BindingKey binding = new BindingKey("x", true, "y", "k", TestCatalog.arguments("x-match", "any"));
        List<CatalogOperation> operations = List.of(
                new CatalogOperation.AddVhost(VHOST),
                new CatalogOperation.RemoveVhost(VHOST),
                new CatalogOperation.AddExchange(exchange),
                new CatalogOperation.RemoveExchange(VHOST, "x"),
                new CatalogOperation.AddQueue(queue),
                new CatalogOperation.RemoveQueue(VHOST, "ü"),
                new CatalogOperation.AddBinding(VHOST, binding),
                new CatalogOperation.RemoveBinding(VHOST, binding),
                new CatalogOperation.PutUser(new UserDefinition("u", "hash", Set.of("administrator"))),
                new CatalogOperation.RemoveUser("u"),
                new CatalogOperation.PutPermission("u", VHOST, Permission.ALL),
                new CatalogOperation.RemovePermission("u", VHOST),
                new CatalogOperation.AddTopic(new TopicDefinition(
                        VHOST, "t", new UUID(7, -8), List.of(3, 4), new TreeMap<>(Map.of("retention.ms", "9")))),
                new CatalogOperation.RemoveTopic(VHOST, "t"),
                new CatalogOperation.AddPartitions(VHOST, "t", List.of(5)),
                new CatalogOperation.PutTopicSettings(VHOST, "t", new TreeMap<>(Map.of("a", "b", "c", ""))),
                new CatalogOperation.PutSettings("kafka.broker", new TreeMap<>()),
                new CatalogOperation.PutUser(
                        new UserDefinition("u", "hash", Set.of(), new TreeMap<>(Map.of("max-channels", -1L)))),
                new CatalogOperation.PutVhost(
                        new VhostDefinition(VHOST, "ü", List.of("a", "b"), Optional.of(QueueType.QUORUM), true, true)),
                new CatalogOperation.PutVhost(VhostDefinition.plain(VHOST)),
                new CatalogOperation.PutTopicPermission("u", VHOST, new TopicPermission("x", "w", "r")),
                new CatalogOperation.RemoveTopicPermission("u", VHOST, "x"),
                new CatalogOperation.PutPolicy(new Policy(
                        VHOST,
                        "p",
                        "^q",
                        TestCatalog.arguments("max-length", TestCatalog.number(5)),
                        -3,
                        Policy.ApplyTo.QUORUM_QUEUES,
                        true)),
                new CatalogOperation.RemovePolicy(VHOST, "p", true),
                new CatalogOperation.PutParameter(new Parameter("c", VHOST, "n", new FieldValue.Nothing())),
                new CatalogOperation.RemoveParameter("c", VHOST, "n"),
                new CatalogOperation.PutGlobalParameter("g", FieldValue.LongString.of("v")),
                new CatalogOperation.RemoveGlobalParameter("g"));

        ByteBuffer bytes = ByteBuffer.allocate(3 + CatalogOperation.sizeBytes(operations));
        CatalogOperation.encode(operations, bytes, 3);

        assertThat(CatalogOperation.decode(bytes, 3, bytes.capacity() - 3)).isEqualTo(operations);
    }

    @Test
    void bytes_that_are_no_batch_are_our_own_mistake() {
        assertThatThrownBy(() -> decode(3, 0, 0, 0, 0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("a newer Headrace wrote it");
        assertThatThrownBy(() -> decode(1, 0, 0, 0, 1, 99)).hasMessage("unknown catalog operation 99");
        assertThatThrownBy(() -> decode(1, 0, 0, 0, 1, 1, 0, 5, 'v'))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("cut short");
        assertThatThrownBy(() -> decode(1, 0x7f, -1, -1, -1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void a_batch_from_before_users_had_limits_is_read() {
        byte[] bytes = {1, 0, 0, 0, 1, 9, 0, 1, 'u', 0, 1, 'h', 0, 0, 0, 1, 0, 1, 't'};

        assertThat(CatalogOperation.decode(ByteBuffer.wrap(bytes), 0, bytes.length))
                .containsExactly(new CatalogOperation.PutUser(new UserDefinition("u", "h", Set.of("t"))));
    }

    @Test
    void random_bytes_are_a_batch_or_our_own_mistake_and_nothing_else() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = new byte[5 + random.nextInt(40)];
            random.nextBytes(bytes);
            bytes[0] = (byte) (1 + random.nextInt(2));
            bytes[1] = bytes[2] = bytes[3] = 0;
            bytes[4] = (byte) random.nextInt(3);
            if (bytes.length > 5) {
                bytes[5] = (byte) random.nextInt(28);
            }
            try {
                CatalogOperation.decode(ByteBuffer.wrap(bytes), 0, bytes.length);
            } catch (IllegalStateException expected) {
                assertThat(expected.getMessage())
                        .as("seed %d, round %d", seed, round)
                        .isNotEmpty();
            }
        }
    }

    @Test
    void an_entry_that_was_applied_already_is_passed_over() {
        List<CatalogOperation> operations =
                List.of(new CatalogOperation.AddVhost("w"), new CatalogOperation.RemoveVhost("w"));
        Catalog catalog = new Catalog();
        TestCatalog.applyTo(catalog, 4, operations);
        TestCatalog.applyTo(catalog, 5, List.of(new CatalogOperation.AddVhost("w")));

        TestCatalog.applyTo(catalog, 4, operations);
        TestCatalog.applyTo(catalog, 5, List.of(new CatalogOperation.AddVhost("w")));

        assertThat(catalog.hasVhost("w")).isTrue();
        assertThat(catalog.appliedOffset()).isEqualTo(5);
    }

    @Test
    void operations_that_do_not_fit_the_state_are_our_own_mistake() {
        QueueDefinition queue = test.queue("q");

        assertThatThrownBy(() -> test.log(List.of(new CatalogOperation.AddQueue(queue))))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> test.log(List.of(new CatalogOperation.AddVhost(VHOST))))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> test.log(List.of(new CatalogOperation.RemoveQueue("nowhere", "q"))))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> test.log(List.of(new CatalogOperation.AddBinding(VHOST, toQueue("none", "q", "")))))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void a_restart_drops_what_is_not_durable_and_what_was_bound_to_it() {
        test.queue("durable");
        test.carryOut(test.decideQueue("transient", false, false, false));
        test.carryOut(test.decideQueue("exclusive", true, true, false));
        test.exchange("x", "fanout");
        test.carryOut(test.catalog.decideDeclareExchange(
                new ExchangeDeclaration(VHOST, "fleeting", "fanout", false, false, false, FieldTable.EMPTY)));
        test.autoDeleteExchange("auto");
        test.bind(toQueue("x", "durable", ""));
        test.bind(toQueue("x", "transient", ""));
        test.bind(toQueue("fleeting", "durable", ""));
        test.bind(toQueue("auto", "exclusive", ""));

        int gone = test.carryOut(test.catalog.decideRestart());

        assertThat(gone).isEqualTo(3);
        assertThat(test.catalog.queues(VHOST).map(QueueDefinition::name)).containsExactly("durable");
        assertThat(test.catalog.exchange(VHOST, "fleeting")).isEmpty();
        assertThat(test.catalog.exchange(VHOST, "auto")).isPresent();
        assertThat(test.catalog.bindings(VHOST)).containsExactly(toQueue("x", "durable", ""));
        assertThat(test.catalog.exclusiveQueues(ME)).isEmpty();
        assertThat(test.catalog.decideRestart()).isEqualTo(new Decision.NoChange<>(0));
    }

    @Test
    void a_first_start_makes_the_default_vhost_and_its_administrator_once() {
        Optional<UserDefinition> guest = Optional.of(new UserDefinition("guest", "hash", Set.of("administrator")));
        Catalog catalog = new Catalog();
        firstStart(catalog, guest);

        assertThat(catalog.user("guest")).isEqualTo(guest);
        assertThat(catalog.permission("guest", Catalog.DEFAULT_VHOST)).contains(Permission.ALL);
        assertThat(catalog.vhosts()).containsExactly(Catalog.DEFAULT_VHOST);
        TestCatalog.applyTo(catalog, 1, List.of(new CatalogOperation.RemoveVhost(Catalog.DEFAULT_VHOST)));

        assertThat(catalog.decideFirstStart(guest)).isEqualTo(new Decision.NoChange<>(guest));
    }

    @Test
    void a_first_start_makes_no_user_if_users_come_from_elsewhere() {
        Catalog catalog = new Catalog();
        firstStart(catalog, Optional.empty());

        assertThat(catalog.vhosts()).containsExactly(Catalog.DEFAULT_VHOST);
        assertThat(catalog.users()).isEmpty();
    }

    private static void firstStart(Catalog catalog, Optional<UserDefinition> user) {
        Decision<?> decision = catalog.decideFirstStart(user);
        TestCatalog.applyTo(catalog, 0, ((Decision.Change<?>) decision).operations());
    }

    @Test
    void a_vhost_goes_with_its_queues_and_permissions() {
        List<String> told = new ArrayList<>();
        test.catalog.addListener(new CatalogListener() {
            @Override
            public void queueDeleted(QueueDefinition queue) {
                told.add("queue " + queue.name());
            }

            @Override
            public void vhostDeleted(String vhost) {
                told.add("vhost " + vhost);
            }
        });
        test.carryOut(test.catalog.operators().decidePutUser(new UserDefinition("u", "", Set.of())));
        test.carryOut(test.catalog.operators().decidePutPermission("u", VHOST, Permission.ALL));
        test.queue("a");
        test.queue("b");

        test.carryOut(test.catalog.operators().decideRemoveVhost(VHOST));

        assertThat(told).containsExactly("queue a", "queue b", "vhost v");
        assertThat(test.catalog.permission("u", VHOST)).isEmpty();
        assertThat(refusal(test.catalog.operators().decideRemoveVhost(VHOST)))
                .isEqualTo(new Refusal.VhostNotFound(VHOST));
    }

    @Test
    void listeners_hear_of_bindings_before_the_queue_that_takes_them_along() {
        List<String> told = new ArrayList<>();
        test.exchange("x", "direct");
        test.queue("q");
        test.bind(toQueue("x", "q", "k"));
        test.catalog.addListener(new CatalogListener() {
            @Override
            public void bindingRemoved(String vhost, BindingKey binding) {
                told.add("binding " + binding.routingKey());
            }

            @Override
            public void queueDeleted(QueueDefinition queue) {
                told.add("queue " + queue.name());
            }
        });

        test.carryOut(test.catalog.decideDeleteQueue(VHOST, "q", ME));

        assertThat(told).containsExactly("binding k", "queue q");
    }

    @Test
    void the_versions_grow_with_the_changes_they_are_for() {
        long version = test.catalog.version();
        long access = test.catalog.accessVersion();

        test.queue("q");
        assertThat(test.catalog.version()).isGreaterThan(version);
        assertThat(test.catalog.accessVersion()).isEqualTo(access);
        test.carryOut(test.catalog.operators().decidePutUser(new UserDefinition("u", "", Set.of())));

        assertThat(test.catalog.accessVersion()).isGreaterThan(access);
    }

    @Test
    void a_restored_catalog_goes_on_with_ids_and_offsets() {
        test.queue("a");
        QueueDefinition last = test.queue("b");
        test.carryOut(test.catalog.decideDeleteQueue(VHOST, "b", ME));
        Catalog restored = new Catalog();

        restored.restore(test.catalog.snapshot());

        assertThat(restored.appliedOffset()).isEqualTo(test.catalog.appliedOffset());
        var declaration = new QueueDeclaration(VHOST, "c", true, false, false, FieldTable.EMPTY);
        Decision<QueueDefinition> next = restored.decideDeclareQueue(declaration, ME, () -> "", TestCatalog::topicId);
        assertThat(((Decision.Change<QueueDefinition>) next).outcome().id()).isGreaterThan(last.id());
    }

    @Test
    void restoring_takes_the_place_of_what_was_there() {
        test.queue("kept");
        Catalog other = new Catalog();
        TestCatalog.applyTo(other, 0, List.of(new CatalogOperation.AddVhost("old")));

        other.restore(test.catalog.snapshot());

        assertThat(other.vhosts()).containsExactly(VHOST);
        assertThat(other.queues(VHOST).map(QueueDefinition::name)).containsExactly("kept");
    }

    @Test
    void restoring_twice_gives_the_second_state() {
        test.queue("a");
        ByteBuffer second = test.catalog.snapshot();
        test.queue("b");
        test.bind(toQueue("amq.fanout", "b", ""));
        Catalog restored = new Catalog();
        restored.restore(test.catalog.snapshot());

        restored.restore(second);

        assertThat(restored.snapshot()).isEqualTo(second);
        assertThat(restored.appliedOffset()).isLessThan(test.catalog.appliedOffset());
    }

    @Test
    void after_a_reset_the_catalog_is_as_if_nothing_had_ever_been_logged() {
        test.queue("a");
        long version = test.catalog.version();

        test.catalog.reset();

        assertThat(test.catalog.snapshot()).isEqualTo(new Catalog().snapshot());
        assertThat(test.catalog.version()).isGreaterThan(version);
    }

    @Test
    void a_snapshot_of_a_newer_version_is_refused() {
        ByteBuffer snapshot = test.catalog.snapshot();
        snapshot.put(0, (byte) 3);

        assertThatThrownBy(() -> new Catalog().restore(snapshot))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("a newer Headrace wrote it");
    }

    @Test
    void many_queues_are_declared_and_restored_quickly() {
        for (int i = 0; i < 10_000; i++) {
            test.queue("q" + i);
            test.bind(toQueue("amq.fanout", "q" + i, ""));
        }
        Catalog restored = new Catalog();
        restored.restore(test.catalog.snapshot());

        assertThat(restored.queues(VHOST)).hasSize(10_000);
        assertThat(restored.bindings(VHOST)).hasSize(10_000);
    }

    /// Method: random declarations and deletions on one catalog; a second one gets only the bytes of the
    /// operations, a third only snapshots.
    @Test
    void a_replica_and_a_restored_snapshot_hold_the_same_as_the_first() {
        long seed = System.nanoTime();
        RandomCatalogWork work = new RandomCatalogWork(seed);
        Catalog first = new Catalog();
        Catalog replica = new Catalog();
        Catalog restored = new Catalog();
        TestCatalog.applyTo(first, 0, List.of(new CatalogOperation.AddVhost(VHOST)));
        TestCatalog.applyTo(replica, 0, List.of(new CatalogOperation.AddVhost(VHOST)));

        for (int offset = 1; offset < 3_000; offset++) {
            if (work.next(first) instanceof Decision.Change<?> change) {
                TestCatalog.applyTo(first, offset, change.operations());
                TestCatalog.applyTo(replica, offset, change.operations());
            }
            if (offset % 500 == 0) {
                restored.restore(first.snapshot());
                assertThat(CatalogContents.of(restored))
                        .as("seed %d, offset %d", seed, offset)
                        .isEqualTo(CatalogContents.of(first));
            }
        }

        assertThat(CatalogContents.of(replica)).as("seed %d", seed).isEqualTo(CatalogContents.of(first));
        assertThat(first.bindings(VHOST))
                .as("seed %d leaves something to compare", seed)
                .isNotEmpty();
    }

    @Test
    void a_binding_never_outlives_either_side() {
        long seed = System.nanoTime();
        RandomCatalogWork work = new RandomCatalogWork(seed);

        for (int step = 0; step < 3_000; step++) {
            if (work.next(test.catalog) instanceof Decision.Change<?> change) {
                test.log(change.operations());
            }
            assertThat(test.catalog.bindings(VHOST))
                    .as("seed %d, step %d", seed, step)
                    .allMatch(this::hasBothSides);
        }
    }

    @Test
    void an_exchange_bound_to_itself_goes_once() {
        test.exchange("x", "direct");
        test.bind(toExchange("x", "x", ""));

        test.carryOut(test.catalog.decideDeleteExchange(VHOST, "x", false));

        assertThat(test.catalog.bindings(VHOST)).isEmpty();
    }

    private boolean hasBothSides(BindingKey binding) {
        return test.catalog.exchange(VHOST, binding.source()).isPresent()
                && (binding.toExchange()
                        ? test.catalog.exchange(VHOST, binding.destination()).isPresent()
                        : test.catalog.queue(VHOST, binding.destination()).isPresent());
    }

    private static void decode(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        CatalogOperation.decode(ByteBuffer.wrap(bytes), 0, bytes.length);
    }
}
