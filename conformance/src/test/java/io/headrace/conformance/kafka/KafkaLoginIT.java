package io.headrace.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.conformance.Names;
import io.headrace.conformance.SharedBroker;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Goal: the users of AMQP log in by Kafka's mechanisms.
@ExtendWith(RealKafka.class)
@DisplayNameGeneration(ReplaceUnderscores.class)
class KafkaLoginIT {
    @ParameterizedTest
    @ValueSource(strings = {"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"})
    void a_user_logs_in_with_the_right_password_alone(String mechanism, SharedBroker broker) throws Exception {
        var kafka = new KafkaEndpoint("127.0.0.1", broker.process().port("kafka"));
        var topic = Names.fresh("login");

        try (var producer = kafka.producer(login(mechanism, "guest"))) {
            assertThat(producer.send(new ProducerRecord<>(topic, "v")).get().offset())
                    .isZero();
        }
        try (var producer = kafka.producer(login(mechanism, "wrong"))) {
            var refused = producer.send(new ProducerRecord<>(topic, "v"));
            assertThatThrownBy(refused::get).hasCauseInstanceOf(SaslAuthenticationException.class);
        }
    }

    private static String[] login(String mechanism, String password) {
        var module = mechanism.equals("PLAIN") ? "plain.PlainLoginModule" : "scram.ScramLoginModule";
        return new String[] {
            "security.protocol=SASL_PLAINTEXT",
            "sasl.mechanism=" + mechanism,
            "sasl.jaas.config=org.apache.kafka.common.security.%s required username=\"guest\" password=\"%s\";"
                    .formatted(module, password)
        };
    }
}
