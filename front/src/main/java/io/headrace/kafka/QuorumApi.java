package io.headrace.kafka;

import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.BrokerIdNotRegisteredException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.Listener;
import org.apache.kafka.common.message.DescribeQuorumResponseData.ListenerCollection;
import org.apache.kafka.common.message.DescribeQuorumResponseData.Node;
import org.apache.kafka.common.message.DescribeQuorumResponseData.PartitionData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.ReplicaState;
import org.apache.kafka.common.message.UpdateFeaturesRequestData.FeatureUpdateKey;
import org.apache.kafka.common.message.UpdateFeaturesResponseData;
import org.apache.kafka.common.message.UpdateFeaturesResponseData.UpdatableFeatureResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;
import org.apache.kafka.common.requests.DescribeQuorumRequest;
import org.apache.kafka.common.requests.DescribeQuorumResponse;
import org.apache.kafka.common.requests.UnregisterBrokerRequest;
import org.apache.kafka.common.requests.UpdateFeaturesRequest;
import org.apache.kafka.common.requests.UpdateFeaturesResponse;

/// What the cluster is made of, and cannot be made otherwise: DescribeQuorum 0-2, UpdateFeatures 0-2, UnregisterBroker
/// 0, and the delegation tokens of 38-41, of which there are none.
///
/// Threads: the loop of the connection.
final class QuorumApi implements ApiFamily {
    private static final short LAST_VERSION_WITH_FEATURE_RESULTS = 1;
    private static final int METADATA_PARTITION = 0;

    private final KafkaConfig config;

    QuorumApi(KafkaConfig config) {
        this.config = config;
    }

    @Override
    public List<Served> served() {
        return List.of(
                new Served(ApiKeys.DESCRIBE_QUORUM, 0, 2, this::quorum),
                new Served(ApiKeys.UPDATE_FEATURES, 0, 2, this::updateFeatures),
                new Served(ApiKeys.UNREGISTER_BROKER, 0, 0, this::unregister),
                new Served(ApiKeys.CREATE_DELEGATION_TOKEN, 1, 3, QuorumApi::noTokens),
                new Served(ApiKeys.RENEW_DELEGATION_TOKEN, 1, 2, QuorumApi::noTokens),
                new Served(ApiKeys.EXPIRE_DELEGATION_TOKEN, 1, 2, QuorumApi::noTokens),
                new Served(ApiKeys.DESCRIBE_DELEGATION_TOKEN, 1, 3, QuorumApi::noTokens));
    }

    private static void noTokens(Exchange exchange) {
        throw Errors.DELEGATION_TOKEN_AUTH_DISABLED.exception();
    }

    // -------------------------------------------------------------------------------------------------- quorum

    /// What Kafka keeps in the one partition of its metadata topic is in the catalog's group here: this node leads it
    /// and is all of its quorum.
    private void quorum(Exchange exchange) {
        Rights.needCluster(exchange.session(), AclOperation.DESCRIBE);
        var request = exchange.request(DescribeQuorumRequest.class).data();
        if (!asksForMetadata(request)) {
            exchange.answer(new DescribeQuorumResponse(
                    DescribeQuorumRequest.getPartitionLevelErrorResponse(request, Errors.UNKNOWN_TOPIC_OR_PARTITION)));
            return;
        }
        var log = exchange.session().catalogLog();
        long now = exchange.loop().clock().millis();
        var self = new ReplicaState()
                .setReplicaId(KafkaConfig.NODE_ID)
                .setReplicaDirectoryId(Uuid.ZERO_UUID)
                .setLogEndOffset(log.end())
                .setLastFetchTimestamp(now)
                .setLastCaughtUpTimestamp(now);
        var partition = new PartitionData()
                .setPartitionIndex(METADATA_PARTITION)
                .setLeaderId(KafkaConfig.NODE_ID)
                .setLeaderEpoch(log.epoch())
                .setHighWatermark(log.end())
                .setCurrentVoters(List.of(self));
        var answer = new DescribeQuorumResponseData()
                .setTopics(List.of(new DescribeQuorumResponseData.TopicData()
                        .setTopicName(Topic.CLUSTER_METADATA_TOPIC_NAME)
                        .setPartitions(List.of(partition))));
        if (exchange.version() >= 2) {
            answer.nodes().add(node(exchange));
        }
        exchange.answer(new DescribeQuorumResponse(answer));
    }

