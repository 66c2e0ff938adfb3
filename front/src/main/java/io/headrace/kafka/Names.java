package io.headrace.kafka;

import java.util.UUID;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.protocol.Errors;

/// Names and ids as Kafka writes them.
final class Names {
    private Names() {}

    static Uuid id(UUID id) {
        return new Uuid(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }

    static UUID id(Uuid id) {
        return new UUID(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }

    /// What a topic that is not there is answered with.
    static Errors unknown(String name) {
        return valid(name) ? Errors.UNKNOWN_TOPIC_OR_PARTITION : Errors.INVALID_TOPIC_EXCEPTION;
    }

    static boolean valid(String name) {
        try {
            Topic.validate(name);
            return true;
        } catch (InvalidTopicException invalid) {
            return false;
        }
    }
}
