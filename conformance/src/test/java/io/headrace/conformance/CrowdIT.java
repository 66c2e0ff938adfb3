package io.headrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Goal: many connections that together bring or get more than there is memory for lose nothing, and stop nobody else;
/// and so do many queues.
/// Where it is about buffers, the broker has an eighth or a quarter of the usual memory, so a crowd need not be so
/// large.
@DisplayNameGeneration(ReplaceUnderscores.class)
class CrowdIT {
    private static final Map<String, String> LITTLE_MEMORY = Map.of("JAVA_OPTS", "-XX:MaxDirectMemorySize=64m");
    private static final Map<String, String> SOME_MEMORY = Map.of("JAVA_OPTS", "-XX:MaxDirectMemorySize=128m");

    @BeforeEach // of each test: a class that is given up as a whole reports no skipped test
    void pika_is_there() {
        Program.assumeWorks("python3-pika", "/usr/bin/python3", "-c", "import pika");
    }

    @Test
    void consumers_that_read_late_get_everything(@TempDir Path data) throws Exception {
        try (var broker = BrokerProcess.start(data, LITTLE_MEMORY)) {
            var said = Program.python(broker.endpoint(), "crowd.py", "slow", "300", "20000", "200")
                    .finish();

            assertThat(said).containsExactly("published", "received 60000 of 60000");
        }
    }

    @Test
    void consumers_of_large_messages_that_read_late_get_everything(@TempDir Path data) throws Exception {
        try (var broker = BrokerProcess.start(data, LITTLE_MEMORY)) {
            var said = Program.python(broker.endpoint(), "crowd.py", "slow", "100", "1000000", "4")
                    .finish();

            assertThat(said).containsExactly("published", "received 400 of 400");
        }
    }

    @Test
    void consumers_that_never_read_are_cut_before_others_wait_for_good(@TempDir Path data) throws Exception {
        try (var broker = BrokerProcess.start(data, LITTLE_MEMORY)) {
            var said = Program.python(broker.endpoint(), "crowd.py", "stuck", "60", "2000000", "4")
                    .finish();

            assertThat(said).containsExactly("published", "newcomer got 1000");
            assertThat(broker.errors()).contains("cut, it has taken nothing for 15 s");
        }
    }

    @Test
    void publishers_that_are_all_in_the_middle_of_a_large_message_publish_it(@TempDir Path data) throws Exception {
        try (var broker = BrokerProcess.start(data, SOME_MEMORY, "--amqp-content-memory", "4MiB")) {
            var said = Program.python(broker.endpoint(), "crowd.py", "halves", "50", "3000000")
                    .finish();

            assertThat(said).containsExactly("published 50");
        }
    }

    @Test
    void large_messages_that_all_have_to_be_read_back_at_once_are_delivered(@TempDir Path data) throws Exception {
        try (var broker = BrokerProcess.start(data)) {
            assertThat(Program.python(broker.endpoint(), "crowd.py", "fill", "40", "10000000", "2")
                            .finish())
                    .containsExactly("filled");
        }
        try (var broker = BrokerProcess.start(data, SOME_MEMORY, "--log-memory", "16MiB")) {
            assertThat(Program.python(broker.endpoint(), "crowd.py", "drain", "40", "10000000")
                            .finish())
                    .containsExactly("received 40 of 40");
        }
    }

    @Test
    void large_transient_messages_that_left_memory_are_delivered(@TempDir Path data) throws Exception {
        try (var broker = BrokerProcess.start(data, SOME_MEMORY, "--log-memory", "16MiB")) {
            assertThat(Program.python(broker.endpoint(), "crowd.py", "fill", "40", "10000000", "1")
                            .finish())
                    .containsExactly("filled");
            assertThat(Program.python(broker.endpoint(), "crowd.py", "drain", "40", "10000000")
                            .finish())
                    .containsExactly("received 40 of 40");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "2"}) // transient, persistent
    void a_message_larger_than_all_memory_for_messages_stops_nobody(String mode, @TempDir Path data) throws Exception {
        try (var broker = BrokerProcess.start(data, "--log-memory", "8MiB")) {
            assertThat(Program.python(broker.endpoint(), "crowd.py", "fill", "3", "12000000", mode)
                            .finish())
                    .containsExactly("filled");
            assertThat(Program.python(broker.endpoint(), "crowd.py", "drain", "3", "12000000")
                            .finish())
                    .containsExactly("received 3 of 3");
        }
    }

    @Test
    void queues_far_beyond_a_small_heap_are_there_after_a_restart_and_all_are_listed(@TempDir Path data)
            throws Exception {
        try (var broker = BrokerProcess.start(data)) {
            var declaring = Program.python(broker.endpoint(), "crowd.py", "queues", "160000", "0");
            for (int part = 0; part < 4; part++) {
                assertThat(declaring.line()).isEqualTo("declaring");
            }
            assertThat(declaring.finish()).containsExactly("declared");
            broker.kill();

            broker.start();

            assertThat(Program.python(broker.endpoint(), "crowd.py", "there", "160000", "0")
                            .finish())
                    .containsExactly("there");
            assertThat(new Shell(data)
                            .run("rabbitmqctl", "-q", "list_queues", "name")
                            .out())
                    .filteredOn(line -> line.startsWith("many."))
                    .hasSize(160_000);
        }
    }
}
