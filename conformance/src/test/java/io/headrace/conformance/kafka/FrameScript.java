package io.headrace.conformance.kafka;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.types.RawTaggedField;
import org.apache.kafka.common.requests.AbstractResponse;

/// What is around the meaning of a request, in every version of it: fields that nobody knows, too few bytes, too many,
/// no name of the client, versions that do not exist.
final class FrameScript {
    private static final int UNKNOWN_TAG = 7_777;

    private FrameScript() {}

    static void run(Script script) throws IOException {
        check(script, ApiKeys.PRODUCE, "{acks: -1, timeoutMs: 1000}");
        check(script, ApiKeys.FETCH, "{sessionEpoch: -1}");
        check(
                script,
                ApiKeys.LIST_OFFSETS,
                "{replicaId: -1, topics: [{name: '$none', partitions: [{timestamp: -1}]}]}");
        check(script, ApiKeys.METADATA, "{topics: [{name: '$none'}], allowAutoTopicCreation_since_4: false}", 4);
        check(
                script,
                ApiKeys.OFFSET_COMMIT,
                "{groupId: '$none', topics: [{name_until_9: '$none', partitions: [{partitionIndex: 0}]}]}");
        check(
                script,
                ApiKeys.OFFSET_FETCH,
                "{groupId_until_7: '$none', topics_until_7: [], groups_since_8: [{groupId: '$none', topics: []}]}");
        check(script, ApiKeys.FIND_COORDINATOR, "{key_until_3: '$none', coordinatorKeys_since_4: ['$none']}");
        check(script, ApiKeys.JOIN_GROUP, "{groupId: '', protocolType: 'consumer'}");
        check(script, ApiKeys.HEARTBEAT, "{groupId: '$none', memberId: 'nobody'}");
        check(
                script,
                ApiKeys.LEAVE_GROUP,
                "{groupId: '$none', memberId_until_2: 'nobody', members_since_3: [{memberId: 'nobody'}]}");
        check(
                script,
                ApiKeys.SYNC_GROUP,
                "{groupId: '$none', memberId: 'nobody', protocolType_since_5: 'consumer', protocolName_since_5: 'p'}");
        check(script, ApiKeys.DESCRIBE_GROUPS, "{groups: ['$none']}");
        check(script, ApiKeys.API_VERSIONS, "{clientSoftwareName: 'script', clientSoftwareVersion: '1'}");
        check(script, ApiKeys.CREATE_TOPICS, "{topics: [{name: '$bad name', numPartitions: 1, replicationFactor: 1}]}");
        check(
                script,
                ApiKeys.DELETE_TOPICS,
                "{topicNames_until_5: ['$none'], topics_since_6: [{name: '$none'}], timeoutMs: 30000}");
        check(
                script,
                ApiKeys.DELETE_RECORDS,
                "{topics: [{name: '$none', partitions: [{partitionIndex: 0, offset: 1}]}], timeoutMs: 10000}");
        check(script, ApiKeys.INIT_PRODUCER_ID, "{transactionalId: null, transactionTimeoutMs: 1000}");
        check(
                script,
                ApiKeys.OFFSET_FOR_LEADER_EPOCH,
                "{topics: [{topic: '$none', partitions: [{partition: 0, leaderEpoch: 0}]}]}");
        check(script, ApiKeys.DESCRIBE_CONFIGS, "{resources: [{resourceType: 2, resourceName: '$none'}]}");
        check(script, ApiKeys.ALTER_CONFIGS, "{resources: [{resourceType: 2, resourceName: '$none'}]}");
        check(script, ApiKeys.INCREMENTAL_ALTER_CONFIGS, "{resources: [{resourceType: 2, resourceName: '$none'}]}");
        check(script, ApiKeys.DESCRIBE_LOG_DIRS, "{topics: [{topic: '$none', partitions: [0]}]}");
        check(script, ApiKeys.CREATE_PARTITIONS, "{topics: [{name: '$none', count: 2}], timeoutMs: 30000}");
        check(script, ApiKeys.DELETE_GROUPS, "{groupsNames: ['$none']}");
        check(script, ApiKeys.ELECT_LEADERS, "{topicPartitions: [{topic: '$none', partitions: [0]}]}");
        check(script, ApiKeys.LIST_PARTITION_REASSIGNMENTS, "{topics: [{name: '$none', partitionIndexes: [0]}]}");
        check(
                script,
                ApiKeys.OFFSET_DELETE,
                "{groupId: '$none', topics: [{name: '$none', partitions: [{partitionIndex: 0}]}]}");
        check(script, ApiKeys.DESCRIBE_CLUSTER, "{}");
        check(script, ApiKeys.CONSUMER_GROUP_HEARTBEAT, "{groupId: '$none', memberId: 'nobody', memberEpoch: 1}");
        check(script, ApiKeys.CONSUMER_GROUP_DESCRIBE, "{groupIds: ['$none']}");
        check(script, ApiKeys.STREAMS_GROUP_HEARTBEAT, "{groupId: '$none', memberId: 'nobody', memberEpoch: 1}");
        check(script, ApiKeys.STREAMS_GROUP_DESCRIBE, "{groupIds: ['$none']}");
        check(script, ApiKeys.DESCRIBE_TOPIC_PARTITIONS, "{topics: [{name: '$none'}]}");
        check(script, ApiKeys.SASL_HANDSHAKE, "{mechanism: 'PLAIN'}");
        check(script, ApiKeys.SASL_AUTHENTICATE, "{authBytes: '00'}");
    }

