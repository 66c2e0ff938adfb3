package io.headrace.conformance.kafka;

import java.io.IOException;
import java.util.ArrayList;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.protocol.ApiKeys;

/// What a classic group refuses, in every version, and groups with static members and with more than one.
final class GroupErrorScript {
    private static final String JOINING =
            "sessionTimeoutMs: 30000, rebalanceTimeoutMs_since_1: 30000, protocolType: 'consumer', protocols: [%s]";
    private static final String RANGE = "{name: 'range', metadata: '0000'}";

    private final Script script;

    private GroupErrorScript(Script script) {
        this.script = script;
    }

    static void run(Script script) throws IOException {
        var part = new GroupErrorScript(script);
        part.joins();
        part.strangers();
        part.stable();
        part.staticMember();
        part.twoMembers();
        part.lists();
        part.coordinators();
    }

    private void joins() throws IOException {
        join("without a group", "groupId: '', memberId: ''", JOINING.formatted(RANGE));
        join("as nobody", "groupId: '$none', memberId: 'nobody'", JOINING.formatted(RANGE));
        join("with no protocol", "groupId: '$none', memberId: ''", JOINING.formatted(""));
        join(
                "with no type",
                "groupId: '$none', memberId: ''",
                JOINING.formatted(RANGE).replace("'consumer'", "''"));
        join(
                "with a session too short",
                "groupId: '$none', memberId: ''",
                JOINING.formatted(RANGE).replace("30000,", "5999,"));
        join(
                "with a session too long",
                "groupId: '$none', memberId: ''",
                JOINING.formatted(RANGE).replace("30000,", "1800001,"));
        join(
                "with a session below none",
                "groupId: '$none', memberId: ''",
                JOINING.formatted(RANGE).replace("30000,", "-1,"));
        script.versions(
                "join with an instance of no name",
                ApiKeys.JOIN_GROUP,
                5,
                9,
                "{groupId: '$none', memberId: '', groupInstanceId: '', %s}".formatted(JOINING.formatted(RANGE)));
        script.versions(
                "join as nobody with an instance",
                ApiKeys.JOIN_GROUP,
                5,
                9,
                "{groupId: '$none', memberId: 'nobody', groupInstanceId: 'i', %s}".formatted(JOINING.formatted(RANGE)));
    }

    private void join(String how, String who, String what) throws IOException {
        script.everyVersion("join " + how, ApiKeys.JOIN_GROUP, "{" + who + ", " + what + "}");
    }

    private void strangers() throws IOException {
        for (var group : new String[] {"''", "'$none'"}) {
            var where = group.equals("''") ? "a group without a name" : "no group";
            script.everyVersion(
                    "heartbeat to " + where,
                    ApiKeys.HEARTBEAT,
                    "{groupId: %s, memberId: 'nobody', generationId: 1}".formatted(group));
            script.everyVersion(
                    "sync in " + where,
                    ApiKeys.SYNC_GROUP,
                    "{groupId: %s, memberId: 'nobody', generationId: 1, protocolType_since_5: 'consumer', protocolName_since_5: 'range'}"
                            .formatted(group));
            script.everyVersion(
                    "leave " + where,
                    ApiKeys.LEAVE_GROUP,
                    "{groupId: %s, memberId_until_2: 'nobody', members_since_3: [{memberId: 'nobody'}]}"
                            .formatted(group));
            script.everyVersion("describe " + where, ApiKeys.DESCRIBE_GROUPS, "{groups: [%s]}".formatted(group));
            script.everyVersion("delete " + where, ApiKeys.DELETE_GROUPS, "{groupsNames: [%s]}".formatted(group));
        }
        script.everyVersion("describe no groups", ApiKeys.DESCRIBE_GROUPS, "{groups: []}");
        script.everyVersion("delete no groups", ApiKeys.DELETE_GROUPS, "{groupsNames: []}");
        script.everyVersion("delete one group twice", ApiKeys.DELETE_GROUPS, "{groupsNames: ['$none', '$none']}");
        script.everyVersion("describe one group twice", ApiKeys.DESCRIBE_GROUPS, "{groups: ['$none', '$none']}");
        script.versions("leave with no members", ApiKeys.LEAVE_GROUP, 3, 5, "{groupId: '$none', members: []}");
    }

