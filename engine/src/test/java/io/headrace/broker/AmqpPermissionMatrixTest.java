package io.headrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.catalog.BindingKey;
import io.headrace.catalog.Permission;
import io.headrace.catalog.Refusal;
import io.headrace.catalog.Refusal.Access;
import io.headrace.catalog.Resource;
import io.headrace.catalog.TopicPermission;
import io.headrace.catalog.UserDefinition;
import io.headrace.catalog.VhostDefinition;
import io.headrace.log.LyingStorage;
import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import io.headrace.message.StoredMessage;
import io.headrace.security.User;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Goal: every method of AMQP that has a permission rule asks for exactly what RabbitMQ's table says, in its order,
/// and asks before it tells whether the thing is there.
///
/// Method: a table of methods with what each needs. Each is tried by a user with every combination of configure,
/// write and read, with every subset of just what it needs, with everything but for other names, and by one who may
/// not enter; in a vhost where the user has these permissions, in one where it has the opposite ones, and in one that
/// is not there. The whole engine on a disk in memory; each cell begins with the same queues and exchanges.
@DisplayNameGeneration(ReplaceUnderscores.class)
class AmqpPermissionMatrixTest {
    private static final String USER = "ann";
    private static final String MINE = "mine";
    private static final String THEIRS = "theirs";
    private static final String EVERYTHING = ".*";
    private static final String NOTHING = "^$";
    private static final int CELLS_MIN = 700;

    /// The disk in memory keeps what was written, so now and then a new one takes its place.
    private static final int CELLS_FOR_A_BROKER = 100;

    private static SimulatedBroker broker; // null between classes
    private static int cellsTried;

    /// A permission that a method needs.
    ///
    /// @param pattern that allows just this
    private record Need(Access access, Resource.Kind kind, String name, String pattern) {
        static Need exchange(Access access, String name) {
            var asked = name.isEmpty() ? "amq.default" : name;
            return new Need(access, Resource.Kind.EXCHANGE, asked, "^" + Pattern.quote(asked) + "$");
        }

        static Need queue(Access access, String name) {
            return new Need(access, Resource.Kind.QUEUE, name, name.isEmpty() ? "^amq\\.gen-" : "^" + name + "$");
        }
    }

    /// A method, and what it needs in the order in which it is asked.
    private record Method(String name, List<Need> needs, Function<Session, Optional<Refusal>> act) {
        @Override
        public String toString() {
            return name;
        }
    }

    /// @param role for the report
    /// @param here the user's permission in [#MINE]; empty for none
    /// @param there the same in [#THEIRS]
    private record Cell(
            Method method, String role, Optional<Permission> here, Optional<Permission> there, String vhost) {
        @Override
        public String toString() {
            return method + " with " + role + " in " + vhost;
        }
    }

    @BeforeEach
    void startAnewNowAndThen() throws IOException {
        if (cellsTried++ % CELLS_FOR_A_BROKER > 0) {
            return;
        }
        broker = new SimulatedBroker(new LyingStorage(1), 1);
        broker.boot();
        for (String vhost : List.of(MINE, THEIRS)) {
            admin(new AdminCommand.PutVhost(VhostDefinition.plain(vhost)));
            admin(new AdminCommand.PutPermission("guest", vhost, Permission.ALL));
        }
    }

    @AfterAll
    static void stop() {
        broker = null;
    }

