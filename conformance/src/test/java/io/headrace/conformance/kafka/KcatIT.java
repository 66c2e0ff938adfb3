package io.headrace.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.conformance.Program;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Goal: kcat works from a shell.
@ExtendWith(RealKafka.class)
@DisplayNameGeneration(ReplaceUnderscores.class)
class KcatIT {
    @BeforeEach // of each test: a class that is given up as a whole reports no skipped test
    void kcat_is_there() {
        Program.assumeWorks("kcat", "kcat", "-V");
    }

    @Test
    void it_lists_brokers_and_topics(KafkaEndpoint kafka, Admin admin) throws Exception {
        var topic = Topics.create(admin, 2);

        assertThat(kcat(kafka, "-L", "-t", topic).finish())
                .contains(" 1 brokers:", "  topic \"" + topic + "\" with 2 partitions:")
                .contains("    partition 0, leader 1, replicas: 1, isrs: 1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "snappy", "lz4", "zstd"})
    void it_produces_and_consumes_keys_headers_and_values(String codec, KafkaEndpoint kafka, Admin admin)
            throws Exception {
        var topic = Topics.create(admin, 1);
        var lines = IntStream.range(0, 200)
                .mapToObj(i -> "key%d:value %d".formatted(i, i))
                .toArray(String[]::new);

        kcat(kafka, "-P", "-t", topic, "-K", ":", "-z", codec, "-H", "from=kcat")
                .type(lines)
                .finish();

        assertThat(kcat(kafka, "-C", "-t", topic, "-e", "-q", "-f", "%o %h %k:%s\n")
                        .finish())
                .containsExactly(IntStream.range(0, 200)
                        .mapToObj(i -> i + " from=kcat " + lines[i])
                        .toArray(String[]::new));
    }

    @Test
    void it_finds_offsets_by_time_and_reads_the_last_records(KafkaEndpoint kafka, Admin admin) throws Exception {
        var topic = Topics.create(admin, 1);
        kcat(kafka, "-P", "-t", topic).type("a", "b", "c").finish();

        assertThat(kcat(kafka, "-Q", "-t", topic + ":0:0").finish()).containsExactly(topic + " [0] offset 0");
        assertThat(kcat(kafka, "-Q", "-t", topic + ":0:-1").finish()).containsExactly(topic + " [0] offset 3");
        assertThat(kcat(kafka, "-C", "-t", topic, "-o", "-2", "-e", "-q").finish())
                .containsExactly("b", "c");
    }

    @Test
    void it_consumes_in_a_group(KafkaEndpoint kafka, Admin admin) throws Exception {
        var topic = Topics.create(admin, 1);
        kcat(kafka, "-P", "-t", topic).type("one", "two").finish();

        try (var reader = kcat(kafka, "-X", "auto.offset.reset=earliest", "-q", "-u", "-G", topic, topic)) {
            assertThat(List.of(reader.line(), reader.line())).containsExactly("one", "two");
        }
    }

    private static Program kcat(KafkaEndpoint kafka, String... arguments) {
        var command = new ArrayList<>(List.of("kcat", "-b", kafka.bootstrap()));
        command.addAll(List.of(arguments));
        return Program.start(kafka.environment(), Path.of("."), command.toArray(String[]::new));
    }
}
