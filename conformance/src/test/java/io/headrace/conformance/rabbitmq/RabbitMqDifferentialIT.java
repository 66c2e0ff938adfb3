package io.headrace.conformance.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.conformance.Transcript;
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
/// To record the answers anew, after the script has changed, start a RabbitMQ with the plugins `rabbitmq_management`,
/// `rabbitmq_recent_history_exchange` and `rabbitmq_jms_topic_exchange`, and run
/// `./mvnw -pl conformance -am verify -Dit.test=RabbitMqDifferentialIT -Dheadrace.broker=localhost:5672
/// -Dheadrace.management=localhost:15672 -Dheadrace.record=true`. It works in a vhost of its own, which it makes.
@DisplayNameGeneration(ReplaceUnderscores.class)
class RabbitMqDifferentialIT {
    private static final int STEPS_MIN = 1_000;

    @Test
    void every_answer_is_rabbitmqs_or_differs_for_a_reason(@TempDir Path data) throws Exception {
        Transcript answered;
        try (var target = Target.open(data)) {
            answered = Script.run(target.amqp(), target.management());
        }
        assertThat(answered.calls()).isGreaterThan(STEPS_MIN);
        new Differential("rabbitmq-3.10.8").check(answered);
    }
}
