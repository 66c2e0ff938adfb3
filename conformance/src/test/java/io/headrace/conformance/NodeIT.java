package io.headrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Goal: npm's amqplib works unchanged.
@ExtendWith(RealBroker.class)
@DisplayNameGeneration(ReplaceUnderscores.class)
class NodeIT {
    @TempDir
    static Path folder;

    @BeforeEach // of each test: a class that is given up as a whole reports no skipped test
    void amqplib_is_there() throws Exception {
        NodePrograms.install(folder);
    }

    @Test
    void behaviours_that_amqplib_relies_on(Endpoint broker) throws Exception {
        assertThat(Program.start(broker, folder, "node", "behaviours.js").finish())
                .containsExactly(
                        "publish and consume",
                        "topic exchange and get",
                        "a megabyte, nack and reject",
                        "confirms and returns",
                        "errors");
    }
}
