package io.headrace.stream.group;

import java.util.UUID;
import org.apache.kafka.common.Uuid;

/// The ids of topics, here and in Kafka's classes.
final class GroupIds {
    private GroupIds() {}

    static UUID javaId(Uuid id) {
        return new UUID(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }

    static Uuid kafkaId(UUID id) {
        return new Uuid(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }
}
