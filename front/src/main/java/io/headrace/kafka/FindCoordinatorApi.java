package io.headrace.kafka;

import io.headrace.broker.TopicSession;
import java.util.List;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FindCoordinatorRequest;
import org.apache.kafka.common.requests.FindCoordinatorRequest.CoordinatorType;
import org.apache.kafka.common.requests.FindCoordinatorResponse;
import org.apache.kafka.common.resource.ResourceType;

/// FindCoordinator 0-6: this node coordinates all groups and transactions. Share groups have no coordinator yet, which
/// Kafka says of one that is not there.
///
/// Threads: the loop of the connection.
final class FindCoordinatorApi implements ApiFamily {
    /// From here on a request asks for several.
    private static final short MANY = 4;
    /// From here on the coordinator of a share group's state may be asked for.
    private static final short SHARE = 6;

    private final KafkaConfig config;

    FindCoordinatorApi(KafkaConfig config) {
        this.config = config;
    }

    @Override
    public List<Served> served() {
        return List.of(new Served(ApiKeys.FIND_COORDINATOR, 0, 6, this::find));
    }

    private void find(Exchange exchange) {
        var data = exchange.request(FindCoordinatorRequest.class).data();
        var type = CoordinatorType.forId(data.keyType()); // throws Kafka's refusal of others
        if (type == CoordinatorType.GROUP) {
            exchange.session().groups().open();
        } else if (type == CoordinatorType.TRANSACTION) {
            exchange.session().transactions().open();
        }
        if (exchange.version() < MANY) {
            one(exchange, type, data.key());
        } else {
            many(exchange, type, data.coordinatorKeys());
        }
    }

    private void one(Exchange exchange, CoordinatorType type, String key) {
        var error = error(exchange, type, key);
        if (error != Errors.NONE) {
            throw error.exception();
        }
        var node = node(exchange, error);
        exchange.answer(new FindCoordinatorResponse(new FindCoordinatorResponseData()
                .setErrorMessage(error.message())
                .setNodeId(node.id())
                .setHost(node.host())
                .setPort(node.port())));
    }

    private void many(Exchange exchange, CoordinatorType type, List<String> keys) {
        var coordinators = keys.stream()
                .map(key -> {
                    var error = error(exchange, type, key);
                    var node = node(exchange, error);
                    return new FindCoordinatorResponseData.Coordinator()
                            .setKey(key)
                            .setErrorCode(error.code())
                            .setNodeId(node.id())
                            .setHost(node.host())
                            .setPort(node.port());
                })
                .toList();
        exchange.answer(new FindCoordinatorResponse(new FindCoordinatorResponseData().setCoordinators(coordinators)));
    }

    private Node node(Exchange exchange, Errors error) {
        if (error != Errors.NONE) {
            return Node.noNode();
        }
        var here = Advertised.to(exchange.connection().wire(), config);
        return new Node(KafkaConfig.NODE_ID, here.host(), here.port());
    }

    private static Errors error(Exchange exchange, CoordinatorType type, String key) {
        TopicSession session = exchange.session();
        return switch (type) {
            case GROUP ->
                Rights.group(session, AclOperation.DESCRIBE, key) ? Errors.NONE : Errors.GROUP_AUTHORIZATION_FAILED;
            case TRANSACTION ->
                Rights.may(session, AclOperation.DESCRIBE, ResourceType.TRANSACTIONAL_ID, key)
                        ? Errors.NONE
                        : Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED;
            case SHARE -> {
                if (exchange.version() < SHARE) {
                    yield Errors.INVALID_REQUEST;
                }
                Rights.needCluster(session, AclOperation.CLUSTER_ACTION); // brokers ask for it
                yield Errors.COORDINATOR_NOT_AVAILABLE;
            }
        };
    }
}