    @Test
    void there_are_as_many_cells_as_the_table_promises() {
        assertThat(cells().count() + topicCells().count()).isGreaterThan(CELLS_MIN);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cells")
    void a_method_asks_for_what_it_needs(Cell cell) {
        prepare();
        admin(new AdminCommand.DeleteUser(USER));
        admin(new AdminCommand.PutUser(new UserDefinition(USER, "", Set.of("administrator")))); // tags give no right
        cell.here().ifPresent(permission -> admin(new AdminCommand.PutPermission(USER, MINE, permission)));
        cell.there().ifPresent(permission -> admin(new AdminCommand.PutPermission(USER, THEIRS, permission)));

        var got = attempt(cell);

        assertThat(got).isEqualTo(expected(cell));
    }

    /// The refusal of a right. Other refusals say that the right was there.
    private static Optional<Refusal> attempt(Cell cell) {
        return switch (broker.engine.open(new User(USER, Set.of()), cell.vhost(), broker.loop, USER)) {
            case Broker.Opening.Refused(Refusal refusal) -> Optional.of(refusal);
            case Broker.Opening.Opened(Session session) -> {
                var refusal = cell.method().act().apply(session);
                broker.settle();
                session.close(() -> {});
                broker.settle();
                yield refusal.filter(AmqpPermissionMatrixTest::ofRights).map(AmqpPermissionMatrixTest::withoutMadeName);
            }
        };
    }

    /// A name that the broker made up for the question stands in the table as the empty one.
    private static Refusal withoutMadeName(Refusal refusal) {
        return refusal instanceof Refusal.AccessRefused(Access access, Resource resource, String user)
                        && resource.name().startsWith("amq.gen-")
                ? new Refusal.AccessRefused(access, Resource.queue("", resource.vhost()), user)
                : refusal;
    }

    private static boolean ofRights(Refusal refusal) {
        return refusal instanceof Refusal.AccessRefused || refusal instanceof Refusal.TopicAccessRefused;
    }

    private static Optional<Refusal> expected(Cell cell) {
        if (!List.of(MINE, THEIRS).contains(cell.vhost())) {
            return Optional.of(new Refusal.VhostNotFound(cell.vhost()));
        }
        var permission = cell.vhost().equals(MINE) ? cell.here() : cell.there();
        if (permission.isEmpty()) {
            return Optional.of(new Refusal.VhostAccessRefused(cell.vhost(), USER));
        }
        return cell.method().needs().stream()
                .filter(need -> !allows(permission.get(), need))
                .findFirst()
                .map(need -> new Refusal.AccessRefused(
                        need.access(), new Resource(need.kind(), need.name(), cell.vhost()), USER));
    }

    private static boolean allows(Permission permission, Need need) {
        var pattern = permission.pattern(need.access());
        return pattern.equals(EVERYTHING) || List.of(pattern.split("\\|")).contains(need.pattern());
    }

    // ---- the table ----

    private static List<Method> methods() {
        var configure = Access.CONFIGURE;
        var write = Access.WRITE;
        var read = Access.READ;
        var alternate = table("alternate-exchange", "ae");
        var deadLetters = table("x-dead-letter-exchange", "dlx");
        return List.of(
                method("exchange.declare", exchange("new", false, FieldTable.EMPTY), Need.exchange(configure, "new")),
                method("exchange.declare again", exchange("x", false, FieldTable.EMPTY), Need.exchange(configure, "x")),
                method(
                        "exchange.declare with alternate",
                        exchange("new", false, alternate),
                        Need.exchange(configure, "new"),
                        Need.exchange(read, "new"),
                        Need.exchange(write, "ae")),
                method("exchange.declare passive", exchange("x", true, FieldTable.EMPTY)),
                method("exchange.declare passive of none", exchange("none", true, FieldTable.EMPTY)),
                method("exchange.delete", new Command.DeleteExchange("x", false), Need.exchange(configure, "x")),
                method(
                        "exchange.delete of none",
                        new Command.DeleteExchange("none", false),
                        Need.exchange(configure, "none")),
                method(
                        "exchange.bind",
                        new Command.Bind(binding("x", true, "y")),
                        Need.exchange(write, "y"),
                        Need.exchange(read, "x")),
                method(
                        "exchange.bind of none",
                        new Command.Bind(binding("none", true, "none2")),
                        Need.exchange(write, "none2"),
                        Need.exchange(read, "none")),
                method(
                        "exchange.unbind",
                        new Command.Unbind(binding("x", true, "y")),
                        Need.exchange(write, "y"),
                        Need.exchange(read, "x")),
                method("queue.declare", queue("new", false, FieldTable.EMPTY), Need.queue(configure, "new")),
                method("queue.declare again", queue("q", false, FieldTable.EMPTY), Need.queue(configure, "q")),
                method("queue.declare without a name", queue("", false, FieldTable.EMPTY), Need.queue(configure, "")),
                method(
                        "queue.declare with dead letters",
                        queue("new", false, deadLetters),
                        Need.queue(configure, "new"),
                        Need.queue(read, "new"),
                        Need.exchange(write, "dlx")),
                method(
                        "queue.declare with dead letters without a name",
                        queue("", false, deadLetters),
                        Need.queue(configure, ""),
                        Need.queue(read, ""),
                        Need.exchange(write, "dlx")),
                method(
                        "queue.declare exclusive",
                        new Command.DeclareQueue("new", false, false, true, false, FieldTable.EMPTY),
                        Need.queue(configure, "new")),
                method("queue.declare passive", queue("q", true, FieldTable.EMPTY)),
                method("queue.declare passive of none", queue("none", true, FieldTable.EMPTY)),
                method("queue.delete", new Command.DeleteQueue("q", false, false), Need.queue(configure, "q")),
                method(
                        "queue.delete of none",
                        new Command.DeleteQueue("none", false, false),
                        Need.queue(configure, "none")),
                method("queue.purge", new Command.PurgeQueue("q"), Need.queue(read, "q")),
                method("queue.purge of none", new Command.PurgeQueue("none"), Need.queue(read, "none")),
                method(
                        "queue.bind",
                        new Command.Bind(binding("x", false, "q")),
                        Need.queue(write, "q"),
                        Need.exchange(read, "x")),
                method(
                        "queue.bind of none",
                        new Command.Bind(binding("none", false, "none")),
                        Need.queue(write, "none"),
                        Need.exchange(read, "none")),
                method(
                        "queue.unbind",
                        new Command.Unbind(binding("x", false, "q")),
                        Need.queue(write, "q"),
                        Need.exchange(read, "x")),
                new Method("basic.publish", List.of(Need.exchange(write, "x")), session -> publish(session, "x", "k")),
                new Method(
                        "basic.publish to the default exchange",
                        List.of(Need.exchange(write, "")),
                        session -> publish(session, "", "q")),
                new Method(
                        "basic.publish to none",
                        List.of(Need.exchange(write, "none")),
                        session -> publish(session, "none", "k")),
                new Method("basic.get", List.of(Need.queue(read, "q")), session -> get(session, "q")),
                new Method("basic.get of none", List.of(Need.queue(read, "none")), session -> get(session, "none")),
                new Method("basic.get of a stream", List.of(Need.queue(read, "s")), session -> get(session, "s")),
                new Method("basic.consume", List.of(Need.queue(read, "q")), session -> consume(session, "q")),
                new Method(
                        "basic.consume of none",
                        List.of(Need.queue(read, "none")),
                        session -> consume(session, "none")),
                new Method(
                        "basic.consume of a stream", List.of(Need.queue(read, "s")), session -> consume(session, "s")));
    }

    static Stream<Cell> cells() {
        return methods().stream().flatMap(AmqpPermissionMatrixTest::cells);
    }

    private static Stream<Cell> cells(Method method) {
        List<Cell> cells = new ArrayList<>();
        for (int bits = 0; bits < 8; bits++) {
            everywhere(cells, method, kinds(bits), kinds(7 - bits), "kinds " + bits);
        }
        for (int bits = 0; bits < 1 << method.needs().size(); bits++) {
            int others = (1 << method.needs().size()) - 1 - bits;
            everywhere(cells, method, subset(method, bits), subset(method, others), "needs " + bits);
        }
        everywhere(cells, method, new Permission("^other", "^other", "^other"), Permission.ALL, "other names");
        cells.add(new Cell(method, "nothing", Optional.empty(), Optional.of(Permission.ALL), MINE));
        cells.add(new Cell(method, "everything elsewhere", Optional.of(Permission.ALL), Optional.empty(), THEIRS));
        cells.add(new Cell(method, "everything", Optional.of(Permission.ALL), Optional.of(Permission.ALL), "missing"));
        return cells.stream();
    }

    private static void everywhere(List<Cell> cells, Method method, Permission here, Permission there, String role) {
        for (String vhost : List.of(MINE, THEIRS)) {
            cells.add(new Cell(method, role, Optional.of(here), Optional.of(there), vhost));
        }
    }

    private static Permission kinds(int bits) {
        return new Permission(
                (bits & 1) == 0 ? NOTHING : EVERYTHING,
                (bits & 2) == 0 ? NOTHING : EVERYTHING,
                (bits & 4) == 0 ? NOTHING : EVERYTHING);
    }

    /// Allows just those needs whose bits are set.
    private static Permission subset(Method method, int bits) {
        Function<Access, String> pattern = access -> {
            var allowed = new ArrayList<String>();
            for (int i = 0; i < method.needs().size(); i++) {
                var need = method.needs().get(i);
                if ((bits & 1 << i) != 0 && need.access() == access) {
                    allowed.add(need.pattern());
                }
            }
            return allowed.isEmpty() ? NOTHING : String.join("|", allowed);
        };
        return new Permission(pattern.apply(Access.CONFIGURE), pattern.apply(Access.WRITE), pattern.apply(Access.READ));
    }

    // ---- topic permissions ----

    /// @param exchange topic permissions hold at topic exchanges alone
    private record TopicCell(
            String exchange, String write, String read, String key, String method, String permitted, boolean allowed) {}

    static Stream<TopicCell> topicCells() {
        var methods = List.of("publish", "bind", "unbind", "bind to exchange", "unbind from exchange");
        return Stream.of("amq.topic", "amq.direct")
                .flatMap(exchange -> methods.stream()
                        .flatMap(method -> Stream.of("a.b", "b.a", "ann.x", "")
                                .flatMap(key -> Stream.of("^a\\.", "^{username}\\.", NOTHING, EVERYTHING)
                                        .flatMap(pattern -> Stream.of(exchange, "other")
                                                .map(permitted ->
                                                        topicCell(exchange, method, key, pattern, permitted))))));
    }

    private static TopicCell topicCell(String exchange, String method, String key, String pattern, String permitted) {
        boolean publish = method.equals("publish");
        boolean limited = exchange.equals("amq.topic") && permitted.equals(exchange);
        boolean found = Pattern.compile(pattern.replace("{username}", USER))
                .matcher(key)
                .find();
        return new TopicCell(
                exchange,
                publish ? pattern : EVERYTHING,
                publish ? EVERYTHING : pattern,
                key,
                method,
                permitted,
                !limited || found);
    }

    @ParameterizedTest
    @MethodSource("topicCells")
    void a_topic_permission_limits_routing_keys(TopicCell cell) {
        prepare();
        admin(new AdminCommand.DeleteUser(USER));
        admin(new AdminCommand.PutUser(new UserDefinition(USER, "", Set.of())));
        admin(new AdminCommand.PutPermission(USER, MINE, Permission.ALL));
        admin(new AdminCommand.PutTopicPermission(
                USER, MINE, new TopicPermission(cell.permitted(), cell.write(), cell.read())));
        var key = cell.key();
        var queue = new BindingKey(cell.exchange(), false, "q", key, FieldTable.EMPTY);
        var exchange = new BindingKey(cell.exchange(), true, "y", key, FieldTable.EMPTY);
        var method = switch (cell.method()) {
            case "publish" -> new Method("", List.of(), session -> publish(session, cell.exchange(), key));
            case "bind" -> method("", new Command.Bind(queue));
            case "unbind" -> method("", new Command.Unbind(queue));
            case "bind to exchange" -> method("", new Command.Bind(exchange));
            default -> method("", new Command.Unbind(exchange));
        };

        var got = attempt(new Cell(method, "", Optional.empty(), Optional.empty(), MINE));

        var access = cell.method().equals("publish") ? Access.WRITE : Access.READ;
        assertThat(got)
                .isEqualTo(
                        cell.allowed()
                                ? Optional.empty()
                                : Optional.of(new Refusal.TopicAccessRefused(
                                        access, key, Resource.exchange(cell.exchange(), MINE), USER)));
    }

    // ---- acting ----

    private static Method method(String name, Command command, Need... needs) {
        return new Method(name, List.of(needs), session -> perform(session, command));
    }

    private static Command exchange(String name, boolean passive, FieldTable arguments) {
        return new Command.DeclareExchange(name, "direct", passive, true, false, false, arguments);
    }

    private static Command queue(String name, boolean passive, FieldTable arguments) {
        return new Command.DeclareQueue(name, passive, true, false, false, arguments);
    }

    private static BindingKey binding(String source, boolean toExchange, String destination) {
        return new BindingKey(source, toExchange, destination, "k", FieldTable.EMPTY);
    }

    private static FieldTable table(String name, String value) {
        return new FieldTable(Map.of(name, FieldValue.LongString.of(value)));
    }

    private static Optional<Refusal> perform(Session session, Command command) {
        var answers = new Answer[1];
        session.perform(command, answer -> answers[0] = answer);
        broker.settle();
        return answers[0] instanceof Answer.Refused(Refusal refusal) ? Optional.of(refusal) : Optional.empty();
    }

    private static Optional<Refusal> publish(Session session, String exchange, String key) {
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
        }
    }

