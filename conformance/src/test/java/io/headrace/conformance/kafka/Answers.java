package io.headrace.conformance.kafka;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ShareFetchResponseData;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.network.RequestConvertToJson;

/// Turns answers into lines that are the same for two brokers that behave the same: what a broker is free to choose,
/// such as an id, gets its name from where it was told first, and the time of now is called now.
///
/// Arrays are told apart by the names in their elements and not by their order, which Kafka takes from hash maps.
///
/// Threads: one.
final class Answers {
    private static final long A_DAY_MILLIS = 86_400_000;
    private static final List<String> IDENTITY = List.of(
            "apiKey",
            "name",
            "topic",
            "topicName",
            "resourceName",
            "partitionIndex",
            "partition",
            "partitionId",
            "index",
            "groupId",
            "key",
            "nodeId",
            "topicId",
            "memberId",
            "groupInstanceId",
            "transactionalId");
    private static final Set<String> NAMES =
            Set.of("name", "topic", "topicName", "resourceName", "groupId", "transactionalId", "entityName", "user");
    private static final Set<String> CHOSEN = Set.of("topicId", "memberId", "leader", "producerId", "sessionId");
    private static final Set<String> LEADER_EPOCHS =
            Set.of("leaderEpoch", "committedLeaderEpoch", "currentLeaderEpoch", "partitionLeaderEpoch");
    /// Their first is known. How soon a group hears of its topics decides how many more there are.
    private static final Set<String> GROUP_EPOCHS =
            Set.of("memberEpoch", "groupEpoch", "assignmentEpoch", "targetAssignmentEpoch");
    /// Words for people, addresses, a count of changes, and how much disk something takes.
    private static final Set<String> LEFT_OUT = Set.of(
            "errorMessage",
            "acknowledgeErrorMessage",
            "batchIndexErrorMessage",
            "finalizedFeaturesEpoch",
            "host",
            "port",
            "clusterId",
            "documentation",
            "totalBytes",
            "usableBytes",
            "logDir",
            "size");

    /// Which one it is depends on the group's name, which is another in every run.
    private static final String PARTITION_OF_GROUP = "[__consumer_offsets].partitions";

    private final String run;
    private final Batches batches;
    private final Map<String, String> names = new HashMap<>();
    private String call;
    private Predicate<JsonNode> told;
    private int leaderEpoch;

    /// @param run what begins the names of this run, which are to be the same in every run
    Answers(String run, Batches batches) {
        this.run = run;
        this.batches = batches;
    }

    /// The epoch that every partition of this broker has: only whether others are equal to it is told.
    void leaderEpoch(int leaderEpoch) {
        this.leaderEpoch = leaderEpoch;
    }

    List<String> lines(String call, AbstractResponse response, int version) {
        return lines(call, response, version, element -> true);
    }

    /// Without what has a name that is not of this run, because the answer tells of all there is.
    List<String> linesForOwn(String call, AbstractResponse response, int version) {
        return lines(
                call,
                response,
                version,
                element -> NAMES.stream()
                        .map(element::get)
                        .noneMatch(name -> name != null
                                && name.isTextual()
                                && !name.asText().contains(run)));
    }

    /// Without what has another value in this field.
    List<String> lines(String call, AbstractResponse response, int version, String field, String value) {
        return lines(
                call,
                response,
                version,
                element -> !element.has(field) || element.get(field).asText().equals(value));
    }

    /// @param told whether an element of an array is of interest
    private List<String> lines(String call, AbstractResponse response, int version, Predicate<JsonNode> told) {
        this.call = call;
        this.told = told;
        var lines = new ArrayList<String>();
        flatten("", "", RequestConvertToJson.response(response, (short) version), lines);
        switch (response.data()) {
            case FetchResponseData fetched -> records(fetched, lines);
            case ShareFetchResponseData fetched -> records(fetched, lines);
            default -> {}
        }
        lines.sort(null);
        return lines;
    }

