package io.headrace.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.SoftAssertions.assertSoftly;

import io.headrace.conformance.KnownDifferences;
import io.headrace.conformance.Transcript;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Goal: request by request, the broker answers as Kafka 4.3.1 does: error codes, offsets, batches byte for byte.
/// Method: a [Script] of several hundred calls is run against it, and its answers are compared with those of a real
/// Kafka to the same script, which are kept in a file. Whatever differs has its reason in another file, or fails.
///
/// To record the answers anew, after the script has changed, start a Kafka on an empty directory and run
/// `./mvnw -pl conformance -am verify -Dit.test=DifferentialIT -Dheadrace.kafka=localhost:9092 -Dheadrace.record=true`.
@ExtendWith(RealKafka.class)
@DisplayNameGeneration(ReplaceUnderscores.class)
class DifferentialIT {
    private static final Path FILES = Path.of("src/test/differential");
    private static final Path RECORDED = FILES.resolve("kafka-4.3.1.txt");
    private static final Path KNOWN = FILES.resolve("kafka-known-differences.txt");
    /// What was answered last, for the eye and for `diff`.
    private static final Path ANSWERED = Path.of("target/differential.txt");
    private static final Path DIFFERENCES = Path.of("target/differential-unexplained.txt");
    private static final int CALLS_MIN = 400;

    @Test
    void every_answer_is_kafkas_or_differs_for_a_reason(KafkaEndpoint kafka) throws Exception {
        var answered = Script.run(kafka);
        assertThat(answered.calls()).isGreaterThan(CALLS_MIN);
        if (Boolean.getBoolean("headrace.record")) {
            answered.write(RECORDED);
            return;
        }
        answered.write(ANSWERED);

        var differences = Transcript.read(RECORDED).differences(answered);

        var known = KnownDifferences.read(KNOWN);
        var unexplained = known.unexplained(differences);
        Files.write(DIFFERENCES, unexplained.stream().map(Object::toString).toList());
        assertSoftly(softly -> {
            softly.assertThat(unexplained)
                    .as("all of them are in " + DIFFERENCES)
                    .isEmpty();
            if (System.getProperty("headrace.kafka") == null) {
                softly.assertThat(known.outdated(differences))
                        .as("reasons for what does not differ")
                        .isEmpty();
            }
        });
    }
}
