package io.headrace.conformance.kafka;

import static org.awaitility.Awaitility.await;

import io.headrace.conformance.Transcript;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;

/// Calls a broker, one request at a time, and notes what it answers under the name of the call.
///
/// A part of the script is a class with a method `run(Script)`; [Family] has them all. Requests are made with Kafka's
/// classes or written as text ([RequestText]).
///
/// Threads: one.
final class Script implements AutoCloseable {
    private static final int SETTLED_VERSION = 7; // of the calls that only prepare something

    private final KafkaEndpoint kafka;
    private final String run = "r" + Long.toString(System.nanoTime(), 36) + "-";
    private final Batches batches = new Batches();
    private final Answers answers = new Answers(run, batches);
    private final Transcript transcript = new Transcript();
    private final Map<String, Uuid> topicIds = new HashMap<>();
    private final Map<String, Object> remembered = new HashMap<>();
    private final RequestText texts = new RequestText(this::name, topicIds, remembered);
    private Wire wire;
    private int leaderEpoch;
    private int markers;

    private Script(KafkaEndpoint kafka) throws IOException {
        this.kafka = kafka;
        this.wire = new Wire(kafka);
    }

    /// Runs a part of it, which needs none of the others.
    static Transcript run(KafkaEndpoint kafka, Family family) throws IOException {
        try (var script = new Script(kafka)) {
            script.learnLeaderEpoch();
            script.awaitServices();
            family.part().run(script);
            return script.transcript;
        }
    }

    private void learnLeaderEpoch() throws IOException {
        topic("first", 1);
        var request = new MetadataRequestData().setTopics(List.of(new MetadataRequestTopic().setName(name("first"))));
        var metadata = (MetadataResponseData) wire.call(ApiKeys.METADATA, SETTLED_VERSION, request)
                .orElseThrow()
                .data();
        leaderEpoch =
                metadata.topics().iterator().next().partitions().getFirst().leaderEpoch();
        answers.leaderEpoch(leaderEpoch);
    }

    /// The first who looks for a group, or wants a producer id, finds one who is only about to have them.
    private void awaitServices() {
        awaitNoError(ApiKeys.FIND_COORDINATOR, 3, new FindCoordinatorRequestData().setKey("a group"));
        awaitNoError(ApiKeys.LIST_GROUPS, 4, new ListGroupsRequestData());
        awaitNoError(ApiKeys.INIT_PRODUCER_ID, 4, new InitProducerIdRequestData().setTransactionalId(null));
    }

    private void awaitNoError(ApiKeys key, int version, ApiMessage request) {
        await().pollInterval(Duration.ofMillis(10))
                .atMost(Duration.ofSeconds(30))
                .until(() -> {
                    var answer = wire.call(key, version, request).orElseThrow();
                    return answer.errorCounts().keySet().equals(Set.of(Errors.NONE));
                });
    }

    /// A name that no other run has.
    String name(String what) {
        return run + what;
    }

    Batches batches() {
        return batches;
    }

    Uuid topicId(String what) {
        return topicIds.get(what);
    }

    /// Of every partition here.
    int leaderEpoch() {
        return leaderEpoch;
    }

    /// A topic, made without being noted.
    ///
    /// @param configs `key=value` words
    Uuid topic(String what, int partitions, String... configs) throws IOException {
        var topic = new CreatableTopic()
                .setName(name(what))
                .setNumPartitions(partitions)
                .setReplicationFactor((short) 1);
        KafkaEndpoint.pairs(configs)
                .forEach((key, value) -> topic.configs()
                        .add(new CreatableTopicConfig().setName(key).setValue(value)));
        var request = new CreateTopicsRequestData().setTimeoutMs(30_000);
        request.topics().add(topic);
        var response =
                wire.call(ApiKeys.CREATE_TOPICS, SETTLED_VERSION, request).orElseThrow();
        var created =
                ((CreateTopicsResponseData) response.data()).topics().iterator().next();
        if (created.errorCode() != 0) {
            throw new IOException("cannot create " + topic + ": " + created);
        }
        answers.topicId(name(what), created.topicId().toString());
        topicIds.put(what, created.topicId());
        settle();
        return created.topicId();
    }

