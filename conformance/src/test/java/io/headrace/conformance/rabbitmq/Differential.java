package io.headrace.conformance.rabbitmq;

import static org.assertj.core.api.SoftAssertions.assertSoftly;

import io.headrace.conformance.KnownDifferences;
import io.headrace.conformance.Transcript;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Holds what a broker answered to a script against the recorded answers of a real RabbitMQ to the same script.
///
/// With `-Dheadrace.record=true` the answers become the recorded ones.
///
/// @param recorded the file of the real one's answers, beside which lies one of known differences
record Differential(String recorded) {
    private static final Path FILES = Path.of("src/test/differential");
    private static final Path TARGET = Path.of("target");

    void check(Transcript answered) throws IOException {
        if (Boolean.getBoolean("headrace.record")) {
            answered.write(FILES.resolve(recorded + ".txt"));
            return;
        }
        answered.write(TARGET.resolve(recorded + "-answered.txt")); // for the eye and for `diff`
        var differences = Transcript.read(FILES.resolve(recorded + ".txt")).differences(answered);
        var known = KnownDifferences.read(FILES.resolve(recorded + "-known-differences.txt"));
        var unexplained = known.unexplained(differences);
        var all = TARGET.resolve(recorded + "-unexplained.txt");
        Files.write(all, unexplained.stream().map(Object::toString).toList());
        assertSoftly(softly -> {
            softly.assertThat(unexplained).as("all of them are in " + all).isEmpty();
            if (!Target.isElsewhere()) {
                softly.assertThat(known.outdated(differences))
                        .as("reasons for what does not differ")
                        .isEmpty();
            }
        });
    }
}