    private void records(FetchResponseData fetched, List<String> lines) {
        for (var topic : fetched.responses()) {
            var name = topic.topic().isEmpty()
                    ? name("topicId", topic.topicId().toString())
                    : topic.topic().replace(run, "");
            topic.partitions()
                    .forEach(partition -> records(name, partition.partitionIndex(), partition.records(), lines));
        }
    }

    private void records(ShareFetchResponseData fetched, List<String> lines) {
        for (var topic : fetched.responses()) {
            var name = name("topicId", topic.topicId().toString());
            topic.partitions()
                    .forEach(partition -> records(name, partition.partitionIndex(), partition.records(), lines));
        }
    }

    private void records(String topic, int partition, BaseRecords found, List<String> lines) {
        int batch = 0;
        if (found instanceof MemoryRecords records) {
            for (String description : batches.describe(records)) {
                lines.add("records[%s][%d][%d] = %s".formatted(topic, partition, batch++, description));
            }
        }
    }

    private void flatten(String path, String field, JsonNode node, List<String> lines) {
        if (LEFT_OUT.contains(field)) {
            return;
        }
        if (node.isObject()) {
            learn(node);
            node.properties()
                    .forEach(entry -> flatten(
                            path.isEmpty() ? entry.getKey() : path + "." + entry.getKey(),
                            entry.getKey(),
                            entry.getValue(),
                            lines));
        } else if (node.isArray()) {
            int untold = 0;
            for (JsonNode element : node) {
                if (!told.test(element)) {
                    untold++;
                    continue;
                }
                learn(element);
                flatten(path + "[" + identity(element) + "]", field, element, lines);
            }
            if (untold == node.size()) {
                lines.add(path + " = []");
            }
        } else {
            lines.add(path + " = " + (path.contains(PARTITION_OF_GROUP) ? "the group's" : plain(field, node)));
        }
    }

    private String identity(JsonNode element) {
        if (element.isValueNode()) {
            return "";
        }
        for (String field : IDENTITY) {
            var value = element.get(field);
            if (value != null
                    && value.isValueNode()
                    && !value.isNull()
                    && !value.asText().isEmpty()
                    && !isZero(value.asText())) {
                return plain(field, value);
            }
        }
        return "";
    }

    private String plain(String field, JsonNode value) {
        if (CHOSEN.contains(field)) {
            return name(field, value.asText());
        }
        if (field.equals("coordinatorEpoch") && value.asInt() >= 0) {
            return "the coordinator's";
        }
        if (GROUP_EPOCHS.contains(field) && value.asInt() > 1) {
            return "an epoch";
        }
        if (LEADER_EPOCHS.contains(field) && value.asInt() == leaderEpoch) {
            return "the leader's";
        }
        if (value.isIntegralNumber() && Math.abs(value.asLong() - System.currentTimeMillis()) < A_DAY_MILLIS) {
            return "now";
        }
        return value.asText().replace(run, "");
    }

    /// What stands for none is itself.
    private String name(String kind, String value) {
        boolean none = value.equals("null") || value.equals("-1") || value.equals("0") || isZero(value);
        return none || value.isEmpty() ? value : names.computeIfAbsent(value, key -> kind + " of " + call);
    }

    /// An id of a topic is called after the topic, wherever both are told.
    void topicId(String topic, String id) {
        if (!topic.isEmpty() && !topic.equals("null") && !isZero(id)) {
            names.putIfAbsent(id, "id of " + topic.replace(run, ""));
        }
    }

    private void learn(JsonNode object) {
        var name = object.has("name") ? object.get("name") : object.get("topicName");
        if (name != null && object.has("topicId")) {
            topicId(name.asText(), object.get("topicId").asText());
        }
    }

    private static boolean isZero(String value) {
        return value.equals(Uuid.ZERO_UUID.toString());
    }
}
