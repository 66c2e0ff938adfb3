package io.headrace.kafka;

import io.headrace.broker.TopicSession;
import io.headrace.broker.TopicSession.TopicAnswer;
import io.headrace.catalog.Refusal;
import io.headrace.catalog.TopicDefinition;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicaAssignmentException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsResponseData;
import org.apache.kafka.common.message.CreatePartitionsResponseData.CreatePartitionsTopicResult;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.DeleteTopicsResponseData.DeletableTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;
import org.apache.kafka.common.requests.CreatePartitionsRequest;
import org.apache.kafka.common.requests.CreatePartitionsResponse;
import org.apache.kafka.common.requests.CreateTopicsRequest;
import org.apache.kafka.common.requests.CreateTopicsResponse;
import org.apache.kafka.common.requests.DeleteTopicsRequest;
import org.apache.kafka.common.requests.DeleteTopicsResponse;

/// CreateTopics 2-7, DeleteTopics 1-6, CreatePartitions 0-3. Each topic of a request succeeds or fails by itself.
///
/// Threads: the loop of the connection.
final class TopicsApi implements ApiFamily {
    private static final int FIRST_DELETE_WITH_IDS = 6;
    // from these versions on, clients understand THROTTLING_QUOTA_EXCEEDED (KIP-599)
    private static final int FIRST_CREATE_WITH_QUOTA = 6;
    private static final int FIRST_DELETE_WITH_QUOTA = 5;
    private static final int FIRST_GROW_WITH_QUOTA = 3;
    private static final int DEFAULT = -1;
    private static final List<Integer> THIS_NODE = List.of(KafkaConfig.NODE_ID);

    private final KafkaConfig config;
    private final TopicCreation creation;

    TopicsApi(KafkaConfig config, TopicCreation creation) {
        this.config = config;
        this.creation = creation;
    }

    @Override
    public List<Served> served() {
        return List.of(
                new Served(ApiKeys.CREATE_TOPICS, 2, 7, this::create),
                new Served(ApiKeys.DELETE_TOPICS, 1, 6, this::delete),
                new Served(ApiKeys.CREATE_PARTITIONS, 0, 3, this::grow));
    }

    /// Kafka's error for what the engine refuses.
    static ApiError error(Refusal refusal) {
        return switch (refusal) {
            case Refusal.NotFound notFound -> new ApiError(Errors.UNKNOWN_TOPIC_OR_PARTITION);
            case Refusal.Exists exists ->
                new ApiError(
                        Errors.TOPIC_ALREADY_EXISTS,
                        "Topic '" + exists.resource().name() + "' already exists.");
            case Refusal.AccessRefused refused -> new ApiError(Errors.TOPIC_AUTHORIZATION_FAILED);
            case Refusal.TopicAccessRefused other -> unexpected(other);
            case Refusal.LimitReached limit -> new ApiError(Errors.POLICY_VIOLATION, limit.limit());
            case Refusal.VhostNotFound gone -> new ApiError(Errors.UNKNOWN_SERVER_ERROR, gone.toString());
            case Refusal.UserNotFound gone -> new ApiError(Errors.TOPIC_AUTHORIZATION_FAILED);
            case Refusal.VhostAccessRefused refused -> new ApiError(Errors.TOPIC_AUTHORIZATION_FAILED);
            case Refusal.Inequivalent other -> unexpected(other);
            case Refusal.ReservedName other -> unexpected(other);
            case Refusal.DefaultExchange other -> unexpected(other);
            case Refusal.SystemExchange other -> unexpected(other);
            case Refusal.UnknownExchangeType other -> unexpected(other);
            case Refusal.InternalExchange other -> unexpected(other);
            case Refusal.InUse other -> unexpected(other);
            case Refusal.NotEmpty other -> unexpected(other);
            case Refusal.Locked other -> unexpected(other);
            case Refusal.ExclusiveUse other -> unexpected(other);
            case Refusal.SingleActiveConsumer other -> unexpected(other);
            case Refusal.InvalidArgument other -> unexpected(other);
            case Refusal.InvalidProperty other -> unexpected(other);
            case Refusal.NotForStreams other -> unexpected(other);
            case Refusal.Unsupported other -> unexpected(other);
            case Refusal.Malformed other -> unexpected(other);
            case Refusal.TooLarge other -> unexpected(other);
        };
    }

