package io.headrace.conformance.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.SoftAssertions.assertSoftly;

import io.headrace.conformance.KnownDifferences;
import io.headrace.conformance.Transcript;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Goal: method by method, the broker answers as RabbitMQ 3.10.8 does, or as RabbitMQ 4.2 where that has changed:
/// replies, codes and texts of refusals, messages and their headers.
/// Method: a [Script] of several hundred steps is run against it, and its answers are compared with those of a real
/// RabbitMQ to the same script, which are kept in a file. Whatever differs has its reason in another file, or fails.
///
/// To record the answers anew, after the script has changed, start a RabbitMQ with its management plugin and run
/// `./mvnw -pl conformance -am verify -Dit.test=RabbitMqDifferentialIT -Dheadrace.broker=localhost:5672
/// -Dheadrace.management=localhost:15672 -Dheadrace.record=true`. It works in a vhost of its own, which it makes.
@DisplayNameGeneration(ReplaceUnderscores.class)
class RabbitMqDifferentialIT {
    private static final Path FILES = Path.of("src/test/differential");
    private static final Path RECORDED = FILES.resolve("rabbitmq-3.10.8.txt");
    private static final Path KNOWN = FILES.resolve("rabbitmq-known-differences.txt");
    /// What was answered last, for the eye and for `diff`.
    private static final Path ANSWERED = Path.of("target/rabbitmq-differential.txt");
    private static final Path DIFFERENCES = Path.of("target/rabbitmq-differential-unexplained.txt");
    private static final int STEPS_MIN = 1_000;

    @Test
    void every_answer_is_rabbitmqs_or_differs_for_a_reason(@TempDir Path data) throws Exception {
        Transcript answered;
        try (var target = Target.open(data)) {
            answered = Script.run(target.amqp(), target.management());
        }
        assertThat(answered.calls()).isGreaterThan(STEPS_MIN);
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
            if (!Target.isElsewhere()) {
                softly.assertThat(known.outdated(differences))
                        .as("reasons for what does not differ")
                        .isEmpty();
            }
        });
    }
}
