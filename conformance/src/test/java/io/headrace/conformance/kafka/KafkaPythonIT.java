package io.headrace.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.conformance.Program;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Goal: both of Debian's Python clients work unchanged: confluent-kafka, which is librdkafka in C, and kafka-python,
/// which asks in versions of 2020.
@ExtendWith(RealKafka.class)
@DisplayNameGeneration(ReplaceUnderscores.class)
class KafkaPythonIT {
    @Test
    void behaviours_that_librdkafka_relies_on(KafkaEndpoint kafka) throws Exception {
        Program.assumeWorks("python3-confluent-kafka", "/usr/bin/python3", "-c", "import confluent_kafka");

        assertThat(Program.python(kafka.environment(), "librdkafka.py").finish())
                .containsExactly(
                        "create, grow and describe a topic",
                        "an idempotent producer with every compression",
                        "watermarks, offsets by time, seek",
                        "a group goes on where it committed",
                        "two static members share three partitions",
                        "errors",
                        "delete a topic");
    }

    @Test
    void behaviours_that_kafka_python_relies_on(KafkaEndpoint kafka) throws Exception {
        Program.assumeWorks("python3-kafka", "/usr/bin/python3", "-c", "import kafka");

        assertThat(Program.python(kafka.environment(), "kafka_python.py").finish())
                .containsExactly(
                        "create and grow a topic",
                        "produce plain and compressed",
                        "a group consumes",
                        "committed offsets, ends, times, seek",
                        "the admin client lists, describes and deletes");
    }
}
