package io.headrace.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.conformance.NodePrograms;
import io.headrace.conformance.Program;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Goal: npm's kafkajs works unchanged.
@ExtendWith(RealKafka.class)
@DisplayNameGeneration(ReplaceUnderscores.class)
class KafkaNodeIT {
    @TempDir
    static Path folder;

    @BeforeEach // of each test: a class that is given up as a whole reports no skipped test
    void kafkajs_is_there() throws Exception {
        NodePrograms.install(folder);
    }

    @Test
    void behaviours_that_kafkajs_relies_on(KafkaEndpoint kafka) throws Exception {
        assertThat(Program.start(kafka.environment(), folder, "node", "kafka.js")
                        .finish())
                .containsExactly(
                        "create, grow, describe and alter a topic",
                        "an idempotent producer, plain and compressed",
                        "a group consumes",
                        "the admin client resets, deletes records, groups and topics");
    }
}