    /// Of queues and exchanges.
    private static ApiError unexpected(Refusal refusal) {
        return new ApiError(Errors.INVALID_REQUEST, refusal.toString());
    }

    // ------------------------------------------------------------------------------------------------ creating

    private void create(Exchange exchange) {
        var request = exchange.request(CreateTopicsRequest.class).data();
        var answer = new CreateTopicsResponseData();
        var all = new Outstanding(() -> exchange.answer(new CreateTopicsResponse(answer)));
        for (CreatableTopic wanted : request.topics()) {
            if (answer.topics().find(wanted.name()) != null) {
                continue; // named twice, and told so
            }
            var result = new CreatableTopicResult().setName(wanted.name());
            answer.topics().add(result);
            try {
                if (request.topics().findAll(wanted.name()).size() > 1) {
                    throw new InvalidRequestException("Duplicate topic name.");
                }
                createOne(exchange, wanted, request.validateOnly(), result, all);
            } catch (ApiException refused) {
                fail(result, ApiError.fromThrowable(refused));
            }
        }
        all.done();
    }

    private void createOne(
            Exchange exchange,
            CreatableTopic wanted,
            boolean validateOnly,
            CreatableTopicResult result,
            Outstanding all) {
        var session = exchange.session();
        var name = wanted.name();
        if (!Rights.create(session, name)) {
            throw new TopicAuthorizationException("Authorization failed.");
        }
        var refusal = creation.refusal(session, name);
        if (refusal.isPresent()) {
            fail(result, refusal.get());
            return;
        }
        int partitions = partitions(wanted);
        var settings = new LinkedHashMap<String, String>();
        wanted.configs().forEach(entry -> settings.put(entry.name(), entry.value()));
        TopicConfigs.check(settings);
        exchange.connection().charges().mutate(exchange, partitions, FIRST_CREATE_WITH_QUOTA);
        tellConfigs(session, partitions, settings, result);
        if (validateOnly) {
            result.setTopicId(Uuid.randomUuid()); // as Kafka does: it would have had such a one
        } else {
            all.expect();
            creation.create(session, name, partitions, settings, answer -> {
                switch (answer) {
                    case TopicAnswer.Done(TopicDefinition topic) -> result.setTopicId(Names.id(topic.id()));
                    case TopicAnswer.Refused(Refusal why) -> fail(result, error(why));
                }
                all.done();
            });
        }
    }

    /// What the topic has got. Who may not describe it is told that it is there, and no more.
    private static void tellConfigs(
            TopicSession session, int partitions, Map<String, String> settings, CreatableTopicResult result) {
        if (!Rights.topic(session, AclOperation.DESCRIBE_CONFIGS, result.name())) {
            result.setTopicConfigErrorCode(Errors.TOPIC_AUTHORIZATION_FAILED.code());
            return;
        }
        result.setNumPartitions(partitions)
                .setReplicationFactor((short) 1)
                .setConfigs(TopicConfigs.all(settings, session.settings(BrokerConfigs.SETTINGS)).stream()
                        .map(ConfigValue::created)
                        .toList());
    }

    private static void fail(CreatableTopicResult result, ApiError error) {
        result.setErrorCode(error.error().code())
                .setErrorMessage(error.message())
                .setNumPartitions(DEFAULT)
                .setReplicationFactor((short) DEFAULT)
                .setConfigs(List.of());
    }

    private int partitions(CreatableTopic wanted) {
        if (!wanted.assignments().isEmpty()) {
            return assigned(wanted);
        }
        if (wanted.numPartitions() == 0 || wanted.numPartitions() < DEFAULT) {
            throw new InvalidPartitionsException("Number of partitions was set to an invalid non-positive value.");
        }
        if (wanted.numPartitions() > KafkaConfig.PARTITIONS_MAX) {
            throw new InvalidPartitionsException(
                    "Number of partitions is above the limit of " + KafkaConfig.PARTITIONS_MAX + ".");
        }
        int factor = wanted.replicationFactor();
        if (factor == 0 || factor < DEFAULT) {
            throw new InvalidReplicationFactorException(
                    "Replication factor must be larger than 0, or -1 to use the default value.");
        }
        if (factor > 1 && !config.clampReplicationFactor()) {
            throw new InvalidReplicationFactorException("Unable to replicate the partition " + factor
                    + " time(s): The target replication factor of " + factor
                    + " cannot be reached because only 1 broker(s) are registered.");
        }
        return wanted.numPartitions() == DEFAULT ? config.partitions() : wanted.numPartitions();
    }