    /// A group of one member, of whom everything is asked that it refuses.
    private void stable() throws IOException {
        joined("stable", "member", "");
        script.everyVersion(
                "sync with a type of another",
                ApiKeys.SYNC_GROUP,
                "{groupId: '$stable', memberId: '<member>', generationId: 1, protocolType_since_5: 'other', protocolName_since_5: 'range'}");
        script.everyVersion(
                "sync with a protocol of another",
                ApiKeys.SYNC_GROUP,
                "{groupId: '$stable', memberId: '<member>', generationId: 1, protocolType_since_5: 'consumer', protocolName_since_5: 'other'}");
        script.everyVersion(
                "sync without a type",
                ApiKeys.SYNC_GROUP,
                "{groupId: '$stable', memberId: '<member>', generationId: 1}");
        script.everyVersion(
                "sync as nobody",
                ApiKeys.SYNC_GROUP,
                "{groupId: '$stable', memberId: 'nobody', generationId: 1, protocolType_since_5: 'consumer', protocolName_since_5: 'range'}");
        script.everyVersion(
                "sync of another generation",
                ApiKeys.SYNC_GROUP,
                "{groupId: '$stable', memberId: '<member>', generationId: 9, protocolType_since_5: 'consumer', protocolName_since_5: 'range'}");
        script.everyVersion(
                "sync to be told",
                ApiKeys.SYNC_GROUP,
                "{groupId: '$stable', memberId: '<member>', generationId: 1, protocolType_since_5: 'consumer', protocolName_since_5: 'range'}");
        for (int generation : new int[] {1, 0, 2, -1}) {
            script.everyVersion(
                    "heartbeat of generation " + generation,
                    ApiKeys.HEARTBEAT,
                    "{groupId: '$stable', memberId: '<member>', generationId: %d}".formatted(generation));
        }
        script.everyVersion(
                "heartbeat as nobody", ApiKeys.HEARTBEAT, "{groupId: '$stable', memberId: 'nobody', generationId: 1}");
        script.versions(
                "heartbeat with an instance nobody knows",
                ApiKeys.HEARTBEAT,
                3,
                4,
                "{groupId: '$stable', memberId: '<member>', generationId: 1, groupInstanceId: 'i'}");
        join(
                "with a type of another",
                "groupId: '$stable', memberId: '<member>'",
                JOINING.formatted(RANGE).replace("'consumer'", "'other'"));
        join(
                "with a protocol of another",
                "groupId: '$stable', memberId: '<member>'",
                JOINING.formatted("{name: 'other', metadata: ''}"));
        join("as nobody where there is somebody", "groupId: '$stable', memberId: 'nobody'", JOINING.formatted(RANGE));
        script.everyVersion("describe the group", ApiKeys.DESCRIBE_GROUPS, "{groups: ['$stable', '$none']}");
        script.versions(
                "describe the group with operations",
                ApiKeys.DESCRIBE_GROUPS,
                3,
                6,
                "{groups: ['$stable'], includeAuthorizedOperations: true}");
        script.everyVersion("delete the group", ApiKeys.DELETE_GROUPS, "{groupsNames: ['$stable']}");
        script.everyVersion(
                "leave as nobody",
                ApiKeys.LEAVE_GROUP,
                "{groupId: '$stable', memberId_until_2: 'nobody', members_since_3: [{memberId: 'nobody'}]}");
        script.versions(
                "leave as an instance nobody knows",
                ApiKeys.LEAVE_GROUP,
                3,
                5,
                "{groupId: '$stable', members: [{memberId: '', groupInstanceId: 'i'}, {memberId: 'nobody', groupInstanceId: 'i'}]}");
        script.call(
                "leave, and as nobody",
                ApiKeys.LEAVE_GROUP,
                5,
                "{groupId: '$stable', members: [{memberId: '<member>', reason: 'enough'}, {memberId: 'nobody'}]}");
        script.everyVersion("describe the empty group", ApiKeys.DESCRIBE_GROUPS, "{groups: ['$stable']}");
        script.everyVersion(
                "heartbeat to the empty group",
                ApiKeys.HEARTBEAT,
                "{groupId: '$stable', memberId: '<member>', generationId: 1}");
        script.everyVersion(
                "sync in the empty group",
                ApiKeys.SYNC_GROUP,
                "{groupId: '$stable', memberId: '<member>', generationId: 1, protocolType_since_5: 'consumer', protocolName_since_5: 'range'}");
        script.everyVersion("delete the empty group", ApiKeys.DELETE_GROUPS, "{groupsNames: ['$stable']}");
    }