    static void check(Script script, ApiKeys key, String text) throws IOException {
        check(script, key, text, key == ApiKeys.PRODUCE ? 3 : key.oldestVersion());
    }

    private static void check(Script script, ApiKeys key, String text, int oldest) throws IOException {
        int latest = key.latestVersion(false);
        var name = key.name.toLowerCase(Locale.ROOT);
        for (int version = oldest; version <= latest; version++) {
            var request = script.request(key, version, text);
            note(script, name + " with a byte more", key, version, request, FrameScript::longer);
            if (key.requestHeaderVersion((short) version) >= 2) {
                unknownFields(script, name, key, version, script.request(key, version, text));
            }
            note(script, name + " with a byte less", key, version, request, FrameScript::shorter);
        }
        var request = script.request(key, latest, text);
        var nameless = script.wire().call(key, latest, request, header -> header.setClientId(null), frame -> frame);
        script.note(name + " of a client without a name", nameless, latest);
        if (key != ApiKeys.API_VERSIONS) {
            renumbered(script, name, key, latest, request, latest + 1);
            renumbered(script, name, key, latest, request, key.oldestVersion() - 1);
        }
    }

    private static void unknownFields(Script script, String name, ApiKeys key, int version, ApiMessage request)
            throws IOException {
        var field = new RawTaggedField(UNKNOWN_TAG, new byte[] {1, 2, 3});
        request.unknownTaggedFields().add(field);
        var answer = script.wire()
                .call(
                        key,
                        version,
                        request,
                        header -> header.unknownTaggedFields().add(field),
                        frame -> frame);
        script.note(name + " with unknown fields v" + version, answer, version);
    }

    private interface Change extends UnaryOperator<ByteBuffer> {}

    private static void note(Script script, String name, ApiKeys key, int version, ApiMessage request, Change change)
            throws IOException {
        Optional<AbstractResponse> answer = script.wire().call(key, version, request, header -> {}, change);
        script.note(name + " v" + version, answer, version);
    }

    private static void renumbered(Script script, String name, ApiKeys key, int latest, ApiMessage request, int version)
            throws IOException {
        note(
                script,
                name + " in version " + version + " with a body of",
                key,
                latest,
                request,
                frame -> frame.putShort(Short.BYTES, (short) version));
    }

    private static ByteBuffer longer(ByteBuffer frame) {
        return ByteBuffer.allocate(frame.remaining() + 1).put(frame.duplicate()).rewind();
    }

    private static ByteBuffer shorter(ByteBuffer frame) {
        return frame.limit(frame.limit() - 1);
    }
}
