package io.headrace.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.SoftAssertions.assertSoftly;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.headrace.conformance.KnownDifferences;
import io.headrace.conformance.Transcript;
import io.headrace.conformance.Transcript.Difference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Goal: request by request, the broker answers as Kafka 4.3.1 does: error codes, offsets, batches byte for byte.
/// Method: a [Script] of some thousand calls, every request in every version, is run against it, family by family, and
/// its answers are compared
/// with those of a real Kafka to the same script, which are kept in files. Whatever differs has its reason in another
/// file, or fails.
///
/// To record the answers anew, after the script has changed, start a Kafka on an empty directory and run
/// `./mvnw -pl conformance -am verify -Dit.test=DifferentialIT -Dheadrace.kafka=localhost:9092 -Dheadrace.record=true`.
/// That Kafka has the settings of its distribution's `config/server.properties`, and, so that there are ACLs,
/// `authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer` and `super.users=User:ANONYMOUS`,
/// for
/// whoever calls here may do anything. `-Dheadrace.families=FETCH,OFFSETS`
/// runs or records these families only.
@ExtendWith(RealKafka.class)
@DisplayNameGeneration(ReplaceUnderscores.class)
class DifferentialIT {
    private static final Path FILES = Path.of("src/test/differential");
    private static final Path RECORDED = FILES.resolve("kafka-4.3.1");
    private static final Path KNOWN = FILES.resolve("kafka-known-differences.txt");
    /// What was answered last, for the eye and for `diff`.
    private static final Path ANSWERED = Path.of("target/differential");
    private static final Path DIFFERENCES = Path.of("target/differential-unexplained.txt");
    private static final int CALLS_MIN = 7_000;

    @Test
    void every_answer_is_kafkas_or_differs_for_a_reason(KafkaEndpoint kafka) throws Exception {
        assumeTrue(!recording(), "the answers are being recorded");
        var differences = new ArrayList<Difference>();
        int calls = 0;

        for (Family family : chosen()) {
            var answered = Script.run(kafka, family);
            answered.write(Files.createDirectories(ANSWERED).resolve(family.fileName()));
            differences.addAll(
                    Transcript.read(RECORDED.resolve(family.fileName())).differences(answered));
            calls += answered.calls();
        }

        var known = KnownDifferences.read(KNOWN);
        var unexplained = known.unexplained(differences);
        Files.write(DIFFERENCES, unexplained.stream().map(Object::toString).toList());
        assertThat(unexplained).as("all of them are in " + DIFFERENCES).isEmpty();
        if (System.getProperty("headrace.kafka") == null && chosen().size() == Family.values().length) {
            int called = calls;
            assertSoftly(softly -> {
                softly.assertThat(called).isGreaterThan(CALLS_MIN);
                softly.assertThat(known.outdated(differences))
                        .as("reasons for what does not differ")
                        .isEmpty();
            });
        }
    }

    @Test
    void the_answers_of_a_real_Kafka_are_kept(KafkaEndpoint kafka) throws IOException {
        assumeTrue(recording(), "only when asked for, with -Dheadrace.record=true");

        for (Family family : chosen()) {
            Script.run(kafka, family).write(Files.createDirectories(RECORDED).resolve(family.fileName()));
        }
    }

    private static boolean recording() {
        return Boolean.getBoolean("headrace.record");
    }

    private static List<Family> chosen() {
        var names = System.getProperty("headrace.families");
        return names == null
                ? List.of(Family.values())
                : Arrays.stream(names.split(",")).map(Family::valueOf).toList();
    }
}