    /// Joins as the only member, who is remembered, and assigns.
    private void joined(String group, String word, String instance) throws IOException {
        var request = "{groupId: '$%s', memberId: '%s', %s %s}";
        var first = script.call(
                "join " + group,
                ApiKeys.JOIN_GROUP,
                9,
                request.formatted(group, "", instance, JOINING.formatted(RANGE)),
                JoinGroupResponseData.class);
        script.remember(word, first.memberId());
        if (instance.isEmpty()) {
            script.call(
                    "join " + group + " with the id",
                    ApiKeys.JOIN_GROUP,
                    9,
                    request.formatted(group, "<" + word + ">", instance, JOINING.formatted(RANGE)));
        }
        script.call(
                "assign in " + group,
                ApiKeys.SYNC_GROUP,
                5,
                ("{groupId: '$%s', memberId: '<%s>', generationId: 1, %s protocolType: 'consumer', protocolName: 'range',"
                                + " assignments: [{memberId: '<%s>', assignment: '0102'}]}")
                        .formatted(group, word, instance, word));
    }

    /// A member that is known by its instance keeps its place when it comes back.
    private void staticMember() throws IOException {
        joined("static", "before", "groupInstanceId: 'i',");
        for (int version = 5; version <= 9; version++) {
            var again = script.call(
                    "join again as the instance",
                    ApiKeys.JOIN_GROUP,
                    version,
                    "{groupId: '$static', memberId: '', groupInstanceId: 'i', %s}".formatted(JOINING.formatted(RANGE)),
                    JoinGroupResponseData.class);
            script.remember("after", again.memberId());
            script.call(
                    "heartbeat of the instance before, after join " + version,
                    ApiKeys.HEARTBEAT,
                    4,
                    "{groupId: '$static', memberId: '<before>', generationId: 1, groupInstanceId: 'i'}");
            script.call(
                    "sync of the instance before, after join " + version,
                    ApiKeys.SYNC_GROUP,
                    5,
                    "{groupId: '$static', memberId: '<before>', generationId: 1, groupInstanceId: 'i', protocolType: 'consumer', protocolName: 'range'}");
            script.call(
                    "commit of the instance before, after join " + version,
                    ApiKeys.OFFSET_COMMIT,
                    9,
                    "{groupId: '$static', memberId: '<before>', generationIdOrMemberEpoch: 1, groupInstanceId: 'i',"
                            + " topics: [{name: '$none', partitions: [{partitionIndex: 0, committedOffset: 1}]}]}");
            script.call(
                    "join as the instance before, after join " + version,
                    ApiKeys.JOIN_GROUP,
                    version,
                    "{groupId: '$static', memberId: '<before>', groupInstanceId: 'i', %s}"
                            .formatted(JOINING.formatted(RANGE)));
            script.call(
                    "heartbeat of the instance, after join " + version,
                    ApiKeys.HEARTBEAT,
                    4,
                    "{groupId: '$static', memberId: '<after>', generationId: 1, groupInstanceId: 'i'}");
            script.call(
                    "heartbeat of the member without its instance, after join " + version,
                    ApiKeys.HEARTBEAT,
                    4,
                    "{groupId: '$static', memberId: '<after>', generationId: 1}");
            script.remember("before", again.memberId());
        }
        script.everyVersion("describe the group with an instance", ApiKeys.DESCRIBE_GROUPS, "{groups: ['$static']}");
        script.call(
                "leave as the instance of another member",
                ApiKeys.LEAVE_GROUP,
                5,
                "{groupId: '$static', members: [{memberId: 'nobody', groupInstanceId: 'i'}]}");
        script.call(
                "remove the instance",
                ApiKeys.LEAVE_GROUP,
                5,
                "{groupId: '$static', members: [{memberId: '', groupInstanceId: 'i'}]}");
    }

