package io.headrace.conformance.rabbitmq;

import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Connection;
import io.headrace.conformance.Program;
import io.headrace.conformance.Transcript;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Goal: what people type for `rabbitmqadmin`, as Debian's rabbitmq-server package has it, does what it does with a
/// RabbitMQ, and prints the same.
/// Method: every verb, right and wrong; exit codes and output are compared with the recorded ones of RabbitMQ 3.10.8.
///
/// To record anew, start a RabbitMQ on an empty directory and run this with the properties that
/// [RabbitMqDifferentialIT] names.
@DisplayNameGeneration(ReplaceUnderscores.class)
class RabbitmqadminIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Transcript transcript = new Transcript();
    private Target target;
    private Path folder;

    @BeforeEach // of each test: a class that is given up as a whole reports no skipped test
    void rabbitmqadmin_is_there() {
        Program.assumeWorks("rabbitmqadmin of rabbitmq-server", "rabbitmqadmin", "--version");
    }

    @Test
    void every_verb_prints_what_it_prints_with_rabbitmq(@TempDir Path data, @TempDir Path folder) throws Exception {
        this.folder = folder;
        try (var opened = Target.openDefaultVhost(data)) {
            target = opened;
            var connection = opened.amqp().factory().newConnection("a client"); // which one of the verbs closes
            asInTheBook();
            declarations();
            messages();
            access();
            rules();
            definitions();
            lists(connection);
            mistakes();
            deletions();
        }
        new Differential("rabbitmqadmin-3.10.8").check(transcript);
    }

    /// Rows B3 to B7, E1 and I1 of what users of RabbitMQ type.
    private void asInTheBook() throws IOException {
        run("declare", "exchange", "name=tasks", "type=direct", "durable=true");
        run("declare", "queue", "name=email-tasks", "durable=true");
        run("declare", "binding", "source=tasks", "destination=email-tasks", "routing_key=email");
        run("declare", "exchange", "name=logs", "type=topic", "durable=true");
        run("declare", "queue", "name=error-logs", "durable=true");
        run("declare", "binding", "source=logs", "destination=error-logs", "routing_key=*.error");
        run("declare", "binding", "source=logs", "destination=error-logs", "routing_key=logs.#");
        run("declare", "exchange", "name=notifications", "type=fanout", "durable=true");
        run(
                "declare",
                "queue",
                "name=orders",
                "arguments={\"x-dead-letter-exchange\":\"orders.dlx\",\"x-dead-letter-routing-key\":\"orders.dead\"}");
        run("declare", "exchange", "name=orders.dlx", "type=direct");
        run("declare", "queue", "name=orders.dlq");
        run("declare", "binding", "source=orders.dlx", "destination=orders.dlq", "routing_key=orders.dead");
        run("declare", "queue", "name=critical-tasks", "arguments={\"x-queue-type\":\"quorum\"}");
        run("publish", "routing_key=orders", "payload=order 17");
        run("get", "queue=orders", "ackmode=reject_requeue_false");
        awaitOutput("| critical-tasks | 0 ", "list", "queues", "name", "messages");
        run("get", "queue=orders.dlq", "ackmode=ack_requeue_false");
    }

    private void declarations() throws IOException {
        run("declare", "queue", "name=email-tasks", "durable=true");
        run("declare", "queue", "name=email-tasks", "durable=false");
        run("declare", "queue", "name=a space / and %", "durable=false", "auto_delete=false");
        run("declare", "queue", "name=typed", "queue_type=quorum");
        run("declare", "queue", "name=ttl", "arguments={\"x-message-ttl\":60000,\"x-max-length\":10}");
        run("declare", "queue", "name=wrong", "arguments={\"x-message-ttl\":-1}");
        run("declare", "queue", "name=wrong", "arguments={\"x-queue-type\":\"none\"}");
        run("declare", "queue", "name=amq.mine");
        run("declare", "exchange", "name=tasks", "type=fanout");
        run("declare", "exchange", "name=none", "type=none-such");
        run("declare", "exchange", "name=amq.mine", "type=direct");
        run(
                "declare",
                "exchange",
                "name=inside",
                "type=headers",
                "internal=true",
                "durable=false",
                "auto_delete=false");
        run("declare", "exchange", "name=alt", "type=direct", "arguments={\"alternate-exchange\":\"notifications\"}");
        run("declare", "binding", "source=logs", "destination=notifications", "destination_type=exchange");
        run("declare", "binding", "source=inside", "destination=ttl", "arguments={\"x-match\":\"any\",\"n\":1}");
        run("declare", "binding", "source=none", "destination=ttl");
        run("declare", "binding", "source=logs", "destination=none");
        run("list", "exchanges", "name", "type", "durable", "auto_delete", "internal");
        run("list", "queues", "name", "durable", "auto_delete");
        run("list", "bindings", "source", "destination", "destination_type", "routing_key", "properties_key");
        run("list", "bindings");
        run("-f", "tsv", "list", "queues", "name", "durable");
        run("-f", "long", "list", "exchanges", "name", "type");
        run("-f", "kvp", "list", "exchanges", "name", "type");
        run("-f", "bash", "list", "queues");
        run("-V", "/", "list", "queues", "name", "vhost");
        run("-V", "none", "list", "queues", "name");
        run("-S", "name", "-R", "list", "queues", "name");
        run("-q", "declare", "queue", "name=quiet");
    }

    private void messages() throws IOException {
        run("publish", "exchange=tasks", "routing_key=email", "payload=first");
        run("publish", "exchange=tasks", "routing_key=none", "payload=nowhere");
        run("publish", "exchange=none", "routing_key=none", "payload=nowhere");
        run("publish", "routing_key=email-tasks", "payload=aGVsbG8=", "payload_encoding=base64");
        run(
                "publish",
                "routing_key=email-tasks",
                "payload=with properties",
                "properties={\"delivery_mode\":2,\"headers\":{\"a\":1,\"b\":\"two\"},\"priority\":3}");
        typed("from standard input", "publish", "routing_key=email-tasks");
        run("get", "queue=email-tasks");
        run("get", "queue=email-tasks", "count=2", "ackmode=ack_requeue_true");
        run("get", "queue=email-tasks", "count=10", "ackmode=ack_requeue_false");
        run("get", "queue=email-tasks");
        run("get", "queue=none");
        run("publish", "routing_key=email-tasks", "payload=to a file");
        run("get", "queue=email-tasks", "ackmode=ack_requeue_false", "payload_file=" + folder.resolve("payload"));
        run("publish", "routing_key=email-tasks", "payload=purged");
        run("purge", "queue", "name=email-tasks");
        run("get", "queue=email-tasks");
        run("purge", "queue", "name=none");
    }

    private void access() throws IOException {
        run("declare", "vhost", "name=other");
        run("declare", "vhost", "name=other", "tracing=true");
        run("declare", "user", "name=alice", "password=secret", "tags=management");
        run("declare", "user", "name=alice", "password=secret", "tags=monitoring,policymaker");
        run("declare", "user", "name=bob", "password_hash=", "tags=");
        run("declare", "user", "name=carol", "tags=");
        run("declare", "permission", "vhost=other", "user=alice", "configure=.*", "write=.*", "read=.*");
        run("declare", "permission", "vhost=none", "user=alice", "configure=.*", "write=.*", "read=.*");
        run("declare", "permission", "vhost=other", "user=none", "configure=.*", "write=.*", "read=.*");
        run("declare", "permission", "vhost=other", "user=alice", "configure=(", "write=.*", "read=.*");
        run("list", "vhosts", "name", "tracing");
        run("list", "users", "name", "tags");
        run("list", "permissions");
        run("-u", "alice", "-p", "secret", "-V", "other", "declare", "queue", "name=hers");
        run("-u", "alice", "-p", "secret", "-V", "other", "list", "queues", "name", "vhost");
        run("-u", "alice", "-p", "secret", "declare", "queue", "name=not hers");
        run("-u", "alice", "-p", "secret", "list", "users");
        run("-u", "alice", "-p", "secret", "declare", "user", "name=dave", "password=x", "tags=");
        run("-u", "alice", "-p", "wrong", "list", "queues");
        run("-u", "bob", "-p", "", "list", "queues");
        run("declare", "vhost_limit", "vhost=other", "name=max-queues", "value=1");
        run("list", "vhost_limits");
        run("-V", "other", "declare", "queue", "name=one too many");
        run("delete", "vhost_limit", "vhost=other", "name=max-queues");
    }

    private void rules() throws IOException {
        run("declare", "policy", "name=short", "pattern=^ttl$", "definition={\"max-length\":5}", "apply-to=queues");
        run("declare", "policy", "name=short", "pattern=^ttl$", "definition={\"max-length\":6}", "priority=7");
        run("declare", "policy", "name=bad", "pattern=^ttl$", "definition={\"none\":5}");
        run("declare", "policy", "name=bad", "pattern=(", "definition={\"max-length\":5}");
        run("declare", "policy", "name=bad", "pattern=^ttl$", "definition={}");
        run("declare", "operator_policy", "name=op", "pattern=.*", "definition={\"expires\":3600000}");
        run("declare", "operator_policy", "name=bad", "pattern=.*", "definition={\"dead-letter-exchange\":\"x\"}");
        run("list", "policies");
        run("list", "operator_policies");
        run("declare", "parameter", "component=none", "name=p", "value={\"a\":1}");
        run("list", "parameters");
        run("delete", "policy", "name=short");
        run("delete", "policy", "name=none");
        run("delete", "operator_policy", "name=op");
        run("delete", "parameter", "component=none", "name=p");
    }

    private void definitions() throws IOException {
        var file = folder.resolve("definitions.json").toString();
        run("export", file);
        run("delete", "queue", "name=quiet");
        run("import", file);
        run("list", "queues", "name");
        run("-V", "other", "export", folder.resolve("other.json").toString());
        run("-V", "other", "delete", "queue", "name=hers");
        run("-V", "other", "import", folder.resolve("other.json").toString());
        run("-V", "other", "list", "queues", "name");
    }

    private void lists(Connection connection) throws IOException {
        var channel = connection.createChannel();
        channel.basicQos(7);
        channel.basicConsume("orders", false, "a consumer", new com.rabbitmq.client.DefaultConsumer(channel));
        awaitOutput("| guest ", "list", "connections", "user", "vhost", "protocol", "state", "user_provided_name");
        awaitOutput("| 1 | 7 |", "list", "channels", "user", "vhost", "number", "consumer_count", "prefetch_count");
        awaitOutput("a consumer", "list", "consumers", "consumer_tag", "queue.name", "ack_required", "prefetch_count");
        awaitOutput(
                "| orders | running | 1 ",
                "list",
                "queues",
                "name",
                "state",
                "consumers",
                "messages_ready",
                "messages_unacknowledged");
        run("list", "nodes", "type", "running");
        run("show", "overview", "object_totals.connections", "object_totals.channels", "object_totals.consumers");
        run("close", "connection", "name=none");
        var name = awaitName();
        transcript.add("close connection", answer(List.of("close", "connection", "name=" + name)));
        await().atMost(PATIENCE).until(() -> !connection.isOpen());
    }

    /// Of the one connection.
    private String awaitName() {
        return await().atMost(PATIENCE)
                .until(
                        () -> answer(List.of("-f", "tsv", "list", "connections", "name")),
                        lines -> lines.size() > 2 && lines.get(2).contains("->"))
                .get(2);
    }

    private void mistakes() throws IOException {
        run("declare", "queue");
        run("declare", "queue", "name=a", "unknown=b");
        run("declare", "nothing", "name=a");
        run("list", "nothings");
        run("dance");
        run("declare", "queue", "name=a", "arguments=no json");
        run("delete", "queue", "name=none");
        run("delete", "exchange", "name=none");
        run("delete", "exchange", "name=amq.direct");
        run("delete", "user", "name=none");
        run("delete", "vhost", "name=none");
        run("delete", "binding", "source=logs", "destination_type=queue", "destination=none", "properties_key=none");
    }

    private void deletions() throws IOException {
        var binding = List.of("delete", "binding", "source=logs", "destination_type=queue", "destination=error-logs");
        for (String key : List.of("*.error", "logs.#", "logs.%23")) {
            var command = new ArrayList<>(binding);
            command.add("properties_key=" + key);
            run(command.toArray(String[]::new));
        }
        run("delete", "binding", "source=logs", "destination_type=exchange", "destination=notifications");
        run("list", "bindings", "source", "destination");
        run("delete", "permission", "vhost=other", "user=alice");
        for (String user : List.of("alice", "bob", "carol")) {
            run("delete", "user", "name=" + user);
        }
        run("delete", "vhost", "name=other");
        for (String queue : List.of("email-tasks", "error-logs", "orders", "orders.dlq", "critical-tasks", "typed")) {
            run("delete", "queue", "name=" + queue);
        }
        for (String queue : List.of("a space / and %", "ttl", "quiet", "a")) {
            run("delete", "queue", "name=" + queue);
        }
        for (String exchange : List.of("tasks", "logs", "notifications", "orders.dlx", "inside", "alt")) {
            run("delete", "exchange", "name=" + exchange);
        }
        run("list", "queues", "name");
        run("list", "exchanges", "name");
    }

    private void run(String... words) throws IOException {
        note(words, answer(List.of(words)));
    }

    private void note(String[] words, List<String> answer) {
        var name = String.join(" ", words).replace(folder.toString(), "FOLDER");
        for (int i = 2; transcript.has(name); i++) {
            name = String.join(" ", words).replace(folder.toString(), "FOLDER") + " (" + i + ")";
        }
        transcript.add(name, answer);
    }

    /// Until the output has the text: statistics come when they come.
    private void awaitOutput(String text, String... words) throws IOException {
        note(
                words,
                await().atMost(PATIENCE)
                        .until(
                                () -> answer(List.of(words)),
                                lines -> lines.stream()
                                        .anyMatch(line ->
                                                line.replaceAll(" +", " ").contains(text))));
    }

    private void typed(String input, String... words) throws IOException {
        note(words, answer(List.of(words), input));
    }

    private List<String> answer(List<String> words) throws IOException {
        return answer(words, "");
    }

    /// @return the exit code, and what it printed
    private List<String> answer(List<String> words, String input) throws IOException {
        var command = new ArrayList<>(List.of(
                "rabbitmqadmin",
                "-H",
                target.management().host(),
                "-P",
                Integer.toString(target.management().port())));
        command.addAll(words);
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (var standardInput = process.outputWriter(StandardCharsets.UTF_8)) {
            standardInput.write(input);
        }
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            var lines = new ArrayList<>(List.of("exit " + process.waitFor()));
            output.replace(folder.toString(), "FOLDER").lines().forEach(lines::add);
            return lines;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
