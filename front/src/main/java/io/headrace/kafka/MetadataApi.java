package io.headrace.kafka;

import io.headrace.broker.TopicSession;
import io.headrace.catalog.TopicDefinition;
import io.headrace.stream.Partition;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseBroker;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponsePartition;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.MetadataRequest;
import org.apache.kafka.common.requests.MetadataResponse;

/// Metadata 0-13: which topics there are and where, and creating those that somebody uses.
///
/// Threads: the loop of the connection.
final class MetadataApi implements ApiFamily {
    private static final int FIRST_VERSION_WITH_IDS = 12;
    private static final int FIRST_VERSION_WITH_OPERATIONS = 8;
    private static final int LAST_VERSION_WITH_CLUSTER_OPERATIONS = 10;
    private static final int CREATION_MILLIS_MAX = 1_000; // then the answer is what there is by now
    private static final List<Integer> THIS_NODE = List.of(KafkaConfig.NODE_ID);

    private final KafkaConfig config;
    private final TopicCreation creation;

    MetadataApi(KafkaConfig config, TopicCreation creation) {
        this.config = config;
        this.creation = creation;
    }

    @Override
    public List<Served> served() {
        return List.of(new Served(ApiKeys.METADATA, 0, 13, this::metadata));
    }

    /// Waits for what it creates. Kafka does not, so that a client learns of its new topic when it asks again:
    /// Kafka's own after 0.1 s, librdkafka after a second.
    private void metadata(Exchange exchange) {
        var session = exchange.session();
        var request = exchange.request(MetadataRequest.class).data();
        check(request, exchange.version());
        var created = new Outstanding(() -> {
            if (!exchange.answered() && !exchange.abandoned()) {
                answer(exchange, request);
            }
        });
        if (!all(request, exchange.version())) {
            asked(request).filter(wanted -> creates(session, wanted, request)).forEach(wanted -> {
                created.expect();
                creation.createBecauseUsed(session, wanted.name(), created::done);
            });
        }
        exchange.deadline(CREATION_MILLIS_MAX, () -> answer(exchange, request));
        created.done();
    }

    private void answer(Exchange exchange, MetadataRequestData request) {
        var session = exchange.session();
        var here = Advertised.to(exchange.connection().wire(), config);
        var answer = new MetadataResponseData()
                .setControllerId(KafkaConfig.NODE_ID)
                .setClusterId(Names.id(session.clusterId()).toString());
        answer.brokers()
                .add(new MetadataResponseBroker()
                        .setNodeId(KafkaConfig.NODE_ID)
                        .setHost(here.host())
                        .setPort(here.port()));
        var topics = answer.topics();
        if (all(request, exchange.version())) {
            session.topics().stream()
                    .filter(topic -> Rights.topic(session, AclOperation.DESCRIBE, topic.name()))
                    .forEach(topic -> topics.add(known(session, topic, request)));
        } else {
            asked(request).forEach(wanted -> topics.add(one(session, wanted, request)));
        }
        if (request.includeClusterAuthorizedOperations()
                && exchange.version() >= FIRST_VERSION_WITH_OPERATIONS
                && exchange.version() <= LAST_VERSION_WITH_CLUSTER_OPERATIONS) {
            answer.setClusterAuthorizedOperations(Rights.ofCluster(session));
        }
        exchange.answer(new MetadataResponse(answer, exchange.version()));
    }

    private static void check(MetadataRequestData request, short version) {
        if (request.topics() == null || version >= FIRST_VERSION_WITH_IDS) {
            return;
        }
        for (MetadataRequestTopic topic : request.topics()) {
            if (topic.name() == null) {
                throw new InvalidRequestException("Topic name can not be null for version " + version);
            }
            if (!topic.topicId().equals(Uuid.ZERO_UUID)) {
                throw new InvalidRequestException("Topic IDs are not supported in requests for version " + version);
            }
        }
    }

    /// Version 0 cannot say null, and means all by none.
    private static boolean all(MetadataRequestData request, short version) {
        return request.topics() == null || version == 0 && request.topics().isEmpty();
    }

    /// Each once. Beside ids, names are not looked at.
    private static Stream<MetadataRequestTopic> asked(MetadataRequestData request) {
        var topics = request.topics().stream().distinct();
        return request.topics().stream().anyMatch(MetadataApi::byId) ? topics.filter(MetadataApi::byId) : topics;
    }

    private static boolean byId(MetadataRequestTopic wanted) {
        return !wanted.topicId().equals(Uuid.ZERO_UUID);
    }

    private MetadataResponseTopic one(TopicSession session, MetadataRequestTopic wanted, MetadataRequestData request) {
        if (wanted.name() == null || byId(wanted)) {
            return byId(session, wanted.topicId(), request);
        }
        var name = wanted.name();
        if (!Rights.topic(session, AclOperation.DESCRIBE, name)) {
            return failed(Errors.TOPIC_AUTHORIZATION_FAILED).setName(name);
        }
        return session.topic(name)
                .map(topic -> known(session, topic, request))
                .orElseGet(() ->
                        failed(missing(session, name, request)).setName(name).setIsInternal(Topic.isInternal(name)));
    }

    private static MetadataResponseTopic byId(TopicSession session, Uuid id, MetadataRequestData request) {
        return session.topic(Names.id(id))
                .map(topic -> Rights.topic(session, AclOperation.DESCRIBE, topic.name())
                        ? known(session, topic, request)
                        : failed(Errors.TOPIC_AUTHORIZATION_FAILED)
                                .setTopicId(id)
                                .setName(null))
                .orElseGet(() -> failed(Errors.UNKNOWN_TOPIC_ID).setTopicId(id).setName(null));
    }

    private boolean creates(TopicSession session, MetadataRequestTopic wanted, MetadataRequestData request) {
        var name = wanted.name();
        return name != null
                && !byId(wanted)
                && Rights.topic(session, AclOperation.DESCRIBE, name)
                && session.topic(name).isEmpty()
                && wants(request, name)
                && Rights.create(session, name);
    }

    private boolean wants(MetadataRequestData request, String name) {
        return request.allowAutoTopicCreation() && config.autoCreateTopics() && !Topic.isInternal(name);
    }

    private Errors missing(TopicSession session, String name, MetadataRequestData request) {
        return wants(request, name) && !Rights.create(session, name)
                ? Errors.TOPIC_AUTHORIZATION_FAILED
                : Names.unknown(name);
    }

    private static MetadataResponseTopic failed(Errors error) {
        return new MetadataResponseTopic().setErrorCode(error.code());
    }

    private static MetadataResponseTopic known(
            TopicSession session, TopicDefinition topic, MetadataRequestData request) {
        var partitions =
                new ArrayList<MetadataResponsePartition>(topic.partitions().size());
        for (int i = 0; i < topic.partitions().size(); i++) {
            partitions.add(new MetadataResponsePartition()
                    .setPartitionIndex(i)
                    .setLeaderId(KafkaConfig.NODE_ID)
                    .setLeaderEpoch(session.partition(topic, i)
                            .map(Partition::leaderEpoch)
                            .orElse(0))
                    .setReplicaNodes(THIS_NODE)
                    .setIsrNodes(THIS_NODE));
        }
        return new MetadataResponseTopic()
                .setName(topic.name())
                .setTopicId(Names.id(topic.id()))
                .setIsInternal(Topic.isInternal(topic.name()))
                .setPartitions(partitions)
                .setTopicAuthorizedOperations(
                        request.includeTopicAuthorizedOperations()
                                ? Rights.ofTopic(session, topic.name())
                                : Rights.NOT_ASKED);
    }
}
