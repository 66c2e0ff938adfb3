package io.headrace.conformance.kafka;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
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
            "groupId",
            "key",
            "nodeId",
            "topicId",
            "memberId",
            "groupInstanceId");
    private static final Set<String> CHOSEN = Set.of("topicId", "memberId", "leader", "producerId", "sessionId");
    private static final Set<String> LEADER_EPOCHS =
            Set.of("leaderEpoch", "committedLeaderEpoch", "currentLeaderEpoch", "partitionLeaderEpoch");
    /// Words for people, addresses, a count of changes, and how much disk something takes.
    private static final Set<String> LEFT_OUT = Set.of(
            "errorMessage",
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

    private final String run;
    private final Batches batches;
    private final Map<String, String> names = new HashMap<>();
    private String call;
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
        this.call = call;
        var lines = new ArrayList<String>();
        flatten("", "", RequestConvertToJson.response(response, (short) version), lines);
        if (response.apiKey() == ApiKeys.FETCH) {
            records((FetchResponseData) response.data(), lines);
        }
        lines.sort(null);
        return lines;
    }

    private void records(FetchResponseData fetched, List<String> lines) {
        for (var topic : fetched.responses()) {
            var name = topic.topic().isEmpty()
                    ? name("topicId", topic.topicId().toString())
                    : topic.topic().replace(run, "");
            for (var partition : topic.partitions()) {
                int batch = 0;
                if (partition.records() instanceof MemoryRecords records) {
                    for (String description : batches.describe(records)) {
                        lines.add("records[%s][%d][%d] = %s"
                                .formatted(name, partition.partitionIndex(), batch++, description));
                    }
                }
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
            if (node.isEmpty()) {
                lines.add(path + " = []");
            }
            for (JsonNode element : node) {
                learn(element);
                flatten(path + "[" + identity(element) + "]", field, element, lines);
            }
        } else {
            lines.add(path + " = " + plain(field, node));
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
