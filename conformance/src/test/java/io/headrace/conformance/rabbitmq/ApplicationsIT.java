package io.headrace.conformance.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.conformance.Endpoint;
import io.headrace.conformance.Names;
import io.headrace.conformance.NodePrograms;
import io.headrace.conformance.Program;
import io.headrace.conformance.RealBroker;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Goal: applications in other languages, on frameworks that lean on RabbitMQ's own features, work unchanged.
@ExtendWith(RealBroker.class)
@DisplayNameGeneration(ReplaceUnderscores.class)
class ApplicationsIT {
    @Test
    void celery_has_its_priorities_retries_etas_and_its_tasks_back_from_a_killed_worker(
            Endpoint broker, @TempDir Path folder) throws Exception {
        Program.assumeWorks("python3-celery", "/usr/bin/python3", "-c", "import celery");
        var environment = Map.of(
                "AMQP_HOST", broker.host(),
                "AMQP_PORT", Integer.toString(broker.port()),
                "CELERY_QUEUE", Names.fresh("celery"),
                "CELERY_DONE", folder.resolve("done").toString());

        try (var application = Program.python(environment, "celery_application.py")) {
            assertThat(application.finish())
                    .containsExactly(
                            "priorities",
                            "a result",
                            "retries",
                            "retries that end",
                            "an ETA",
                            "a worker that is killed");
        }
    }

    @Test
    void a_worker_in_node_tries_twice_and_then_gives_up_to_the_dead_letter_queue(Endpoint broker, @TempDir Path folder)
            throws Exception {
        NodePrograms.install(folder);

        try (var worker = Program.start(broker, folder, "node", "worker.js", Names.fresh("node"))) {
            assertThat(worker.finish()).containsExactly("confirmed 20", "worked 20", "dead 4");
        }
    }
}