    /// A manual assignment has one node to choose from.
    private static int assigned(CreatableTopic wanted) {
        if (wanted.replicationFactor() != DEFAULT) {
            throw new InvalidRequestException(
                    "A manual partition assignment was specified, but replication factor was not set to -1.");
        }
        if (wanted.numPartitions() != DEFAULT) {
            throw new InvalidRequestException(
                    "A manual partition assignment was specified, but numPartitions was not set to -1.");
        }
        int count = wanted.assignments().size();
        for (int i = 0; i < count; i++) {
            var assignment = wanted.assignments().find(i);
            if (assignment == null) {
                throw new InvalidReplicaAssignmentException(
                        "partitions should be a consecutive 0-based integer sequence");
            }
            checkNodes(assignment.brokerIds());
        }
        return count;
    }

    private static void checkNodes(List<Integer> nodes) {
        if (!nodes.equals(THIS_NODE)) {
            throw new InvalidReplicaAssignmentException("The manual partition assignment " + nodes + " is not "
                    + THIS_NODE + ", the only broker that is registered.");
        }
    }

    // ------------------------------------------------------------------------------------------------ deleting

    private void delete(Exchange exchange) {
        var request = exchange.request(DeleteTopicsRequest.class).data();
        List<DeleteTopicState> wanted = exchange.version() >= FIRST_DELETE_WITH_IDS
                ? request.topics()
                : request.topicNames().stream()
                        .map(name -> new DeleteTopicState().setName(name))
                        .toList();
        var answer = new DeleteTopicsResponseData();
        var all = new Outstanding(() -> exchange.answer(new DeleteTopicsResponse(answer)));
        var times = new HashMap<Object, Integer>();
        wanted.forEach(topic -> times.merge(identity(exchange, topic), 1, Integer::sum));
        var told = new HashSet<Object>();
        for (DeleteTopicState topic : wanted) {
            var identity = identity(exchange, topic);
            if (!told.add(identity)) {
                continue; // meant twice, and told so
            }
            var result = new DeletableTopicResult().setName(topic.name()).setTopicId(topic.topicId());
            answer.responses().add(result);
            try {
                if (times.get(identity) > 1) {
                    throw new InvalidRequestException("Duplicate topic name or id.");
                }
                deleteOne(exchange, topic, result, all);
            } catch (ApiException refused) {
                fail(result, ApiError.fromThrowable(refused));
            }
        }
        all.done();
    }

    /// What is meant by a name or an id: the name, if there is one that may be told.
    private static Object identity(Exchange exchange, DeleteTopicState topic) {
        var session = exchange.session();
        if (topic.name() != null) {
            return topic.name();
        }
        return session.topic(Names.id(topic.topicId()))
                .map(TopicDefinition::name)
                .filter(name -> Rights.topic(session, AclOperation.DESCRIBE, name))
                .<Object>map(name -> name)
                .orElse(topic.topicId());
    }

