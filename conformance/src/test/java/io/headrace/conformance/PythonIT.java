package io.headrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Goal: RabbitMQ's seven tutorials work in Python, with pika as Debian ships it, and so does what else
/// pika relies on.
@ExtendWith(RealBroker.class)
@DisplayNameGeneration(ReplaceUnderscores.class)
class PythonIT {
    @BeforeEach // of each test: a class that is given up as a whole reports no skipped test
    void pika_is_there() {
        Program.assumeWorks("python3-pika", "/usr/bin/python3", "-c", "import pika");
    }

    @Test
    void tutorial_one_hello_world(Endpoint broker) throws Exception {
        try (var receiver = Program.python(broker, "hello.py", "receive", "1").ready()) {
            assertThat(Program.python(broker, "hello.py", "send", "Hello World!")
                            .finish())
                    .containsExactly("sent Hello World!");

            assertThat(receiver.finish()).containsExactly("received Hello World!");
        }
    }

    @Test
    void tutorial_two_work_queues(Endpoint broker) throws Exception {
        try (var first = Program.python(broker, "work.py", "worker").ready()) {
            Program.python(broker, "work.py", "new", "one", "two").finish();
            assertThat(List.of(first.line(), first.line(), first.line(), first.line()))
                    .containsExactly("working on one", "done one", "working on two", "done two");
            Program.python(broker, "work.py", "new", "never done").finish();
            assertThat(first.line()).isEqualTo("working on never done");

            try (var second = Program.python(broker, "work.py", "worker").ready()) {
                Program.python(broker, "work.py", "new", "three").finish();
                assertThat(List.of(second.line(), second.line())).containsExactly("working on three", "done three");
                assertThat(second.isSilent()).isTrue();
                first.kill();

                assertThat(second.line()).as("a killed worker's task").isEqualTo("working on never done");
            }
        }
        try (var connection = broker.connect()) {
            connection.createChannel().queueDelete("task_queue");
        }
    }

    @Test
    void tutorial_three_publish_and_subscribe(Endpoint broker) throws Exception {
        try (var first = Program.python(broker, "logs.py", "py.logs", "fanout", "receive", "")
                        .ready();
                var second = Program.python(broker, "logs.py", "py.logs", "fanout", "receive", "")
                        .ready()) {
            Program.python(broker, "logs.py", "py.logs", "fanout", "emit", "", "to all")
                    .finish();

            assertThat(first.line()).isEqualTo(": to all");
            assertThat(second.line()).isEqualTo(": to all");
        }
    }

    @Test
    void tutorial_four_routing(Endpoint broker) throws Exception {
        try (var receiver = Program.python(broker, "logs.py", "py.direct", "direct", "receive", "error", "warning")
                .ready()) {
            for (String severity : List.of("info", "error", "debug", "warning")) {
                Program.python(broker, "logs.py", "py.direct", "direct", "emit", severity, "m")
                        .finish();
            }

            assertThat(List.of(receiver.line(), receiver.line())).containsExactly("error: m", "warning: m");
        }
    }

    @Test
    void tutorial_five_topics(Endpoint broker) throws Exception {
        try (var receiver = Program.python(broker, "logs.py", "py.topic", "topic", "receive", "*.critical", "kern.#")
                .ready()) {
            for (String key : List.of("cron.info", "cron.critical", "kern.info.boot", "kern.critical")) {
                Program.python(broker, "logs.py", "py.topic", "topic", "emit", key, "m")
                        .finish();
            }

            assertThat(List.of(receiver.line(), receiver.line(), receiver.line()))
                    .containsExactly("cron.critical: m", "kern.info.boot: m", "kern.critical: m");
        }
    }

    @Test
    void tutorial_six_remote_procedure_call(Endpoint broker) throws Exception {
        try (var server = Program.python(broker, "rpc.py", "server").ready()) {
            assertThat(Program.python(broker, "rpc.py", "ask", "30").finish()).containsExactly("832040");
            assertThat(server.isSilent()).isTrue();
        }
    }

    @Test
    void tutorial_seven_publisher_confirms(Endpoint broker) throws Exception {
        assertThat(Program.python(broker, "confirms.py", "200").finish())
                .containsExactly("confirmed 200", "returned NO_ROUTE");
    }

    @Test
    void behaviours_that_pika_relies_on(Endpoint broker) throws Exception {
        assertThat(Program.python(broker, "behaviours.py").finish())
                .containsExactly(
                        "get, nack, reject",
                        "consume as a generator",
                        "prefetch",
                        "a megabyte",
                        "transactions",
                        "a channel is lost, the connection is not",
                        "a wrong password is refused");
    }
}
