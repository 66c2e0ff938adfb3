package io.headrace.kafka;

import io.headrace.broker.TopicSession;
import io.headrace.catalog.TopicDefinition;
import io.headrace.stream.Partition;
import io.headrace.stream.share.SharePartition;
import java.util.Optional;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.resource.ResourceType;

/// Finds what a member of a share group names.
///
/// Threads: the loop.
record ShareParts(TopicSession session, String group) {
    /// Empty if the group has nothing to do with it, or there is no such partition, see [#error].
    Optional<SharePartition> find(ShareSession.Part part) {
        return partition(part).flatMap(partition -> session.shares().find(group, partition));
    }

    Optional<Partition> partition(ShareSession.Part part) {
        return topic(part)
                .filter(this::mayRead)
                .flatMap(topic -> session.partition(topic, part.partition()))
                .filter(partition -> !partition.gone());
    }

    /// Why there is no such partition for this user; [Errors#NONE] if there is.
    Errors error(ShareSession.Part part) {
        var topic = topic(part);
        if (topic.isEmpty()) {
            return Errors.UNKNOWN_TOPIC_ID;
        }
        if (!mayRead(topic.get())) {
            return Errors.TOPIC_AUTHORIZATION_FAILED;
        }
        return partition(part).isEmpty() ? Errors.UNKNOWN_TOPIC_OR_PARTITION : Errors.NONE;
    }

    private Optional<TopicDefinition> topic(ShareSession.Part part) {
        return session.topic(Names.id(part.topic()));
    }

    private boolean mayRead(TopicDefinition topic) {
        return Rights.may(session, AclOperation.READ, ResourceType.TOPIC, topic.name());
    }
}