    private static void deleteOne(
            Exchange exchange, DeleteTopicState wanted, DeletableTopicResult result, Outstanding all) {
        var session = exchange.session();
        boolean byId = !wanted.topicId().equals(Uuid.ZERO_UUID);
        if (byId && wanted.name() != null) {
            throw new InvalidRequestException("You may not specify both topic name and topic id.");
        }
        if (!byId && wanted.name() == null) {
            throw new InvalidRequestException("Neither topic name nor id were specified.");
        }
        Optional<TopicDefinition> topic =
                byId ? session.topic(Names.id(wanted.topicId())) : session.topic(wanted.name());
        if (byId && topic.isEmpty()) {
            throw Errors.UNKNOWN_TOPIC_ID.exception();
        }
        var name = topic.map(TopicDefinition::name).orElse(wanted.name());
        boolean every = Rights.cluster(session, AclOperation.DELETE);
        if (!every && !Rights.topic(session, AclOperation.DESCRIBE, name)) {
            throw Errors.TOPIC_AUTHORIZATION_FAILED.exception(); // whether it is there or not
        }
        if (topic.isEmpty()) {
            throw Errors.UNKNOWN_TOPIC_OR_PARTITION.exception();
        }
        if (!every && !Rights.topic(session, AclOperation.DELETE, name)) {
            result.setName(name);
            throw Errors.TOPIC_AUTHORIZATION_FAILED.exception();
        }
        if (Topic.isInternal(name)) {
            throw new InvalidTopicException("The topic '" + name + "' is the broker's own.");
        }
        exchange.connection()
                .charges()
                .mutate(exchange, topic.get().partitions().size(), FIRST_DELETE_WITH_QUOTA);
        result.setName(name).setTopicId(Names.id(topic.get().id()));
        all.expect();
        session.delete(name, answer -> {
            if (answer instanceof TopicAnswer.Refused(Refusal why)) {
                fail(result, error(why));
            }
            all.done();
        });
    }

    private static void fail(DeletableTopicResult result, ApiError error) {
        result.setErrorCode(error.error().code()).setErrorMessage(error.message());
    }

    // ------------------------------------------------------------------------------------------------- growing

    private void grow(Exchange exchange) {
        var request = exchange.request(CreatePartitionsRequest.class).data();
        var answer = new CreatePartitionsResponseData();
        var all = new Outstanding(() -> exchange.answer(new CreatePartitionsResponse(answer)));
        Set<String> seen = new HashSet<>();
        for (CreatePartitionsTopic wanted : request.topics()) {
            if (!seen.add(wanted.name())) {
                continue; // named twice, and told so
            }
            var result = new CreatePartitionsTopicResult().setName(wanted.name());
            answer.results().add(result);
            try {
                if (request.topics().findAll(wanted.name()).size() > 1) {
                    throw new InvalidRequestException("Duplicate topic name.");
                }
                growOne(exchange, wanted, request.validateOnly(), result, all);
            } catch (ApiException refused) {
                fail(result, ApiError.fromThrowable(refused));
            }
        }
        all.done();
    }

    private static void growOne(
            Exchange exchange,
            CreatePartitionsTopic wanted,
            boolean validateOnly,
            CreatePartitionsTopicResult result,
            Outstanding all) {
        var session = exchange.session();
        var name = wanted.name();
        if (!Rights.topic(session, AclOperation.ALTER, name)) {
            throw Errors.TOPIC_AUTHORIZATION_FAILED.exception();
        }
        int present = session.topic(name)
                .orElseThrow(Errors.UNKNOWN_TOPIC_OR_PARTITION::exception)
                .partitions()
                .size();
        int added = wanted.count() - present;
        if (added == 0) {
            throw new InvalidPartitionsException("Topic already has " + present + " partition(s).");
        }
        if (added < 0) {
            throw new InvalidPartitionsException("The topic " + name + " currently has " + present + " partition(s); "
                    + wanted.count() + " would not be an increase.");
        }
        if (wanted.count() > KafkaConfig.PARTITIONS_MAX) {
            throw new InvalidPartitionsException(
                    "Number of partitions is above the limit of " + KafkaConfig.PARTITIONS_MAX + ".");
        }
        if (wanted.assignments() != null) {
            if (wanted.assignments().size() != added) {
                throw new InvalidReplicaAssignmentException("Attempted to add " + added
                        + " additional partition(s), but only "
                        + wanted.assignments().size()
                        + " assignment(s) were specified.");
            }
            wanted.assignments().forEach(assignment -> checkNodes(assignment.brokerIds()));
        }
        exchange.connection().charges().mutate(exchange, added, FIRST_GROW_WITH_QUOTA);
        if (!validateOnly) {
            all.expect();
            session.grow(name, added, answer -> {
                if (answer instanceof TopicAnswer.Refused(Refusal why)) {
                    fail(result, error(why));
                }
                all.done();
            });
        }
    }

    private static void fail(CreatePartitionsTopicResult result, ApiError error) {
        result.setErrorCode(error.error().code()).setErrorMessage(error.message());
    }
}