    private static boolean asksForMetadata(DescribeQuorumRequestData request) {
        return request.topics().size() == 1
                && request.topics().getFirst().topicName().equals(Topic.CLUSTER_METADATA_TOPIC_NAME)
                && request.topics().getFirst().partitions().size() == 1
                && request.topics().getFirst().partitions().getFirst().partitionIndex() == METADATA_PARTITION;
    }

    private Node node(Exchange exchange) {
        var here = Advertised.to(exchange.connection().wire(), config);
        var listeners = new ListenerCollection();
        listeners.add(new Listener()
                .setName(GroupContext.LISTENER)
                .setHost(here.host())
                .setPort(here.port()));
        return new Node().setNodeId(KafkaConfig.NODE_ID).setListeners(listeners);
    }

    // ------------------------------------------------------------------------------------------------ features

    /// A level that is on stays on: what is asked for is so already, or is refused.
    private void updateFeatures(Exchange exchange) {
        Rights.needCluster(exchange.session(), AclOperation.ALTER);
        var request = exchange.request(UpdateFeaturesRequest.class).data();
        var error = request.featureUpdates().stream()
                .flatMap(update -> refusal(update).stream())
                .findFirst();
        var answer = new UpdateFeaturesResponseData();
        if (error.isPresent()) {
            answer.setErrorCode(error.get().error().code())
                    .setErrorMessage("The update failed for all features since the following feature had an error: "
                            + error.get().message());
        } else if (exchange.version() <= LAST_VERSION_WITH_FEATURE_RESULTS) {
            request.featureUpdates()
                    .forEach(update -> answer.results()
                            .add(new UpdatableFeatureResult()
                                    .setFeature(update.feature())
                                    .setErrorMessage(Errors.NONE.message())));
        }
        exchange.answer(new UpdateFeaturesResponse(answer));
    }

    private static Optional<ApiError> refusal(FeatureUpdateKey update) {
        short wanted = update.maxVersionLevel();
        var known = ApiVersionsApi.FEATURES.stream()
                .filter(feature -> feature.name().equals(update.feature()))
                .findFirst();
        if (FeatureUpdate.UpgradeType.fromCode(update.upgradeType()) == FeatureUpdate.UpgradeType.UNKNOWN) {
            return invalid(update, "The controller does not support the given upgrade type.");
        }
        if (wanted < 0) {
            return invalid(update, "A feature version cannot be less than 0.");
        }
        var node = "Local controller " + KafkaConfig.NODE_ID;
        if (known.isEmpty()) {
            return invalid(update, node + " does not support this feature.");
        }
        var feature = known.get();
        if (wanted < feature.oldest() || wanted > feature.latest()) {
            return invalid(update, node + " only supports versions " + feature.oldest() + "-" + feature.latest());
        }
        return wanted == feature.latest()
                ? Optional.empty()
                : Optional.of(new ApiError(
                        Errors.FEATURE_UPDATE_FAILED,
                        "The level of " + update.feature() + " is " + feature.latest()
                                + " and cannot be changed on this broker."));
    }

    private static Optional<ApiError> invalid(FeatureUpdateKey update, String why) {
        return Optional.of(new ApiError(
                Errors.INVALID_UPDATE_VERSION,
                "Invalid update version %d for feature %s. %s"
                        .formatted(update.maxVersionLevel(), update.feature(), why)));
    }

    // ------------------------------------------------------------------------------------------------- brokers

    private void unregister(Exchange exchange) {
        Rights.needCluster(exchange.session(), AclOperation.ALTER);
        int id = exchange.request(UnregisterBrokerRequest.class).data().brokerId();
        throw id == KafkaConfig.NODE_ID
                ? new InvalidRequestException("Broker " + id + " is all there is of this cluster.")
                : new BrokerIdNotRegisteredException("Broker ID " + id + " is not currently registered");
    }
}