    private static Optional<Refusal> get(Session session, String queue) {
        var refusals = new ArrayList<Refusal>();
        session.get(queue, false, new Session.GetPort() {
            @Override
            public void message(
                    Session.Lease lease,
                    long sequence,
                    StoredMessage message,
                    boolean redelivered,
                    int attempts,
                    long remaining) {}

            @Override
            public void empty() {}

            @Override
            public void refused(Refusal refusal) {
                refusals.add(refusal);
            }
        });
        broker.settle();
        return refusals.stream().findFirst();
    }

    private static Optional<Refusal> consume(Session session, String queue) {
        var port = new Session.ConsumerPort() {
            @Override
            public boolean ready() {
                return false;
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

    private static void admin(AdminCommand command) {
        broker.engine
                .admin()
                .perform(command, outcome -> assertThat(outcome).isNotInstanceOf(Admin.Outcome.Refused.class));
        broker.settle();
    }

    /// What a cell may have made or taken away.
    private static void prepare() {
        for (String vhost : List.of(MINE, THEIRS)) {
            var opening = broker.engine.open(new User("guest", Set.of()), vhost, broker.loop, "prepare");
            var session = ((Broker.Opening.Opened) opening).session();
            var catalog = broker.engine.catalog();
            var names = catalog.queues(vhost).map(queue -> queue.name()).collect(Collectors.toSet());
            for (String name : names) {
                if (!Set.of("q", "s").contains(name)) {
                    perform(session, new Command.DeleteQueue(name, false, false));
                }
            }
            perform(session, new Command.DeleteExchange("new", false));
            for (String name : List.of("x", "y", "ae", "dlx")) {
                perform(session, exchange(name, false, FieldTable.EMPTY));
            }
            perform(session, queue("q", false, FieldTable.EMPTY));
            perform(session, queue("s", false, table("x-queue-type", "stream")));
            session.close(() -> {});
        }
    }
}
