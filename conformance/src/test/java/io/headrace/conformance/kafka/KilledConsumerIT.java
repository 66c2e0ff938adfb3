package io.headrace.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Goal: what a killed consumer took and did not commit is read again by another (acceptance C2). Method: the
/// consumer is a process of its own, [ConsumerProcess], and gets SIGKILL.
@ExtendWith(RealKafka.class)
@Execution(ExecutionMode.CONCURRENT) // most of it is waiting for time-outs
@DisplayNameGeneration(ReplaceUnderscores.class)
class KilledConsumerIT {
    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void what_was_not_committed_is_read_again(String protocol, KafkaEndpoint kafka, Admin admin) throws Exception {
        var topic = Topics.create(admin, 1);
        var session = protocol.equals("classic") ? "session.timeout.ms=6000" : "group.protocol=consumer";
        try (var producer = kafka.producer()) {
            IntStream.range(0, 100).forEach(i -> producer.send(new ProducerRecord<>(topic, "m" + i)));
        }
        try (var victim = Tools.start(kafka, ConsumerProcess.class.getName(), topic, "40", session)) {
            String line;
            do {
                line = victim.line();
            } while (!line.equals("read m99"));

            victim.kill();
        }

        try (var heir = Member.join(kafka, topic, topic, session)) {
            heir.awaitValues(60);
            assertThat(heir.values())
                    .containsExactlyElementsOf(
                            IntStream.range(40, 100).mapToObj(i -> "m" + i).toList());
        }
    }
}
