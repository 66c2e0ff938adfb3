package io.headrace.kafka;

import io.headrace.broker.TopicSession;
import io.headrace.catalog.Acl;
import java.util.List;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.resource.Resource;
import org.apache.kafka.common.resource.ResourceType;

/// What a user may do, in Kafka's words. Everything that is served asks here, as `AclMatrixTest` shows, with the same
/// questions as Kafka; how they are answered, from access control lists and from AMQP's permissions, is for
/// [io.headrace.security.Authorizer] to say.
///
/// Threads: the loop of the session.
final class Rights {
    /// A bit field that was not asked for.
    static final int NOT_ASKED = Integer.MIN_VALUE;

    /// What can be allowed of each: Kafka's `AclEntry` says the same.
    private static final List<AclOperation> OF_TOPICS = List.of(
            AclOperation.READ,
            AclOperation.WRITE,
            AclOperation.CREATE,
            AclOperation.DESCRIBE,
            AclOperation.DELETE,
            AclOperation.ALTER,
            AclOperation.DESCRIBE_CONFIGS,
            AclOperation.ALTER_CONFIGS);

    private static final List<AclOperation> OF_GROUPS = List.of(
            AclOperation.READ,
            AclOperation.DESCRIBE,
            AclOperation.DELETE,
            AclOperation.DESCRIBE_CONFIGS,
            AclOperation.ALTER_CONFIGS);

    private static final List<AclOperation> OF_THE_CLUSTER = List.of(
            AclOperation.CREATE,
            AclOperation.CLUSTER_ACTION,
            AclOperation.DESCRIBE_CONFIGS,
            AclOperation.ALTER_CONFIGS,
            AclOperation.IDEMPOTENT_WRITE,
            AclOperation.ALTER,
            AclOperation.DESCRIBE);

    private Rights() {}

    /// @param name of the cluster: [Resource#CLUSTER_NAME]
    static boolean may(TopicSession session, AclOperation operation, ResourceType type, String name) {
        return session.may(Acl.Operation.of(operation.code()), Acl.ResourceType.of(type.code()), name);
    }

    static boolean topic(TopicSession session, AclOperation operation, String name) {
        return may(session, operation, ResourceType.TOPIC, name);
    }

    static boolean group(TopicSession session, AclOperation operation, String id) {
        return may(session, operation, ResourceType.GROUP, id);
    }

    static boolean cluster(TopicSession session, AclOperation operation) {
        return may(session, operation, ResourceType.CLUSTER, Resource.CLUSTER_NAME);
    }

    /// @throws ClusterAuthorizationException the user may not
    static void needCluster(TopicSession session, AclOperation operation) {
        if (!cluster(session, operation)) {
            throw Errors.CLUSTER_AUTHORIZATION_FAILED.exception();
        }
    }

    /// Who may create topics of all names, or of this one.
    static boolean create(TopicSession session, String name) {
        return cluster(session, AclOperation.CREATE) || topic(session, AclOperation.CREATE, name);
    }

    /// A producer without a transactional id may have a number if there is something that it may write (KIP-679).
    static boolean produceIdempotently(TopicSession session) {
        return cluster(session, AclOperation.IDEMPOTENT_WRITE)
                || session.mayAny(Acl.Operation.WRITE, Acl.ResourceType.TOPIC);
    }

    /// Bit n is the operation of code n.
    static int ofTopic(TopicSession session, String name) {
        return bits(session, OF_TOPICS, ResourceType.TOPIC, name);
    }

    static int ofGroup(TopicSession session, String id) {
        return bits(session, OF_GROUPS, ResourceType.GROUP, id);
    }

    /// Who may not see the cluster may do nothing, as far as they are told.
    static int ofCluster(TopicSession session) {
        return cluster(session, AclOperation.DESCRIBE)
                ? bits(session, OF_THE_CLUSTER, ResourceType.CLUSTER, Resource.CLUSTER_NAME)
                : 0;
    }

    private static int bits(TopicSession session, List<AclOperation> operations, ResourceType type, String name) {
        int bits = 0;
        for (AclOperation operation : operations) {
            if (may(session, operation, type, name)) {
                bits |= 1 << operation.code();
            }
        }
        return bits;
    }
}
