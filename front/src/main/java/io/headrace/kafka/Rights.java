package io.headrace.kafka;

import io.headrace.broker.TopicSession;
import io.headrace.catalog.Refusal.Access;
import java.util.Set;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;

/// What a user may do, in Kafka's words: to write is to produce, to read is to fetch and to use a group, to configure
/// is
/// to create, change and delete; who may do any of them may ask what is there. What concerns the whole broker is for
/// administrators.
final class Rights {
    /// A bit field that was not asked for.
    static final int NOT_ASKED = Integer.MIN_VALUE;

    private static final String ADMINISTRATOR = "administrator";
    private static final Set<AclOperation> CONFIGURING =
            Set.of(AclOperation.CREATE, AclOperation.DELETE, AclOperation.ALTER, AclOperation.ALTER_CONFIGS);

    private Rights() {}

    static boolean write(TopicSession session, String name) {
        return session.allowed(Access.WRITE, name);
    }

    static boolean read(TopicSession session, String name) {
        return session.allowed(Access.READ, name);
    }

    static boolean configure(TopicSession session, String name) {
        return session.allowed(Access.CONFIGURE, name);
    }

    static boolean describe(TopicSession session, String name) {
        return read(session, name) || write(session, name) || configure(session, name);
    }

    static boolean administer(TopicSession session) {
        return session.user().tags().contains(ADMINISTRATOR);
    }

    /// Whether the user may do this. What has no name of its own, the cluster, is asked for by any.
    static boolean may(TopicSession session, AclOperation operation, ResourceType type, String name) {
        return switch (type) {
            case TOPIC, GROUP, TRANSACTIONAL_ID -> may(session, operation, name);
            case CLUSTER -> operation == AclOperation.DESCRIBE || administer(session);
            case UNKNOWN, ANY, DELEGATION_TOKEN, USER -> administer(session);
        };
    }

    private static boolean may(TopicSession session, AclOperation operation, String name) {
        return switch (operation) {
            case READ -> read(session, name);
            case WRITE -> write(session, name);
            case DESCRIBE, DESCRIBE_CONFIGS -> describe(session, name);
            case CREATE, DELETE, ALTER, ALTER_CONFIGS, ALL -> configure(session, name);
            case UNKNOWN, ANY, CLUSTER_ACTION, IDEMPOTENT_WRITE, CREATE_TOKENS, DESCRIBE_TOKENS, TWO_PHASE_COMMIT ->
                administer(session);
        };
    }

    /// Bit n is the operation of code n.
    static int ofTopic(TopicSession session, String name) {
        int bits = 0;
        if (read(session, name)) {
            bits |= bit(AclOperation.READ);
        }
        if (write(session, name)) {
            bits |= bit(AclOperation.WRITE);
        }
        if (configure(session, name)) {
            bits |= CONFIGURING.stream().mapToInt(Rights::bit).sum();
        }
        return bits == 0 ? 0 : bits | bit(AclOperation.DESCRIBE) | bit(AclOperation.DESCRIBE_CONFIGS);
    }

    static int ofCluster(TopicSession session) {
        int bits = bit(AclOperation.DESCRIBE) | bit(AclOperation.IDEMPOTENT_WRITE) | bit(AclOperation.DESCRIBE_CONFIGS);
        if (administer(session)) {
            bits |= bit(AclOperation.CREATE)
                    | bit(AclOperation.ALTER)
                    | bit(AclOperation.ALTER_CONFIGS)
                    | bit(AclOperation.CLUSTER_ACTION);
        }
        return bits;
    }

    private static int bit(AclOperation operation) {
        return 1 << operation.code();
    }
}