    /// While a second member comes, the first is told so by its heartbeats.
    private void twoMembers() throws IOException {
        joined("two", "first", "");
        var second = script.call(
                "join as the second",
                ApiKeys.JOIN_GROUP,
                9,
                "{groupId: '$two', memberId: '', %s}".formatted(JOINING.formatted(RANGE)),
                JoinGroupResponseData.class);
        script.remember("second", second.memberId());
        try (var waiting = script.connect()) {
            waiting.send(
                    ApiKeys.JOIN_GROUP,
                    9,
                    script.request(
                            ApiKeys.JOIN_GROUP,
                            9,
                            "{groupId: '$two', memberId: '<second>', %s}".formatted(JOINING.formatted(RANGE))));
            script.awaitError(ApiKeys.HEARTBEAT, 4, "{groupId: '$two', memberId: '<first>', generationId: 1}", 27);
            script.everyVersion(
                    "heartbeat while another joins",
                    ApiKeys.HEARTBEAT,
                    "{groupId: '$two', memberId: '<first>', generationId: 1}");
            script.everyVersion(
                    "sync while another joins",
                    ApiKeys.SYNC_GROUP,
                    "{groupId: '$two', memberId: '<first>', generationId: 1, protocolType_since_5: 'consumer', protocolName_since_5: 'range'}");
            script.versions(
                    "commit while another joins",
                    ApiKeys.OFFSET_COMMIT,
                    2,
                    9,
                    "{groupId: '$two', memberId: '<first>', generationIdOrMemberEpoch: 1,"
                            + " topics: [{name: '$none', partitions: [{partitionIndex: 0, committedOffset: 1}]}]}");
            script.everyVersion("describe while another joins", ApiKeys.DESCRIBE_GROUPS, "{groups: ['$two']}");
            script.call(
                    "join again as the first",
                    ApiKeys.JOIN_GROUP,
                    9,
                    "{groupId: '$two', memberId: '<first>', %s}".formatted(JOINING.formatted(RANGE)));
            script.note("join of the second", waiting.receive(), 9);
        }
        script.everyVersion(
                "heartbeat before the assignment",
                ApiKeys.HEARTBEAT,
                "{groupId: '$two', memberId: '<first>', generationId: 2}");
        script.versions(
                "commit before the assignment",
                ApiKeys.OFFSET_COMMIT,
                2,
                9,
                "{groupId: '$two', memberId: '<first>', generationIdOrMemberEpoch: 2,"
                        + " topics: [{name: '$none', partitions: [{partitionIndex: 0, committedOffset: 1}]}]}");
        script.everyVersion("describe before the assignment", ApiKeys.DESCRIBE_GROUPS, "{groups: ['$two']}");
        try (var waiting = script.connect()) {
            waiting.send(
                    ApiKeys.SYNC_GROUP,
                    5,
                    script.request(
                            ApiKeys.SYNC_GROUP,
                            5,
                            "{groupId: '$two', memberId: '<second>', generationId: 2, protocolType: 'consumer', protocolName: 'range'}"));
            script.call(
                    "assign to both",
                    ApiKeys.SYNC_GROUP,
                    5,
                    "{groupId: '$two', memberId: '<first>', generationId: 2, protocolType: 'consumer', protocolName: 'range',"
                            + " assignments: [{memberId: '<first>', assignment: '01'}, {memberId: '<second>', assignment: '02'}]}");
            script.note("sync of the second", waiting.receive(), 5);
        }
        script.everyVersion("describe the two", ApiKeys.DESCRIBE_GROUPS, "{groups: ['$two']}");
        script.call(
                "leave both",
                ApiKeys.LEAVE_GROUP,
                5,
                "{groupId: '$two', members: [{memberId: '<first>'}, {memberId: '<second>'}]}");
    }

    private void lists() throws IOException {
        var requests = new ArrayList<String>();
        requests.add("{}");
        requests.add("{statesFilter_since_4: ['Empty']}");
        requests.add("{statesFilter_since_4: ['empty', 'Stable']}");
        requests.add("{statesFilter_since_4: ['Strange']}");
        requests.add("{typesFilter_since_5: ['classic']}");
        requests.add("{typesFilter_since_5: ['Consumer']}");
        requests.add("{typesFilter_since_5: ['strange']}");
        for (var request : requests) {
            for (int version = 0; version <= 5; version++) {
                script.callForOwn("list groups " + request, ApiKeys.LIST_GROUPS, version, request);
            }
        }
    }

    private void coordinators() throws IOException {
        script.everyVersion(
                "coordinator of a group without a name",
                ApiKeys.FIND_COORDINATOR,
                "{key_until_3: '', coordinatorKeys_since_4: ['']}");
        script.versions("coordinator of nothing", ApiKeys.FIND_COORDINATOR, 4, 6, "{coordinatorKeys: []}");
        script.versions("coordinator of one twice", ApiKeys.FIND_COORDINATOR, 4, 6, "{coordinatorKeys: ['$g', '$g']}");
        script.versions(
                "coordinator of a strange type",
                ApiKeys.FIND_COORDINATOR,
                1,
                6,
                "{keyType: 7, key_until_3: '$g', coordinatorKeys_since_4: ['$g']}");
        script.versions(
                "coordinator of a type below none",
                ApiKeys.FIND_COORDINATOR,
                1,
                6,
                "{keyType: -1, key_until_3: '$g', coordinatorKeys_since_4: ['$g']}");
    }
}
