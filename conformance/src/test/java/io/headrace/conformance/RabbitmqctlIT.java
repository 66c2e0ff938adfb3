package io.headrace.conformance;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeoutException;
import org.assertj.core.api.SoftAssertions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Goal: whoever has scripts around RabbitMQ's command line tools runs them with ours. Method: the tools as processes
/// against a broker of their own; what they print is compared with what RabbitMQ's print.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@DisplayNameGeneration(ReplaceUnderscores.class)
class RabbitmqctlIT {
    private static final String CTL = "rabbitmqctl";
    private static final String DIAGNOSTICS = "rabbitmq-diagnostics";

    private BrokerProcess broker;
    private Shell shell;
    private String node;

    @BeforeAll
    void start(@TempDir Path data) throws IOException {
        broker = BrokerProcess.start(data);
        shell = new Shell(data);
        node = shell.run(CTL, "-q", "eval", "node().").out().getFirst().replace("'", "");
    }

    @AfterAll
    void stop() {
        broker.close();
    }

    private List<String> ctl(String... arguments) {
        var result = shell.run(CTL, arguments);
        assertThat(result.err()).isEmpty();
        assertThat(result.exit()).isZero();
        return result.out();
    }

    private Connection connect(String vhost, String name) throws IOException, TimeoutException {
        var factory = broker.endpoint().factory();
        factory.setVirtualHost(vhost);
        return factory.newConnection(name);
    }

    // ---- one by one, as RabbitMQ does it ----

    /// A command and what is to be seen.
    private record Step(List<String> command, List<String> out, List<String> err, int exit) {}

    private List<Step> steps() throws IOException {
        String text;
        try (var file = RabbitmqctlIT.class.getResourceAsStream("/ctl/commands.txt")) {
            text = new String(file.readAllBytes(), StandardCharsets.UTF_8).replace("NODE", node);
        }
        List<Step> steps = new ArrayList<>();
        List<String> command = List.of();
        List<String> out = new ArrayList<>();
        List<String> err = new ArrayList<>();
        for (String line : text.split("\n")) {
            if (line.startsWith("$ ")) {
                command = words(line.substring(2));
            } else if (line.startsWith("1|")) {
                out.add(line.substring(2));
            } else if (line.startsWith("2|")) {
                err.add(line.substring(2));
            } else if (line.startsWith("= ")) {
                steps.add(new Step(command, List.copyOf(out), List.copyOf(err), Integer.parseInt(line.substring(2))));
                out.clear();
                err.clear();
            }
        }
        return steps;
    }