    /// Waits until what was changed is known everywhere: Kafka answers a change before its broker has heard of it from
    /// its controller, so something that is changed after it must be seen.
    void settle() throws IOException {
        var marker = name("marker-" + ++markers);
        var creation = new CreateTopicsRequestData().setTimeoutMs(30_000);
        creation.topics()
                .add(new CreatableTopic().setName(marker).setNumPartitions(1).setReplicationFactor((short) 1));
        wire.call(ApiKeys.CREATE_TOPICS, SETTLED_VERSION, creation);
        var offset = new ListOffsetsRequestData()
                .setReplicaId(-1)
                .setTopics(List.of(new ListOffsetsTopic()
                        .setName(marker)
                        .setPartitions(List.of(new ListOffsetsPartition().setTimestamp(-1)))));
        awaitNoError(ApiKeys.LIST_OFFSETS, SETTLED_VERSION, offset);
    }

    /// Notes the answer under the name and the version.
    <T extends ApiMessage> Optional<T> call(String name, ApiKeys key, int version, ApiMessage request, Class<T> type)
            throws IOException {
        Optional<AbstractResponse> response;
        try {
            response = wire.call(key, version, request);
        } catch (IOException | RuntimeException e) {
            throw new IOException("call '" + name + "' in version " + version, e);
        }
        note(name + " v" + version, response, version);
        return response.map(AbstractResponse::data).map(type::cast);
    }

    void call(String name, ApiKeys key, int version, ApiMessage request) throws IOException {
        call(name, key, version, request, ApiMessage.class);
    }

    /// A request that is written as text.
    ApiMessage request(ApiKeys key, int version, String text) {
        return texts.request(key, version, text);
    }

    /// What `<word>` stands for in requests from now on.
    void remember(String word, Object value) {
        remembered.put(word, value);
    }

    Optional<ApiMessage> call(String name, ApiKeys key, int version, String request) throws IOException {
        return call(name, key, version, request(key, version, request), ApiMessage.class);
    }

    /// @param type of the answer
    <T extends ApiMessage> T call(String name, ApiKeys key, int version, String request, Class<T> type)
            throws IOException {
        return call(name, key, version, request(key, version, request), type).orElseThrow();
    }

    /// In each version that Kafka offers.
    void everyVersion(String name, ApiKeys key, String request) throws IOException {
        versions(name, key, key.oldestVersion(), key.latestVersion(false), request);
    }

    void versions(String name, ApiKeys key, int oldest, int latest, String request) throws IOException {
        for (int version = oldest; version <= latest; version++) {
            call(name, key, version, request);
        }
    }

    /// Of an answer that tells of all there is, what has a name of this run.
    void callForOwn(String name, ApiKeys key, int version, String request) throws IOException {
        var answer = wire.call(key, version, request(key, version, request));
        if (answer.isPresent()) {
            note(name + " v" + version, answers.linesForOwn(name, answer.get(), version));
        } else {
            noteClosed(name + " v" + version);
        }
    }

    /// Of an answer that tells of all there is, what has this value in this field, where it has the field.
    void callOf(String name, ApiKeys key, int version, String request, String field, String value) throws IOException {
        var answer = wire.call(key, version, request(key, version, request)).orElseThrow();
        note(name + " v" + version, answers.lines(name, answer, version, field, value));
    }

    /// Its answer is not noted: it only prepares something.
    void quietly(ApiKeys key, int version, String request) throws IOException {
        wire.call(key, version, request(key, version, request));
    }

    void everyVersion(String name, ApiKeys key, int oldest, int latest, IntFunction<ApiMessage> request)
            throws IOException {
        for (int version = oldest; version <= latest; version++) {
            call(name, key, version, request.apply(version));
        }
    }

    /// Asks again until the answer has no other error than this.
    void awaitError(ApiKeys key, int version, String request, int code) {
        await().pollInterval(Duration.ofMillis(10))
                .atMost(Duration.ofSeconds(30))
                .until(() -> wire.call(key, version, request(key, version, request))
                        .orElseThrow()
                        .errorCounts()
                        .keySet()
                        .equals(Set.of(Errors.forCode((short) code))));
    }

    /// Another connection, for what waits.
    Wire connect() throws IOException {
        return new Wire(kafka);
    }

    Wire wire() {
        return wire;
    }

    /// Notes an answer that was read elsewhere; of none, that the connection was closed.
    void note(String name, Optional<AbstractResponse> response, int version) throws IOException {
        if (response.isPresent()) {
            transcript.add(name, answers.lines(name, response.get(), version));
        } else {
            noteClosed(name);
        }
    }

    void noteClosed(String name) throws IOException {
        note(name, List.of("the connection is closed"));
        wire.close();
        wire = new Wire(kafka);
    }

    void note(String name, List<String> lines) {
        transcript.add(name, lines);
    }

    @Override
    public void close() throws IOException {
        wire.close();
    }
}
