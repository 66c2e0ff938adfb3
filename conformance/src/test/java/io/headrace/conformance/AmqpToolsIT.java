package io.headrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Goal: Debian's amqp-tools, which are librabbitmq in C, work from a shell.
@ExtendWith(RealBroker.class)
@DisplayNameGeneration(ReplaceUnderscores.class)
class AmqpToolsIT {
    @BeforeEach // of each test: a class that is given up as a whole reports no skipped test
    void amqp_tools_are_there() {
        Program.assumeWorks("amqp-tools", "amqp-publish", "--usage");
    }

    @Test
    void a_queue_is_declared_filled_read_and_deleted(Endpoint broker) throws Exception {
        var queue = Names.fresh("tools");

        assertThat(run(broker, "amqp-declare-queue", "-d", "-q", queue)).containsExactly(queue);
        run(broker, "amqp-publish", "-r", queue, "-p", "-b", "first");
        run(broker, "amqp-publish", "-r", queue, "-b", "second");
        run(broker, "amqp-publish", "-r", queue, "-b", "third");

        assertThat(run(broker, "amqp-get", "-q", queue)).containsExactly("first");
        assertThat(run(broker, "amqp-consume", "-q", queue, "-c", "1", "cat")).containsExactly("second");
        assertThat(run(broker, "amqp-delete-queue", "-q", queue)).containsExactly("1");
    }

    @Test
    void a_consumer_may_ask_for_a_queue_bound_to_an_exchange(Endpoint broker) throws Exception {
        try (var consumer = Program.start(
                        broker,
                        "sh",
                        "-c",
                        "amqp-consume -u " + broker.uri() + " -e amq.topic -r tools.# -c 2 sed s/^/got:/ 2>&1");
                var connection = broker.connect()) {
            var channel = connection.createChannel();
            assertThat(consumer.line()).startsWith("Server provided queue name: amq.gen-");
            publishOneUntilTakenThenTwo(channel, broker);

            assertThat(consumer.line()).isEqualTo("got:one");
            assertThat(consumer.line()).isEqualTo("got:two");
        }
    }

    /// The tool does not tell when its binding is made, so publish until somebody takes it.
    private static void publishOneUntilTakenThenTwo(Channel channel, Endpoint broker) throws Exception {
        var returned = new AtomicBoolean();
        channel.confirmSelect();
        channel.addReturnListener(message -> returned.set(true));
        do {
            returned.set(false);
            channel.basicPublish("amq.topic", "tools.key", true, null, "one\n".getBytes());
            channel.waitForConfirmsOrDie(10_000);
        } while (returned.get());
        run(broker, "amqp-publish", "-e", "amq.topic", "-r", "tools.a.b", "-b", "two\n");
    }

    private static List<String> run(Endpoint broker, String tool, String... arguments) throws InterruptedException {
        var command = new ArrayList<>(List.of(tool, "-u", broker.uri()));
        command.addAll(List.of(arguments));
        return Program.start(broker, command.toArray(String[]::new)).finish();
    }
}