    /// As a shell splits them, by spaces that have no backslash in front.
    private static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        for (String word : line.split("(?<!\\\\) +")) {
            words.add(word.equals("''") ? "" : word.replaceAll("\\\\(.)", "$1"));
        }
        return words;
    }

    @Test
    void each_command_prints_what_rabbitmq_prints_and_ends_with_its_code(@TempDir Path empty) throws IOException {
        var softly = new SoftAssertions();
        try (var _ = BrokerProcess.start(empty)) {
            steps().forEach(step -> check(step, new Shell(empty), softly));
        }
        softly.assertAll();
    }

    private static void check(Step step, Shell shell, SoftAssertions softly) {
        var result = shell.run(step.command.getFirst(), step.command.subList(1, step.command.size()));

        softly.assertThat(result.out()).as("output of %s", step.command).isEqualTo(step.out);
        softly.assertThat(result.exit()).as("exit code of %s", step.command).isEqualTo(step.exit);
        int usage = step.err.indexOf("...");
        softly.assertThat(
                        usage < 0
                                ? result.err()
                                : result.err().stream().limit(usage).toList())
                .as("errors of %s", step.command)
                .isEqualTo(usage < 0 ? step.err : step.err.subList(0, usage));
    }

    // ---- lists of what clients do ----

    @Test
    void queues_exchanges_and_bindings_are_listed() throws Exception {
        ctl("add_vhost", "lists");
        ctl("set_permissions", "-p", "lists", "guest", ".*", ".*", ".*");
        try (var connection = connect("lists", "lister");
                var channel = connection.createChannel()) {
            channel.queueDeclare("jobs", true, false, false, Map.of("x-queue-type", "classic"));
            channel.exchangeDeclare("work", "topic", true);
            channel.queueBind("jobs", "work", "a.*", Map.of("n", 1));
            channel.confirmSelect();
            channel.basicPublish(
                    "work", "a.b", MessageProperties.PERSISTENT_BASIC, "hello".getBytes(StandardCharsets.UTF_8));
            channel.waitForConfirmsOrDie();

            assertThat(ctl("list_queues", "-p", "lists"))
                    .containsExactly(
                            "Timeout: 60.0 seconds ...",
                            "Listing queues for vhost lists ...",
                            "name\tmessages",
                            "jobs\t1");
            assertThat(ctl("-q", "list_queues", "-p", "lists", "name", "messages", "consumers", "memory"))
                    .satisfies(lines -> assertThat(lines.getLast()).matches("jobs\t1\t0\t\\d+"));
            assertThat(ctl("-s", "list_queues", "-p", "lists", "name", "type", "durable", "arguments", "state"))
                    .containsExactly("jobs\tclassic\ttrue\t[{\"x-queue-type\",\"classic\"}]\trunning");
            assertThat(ctl("list_queues", "-p", "lists", "--formatter", "json", "name", "messages"))
                    .containsExactly("[", "{\"name\":\"jobs\",\"messages\":1}", "]");
            assertThat(ctl("-s", "list_bindings", "-p", "lists"))
                    .contains("\texchange\tjobs\tqueue\tjobs\t[]", "work\texchange\tjobs\tqueue\ta.*\t[{\"n\",1}]");
            assertThat(ctl("-s", "list_exchanges", "-p", "lists"))
                    .contains("work\ttopic", "\tdirect", "amq.topic\ttopic");
            assertThat(ctl("purge_queue", "-p", "lists", "jobs"))
                    .containsExactly("Purging queue 'jobs' in vhost 'lists' ...");
            assertThat(ctl("-s", "list_queues", "-p", "lists")).containsExactly("jobs\t0");
            assertThat(ctl("-q", "delete_queue", "-p", "lists", "jobs"))
                    .containsExactly("Queue was successfully deleted with 0 ready messages");
        }
    }

    @Test
    void connections_channels_and_consumers_are_listed_and_closed_by_their_ids() throws Exception {
        var connection = connect("/", "listed");
        try {
            var channel = connection.createChannel();
            var queue = Names.fresh("consumed");
            channel.queueDeclare(queue, false, true, false, Map.of());
            channel.basicQos(5);
            channel.basicConsume(queue, false, "tagged", (_, _) -> {}, _ -> {});

            var row = find(ctl("-s", "list_connections", "pid", "client_properties", "state", "channels"), "listed");
            assertThat(row).contains("{\"connection_name\",\"listed\"}").endsWith("\trunning\t1");
            var pid = row.substring(0, row.indexOf('\t'));
            assertThat(pid).matches("<" + node + "\\.\\d+\\.\\d+\\.\\d+>");
            assertThat(ctl("-s", "list_channels", "connection", "number", "consumer_count", "prefetch_count"))
                    .contains(pid + "\t1\t1\t5");
            assertThat(find(ctl("-s", "list_consumers"), queue)).contains("\ttagged\ttrue\t5\ttrue\t[]");
            assertThat(ctl("close_connection", pid, "go"))
                    .containsExactly("Closing connection " + pid + ", reason: go...");

            Awaitility.await().until(() -> !connection.isOpen());
            assertThat(connection.getCloseReason().getReason().toString()).contains("CONNECTION_FORCED - go");
        } finally {
            connection.abort();
        }
    }

    private static String find(List<String> lines, String part) {
        return lines.stream().filter(line -> line.contains(part)).findFirst().orElseThrow();
    }

    @Test
    void a_publisher_is_blocked_while_memory_is_short_and_runs_on_afterwards() throws Exception {
        try (var connection = connect("/", "blocked");
                var channel = connection.createChannel()) {
            var queue = Names.fresh("blocked");
            channel.queueDeclare(queue, true, false, false, Map.of());
            ctl("set_vm_memory_high_watermark", "0.000000001");
            channel.basicPublish("", queue, null, new byte[10]);

            Awaitility.await()
                    .until(() -> ctl("-s", "list_connections", "state"), states -> states.contains("blocked"));
            var alarmed = shell.run(DIAGNOSTICS, "check_local_alarms");
            assertThat(alarmed.exit()).isEqualTo(69);
            assertThat(alarmed.err()).containsExactly("Error:", "Memory alarm on node " + node);
            assertThat(shell.run(CTL, "node_health_check").exit()).isEqualTo(70);

            ctl("set_vm_memory_high_watermark", "0.4");

            Awaitility.await()
                    .until(
                            () -> ctl("-s", "list_connections", "state"),
                            states -> !states.contains("blocked") && states.contains("running"));
            assertThat(ctl("-q", "node_health_check")).containsExactly("Health check passed");
            Awaitility.await().until(() -> ctl("-s", "list_queues"), queues -> queues.contains(queue + "\t1"));
        } finally {
            ctl("set_vm_memory_high_watermark", "0.4");
        }
    }

    @Test
    void the_alarms_that_test_suites_set_by_hand_are_set_and_cleared() {
        assertThat(ctl("eval", "rabbit_alarm:set_alarm({{resource_limit, memory, node()}, []})."))
                .containsExactly("ok");
        assertThat(shell.run(DIAGNOSTICS, "-q", "check_alarms").exit()).isEqualTo(69);

        assertThat(ctl("eval", "rabbit_alarm:clear_alarm({resource_limit, memory, node()})."))
                .containsExactly("ok");
        assertThat(shell.run(DIAGNOSTICS, "-q", "check_alarms").exit()).isZero();
        assertThat(shell.run(CTL, "eval", "1+1.").exit()).isEqualTo(70);
    }

    // ---- containers and people ----

    @Test
    void the_health_checks_of_containers_pass() {
        for (String check : List.of("ping", "check_running", "check_port_connectivity", "check_virtual_hosts")) {
            assertThat(shell.run(DIAGNOSTICS, "-q", check).exit()).as(check).isZero();
        }
        var port = Integer.toString(broker.port("amqp"));
        assertThat(shell.run(DIAGNOSTICS, "-q", "check_port_listener", port).out())
                .containsExactly("A listener for port " + port + " is running on node " + node + ".");
        assertThat(shell.run(DIAGNOSTICS, "-q", "check_port_listener", "1").exit())
                .isEqualTo(69);
    }

    @Test
    void status_tells_what_people_look_for() {
        assertThat(ctl("status"))
                .contains(
                        "Status of node " + node + " ...",
                        "OS PID: " + broker.pid(),
                        "Node name: " + node,
                        " * rabbitmq_management",
                        "(none)");
        assertThat(ctl("cluster_status")).contains("Node: " + node + ", status: not under maintenance");
    }

    @Test
    void a_rehearsal_changes_nothing() {
        ctl("add_vhost", "rehearsed");

        assertThat(ctl("--dry-run", "delete_vhost", "rehearsed")).containsExactly("Deleting vhost \"rehearsed\" ...");
        assertThat(ctl("list_vhosts", "--dry-run")).containsExactly("Listing vhosts ...");
        assertThat(shell.run(CTL, "--dry-run", "shutdown").exit()).isZero();

        assertThat(ctl("-s", "list_vhosts")).contains("rehearsed");
        ctl("delete_vhost", "rehearsed");
    }

    @Test
    void a_broker_is_not_taken_for_another() {
        var result = shell.run(CTL, "-n", "other@localhost", "list_queues");

        assertThat(result.exit()).isEqualTo(69);
        assertThat(result.err().getFirst())
                .startsWith("Error: unable to perform an operation on node 'other@localhost'.");
        assertThat(result.out()).isEmpty();
    }

    @Test
    void definitions_are_exported_and_imported(@TempDir Path folder) throws IOException {
        var file = folder.resolve("definitions.json");
        ctl("add_vhost", "exported");
        assertThat(ctl("export_definitions", file.toString()))
                .containsExactly("Exporting definitions in JSON to a file at \"" + file + "\" ...");
        assertThat(Files.readString(file)).contains("\"exported\"");
        ctl("delete_vhost", "exported");

        ctl("import_definitions", file.toString());

        assertThat(ctl("-s", "list_vhosts")).contains("exported");
        ctl("delete_vhost", "exported");
    }

    @Test
    void headrace_has_verbs_of_its_own_for_the_same() {
        assertThat(shell.headrace("queue", "declare", "verbs", "--type", "quorum")
                        .exit())
                .isZero();
        assertThat(shell.headrace("exchange", "declare", "verbs", "--type", "topic")
                        .exit())
                .isZero();
        assertThat(shell.headrace("binding", "add", "verbs", "verbs", "a.#").exit())
                .isZero();

        assertThat(shell.headrace("publish", "--exchange", "verbs", "a.b", "héllo")
                        .exit())
                .isZero();
        assertThat(shell.headrace("publish", "--exchange", "verbs", "nobody", "x")
                        .exit())
                .isEqualTo(69);
        assertThat(shell.headrace("queue", "list", "-s", "name", "messages", "type")
                        .out())
                .contains("verbs\t1\tquorum");
        assertThat(shell.headrace("consume", "verbs").out()).containsExactly("héllo");
        assertThat(shell.headrace("consume", "verbs").out()).isEmpty();
        assertThat(shell.headrace("binding", "delete", "verbs", "verbs", "a.%23")
                        .exit())
                .isZero();
        assertThat(shell.headrace("exchange", "delete", "verbs").exit()).isZero();
        assertThat(shell.headrace("queue", "delete", "verbs").exit()).isZero();
    }

    @Test
    void a_broker_is_awaited_and_shut_down(@TempDir Path folder) throws IOException {
        try (var other = BrokerProcess.start(folder)) {
            var there = new Shell(folder);
            assertThat(there.run(CTL, "await_startup").exit()).isZero();
            assertThat(there.run(CTL, "wait", "--pid", Long.toString(other.pid()))
                            .exit())
                    .isZero();

            assertThat(there.run(CTL, "shutdown").out())
                    .contains("RabbitMQ node " + node + " running at PID " + other.pid() + " successfully shut down");

            assertThat(there.run(CTL, "list_queues").exit()).isEqualTo(69);
            assertThat(there.run(DIAGNOSTICS, "-q", "ping").exit()).isEqualTo(69);
        }
    }

    @Test
    void a_connection_and_a_channel_have_the_process_ids_that_events_tell(@TempDir Path empty) throws Exception {
        try (var own = BrokerProcess.start(empty, "--events-enabled", "true");
                var listening = own.endpoint().factory().newConnection()) {
            var told = new LinkedBlockingQueue<String>();
            var listener = listening.createChannel();
            var queue = listener.queueDeclare().getQueue();
            listener.queueBind(queue, "amq.rabbitmq.event", "connection.created");
            listener.queueBind(queue, "amq.rabbitmq.event", "channel.created");
            listener.basicConsume(
                    queue,
                    true,
                    (_, event) -> told.add(
                            event.getProperties().getHeaders().get("pid").toString()),
                    _ -> {});

            try (var watched = own.endpoint().factory().newConnection()) {
                watched.createChannel();

                var ctl = new Shell(empty);
                assertThat(ctl.run(CTL, "-q", "list_connections", "pid").out()).contains(told.poll(20, SECONDS));
                assertThat(ctl.run(CTL, "-q", "list_channels", "pid").out()).contains(told.poll(20, SECONDS));
            }
        }
    }
}
