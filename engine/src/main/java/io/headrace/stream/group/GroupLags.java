package io.headrace.stream.group;

import io.headrace.stream.Partition;
import io.headrace.stream.group.GroupLag.PartitionLag;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData.ListedGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.coordinator.group.GroupCoordinator;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;

/// How far the groups of a vhost are behind. The coordinator is asked for all of them, and not again for some seconds,
/// however many want to know.
///
/// Threads: the loop; answers come on it.
public final class GroupLags {
    private static final System.Logger LOG = System.getLogger(GroupLags.class.getName());
    private static final long FRESH_MILLIS = 5_000;
    /// Who asks is told by then what was known before.
    private static final long PATIENCE_MILLIS = 4_000;
    /// Groups that the coordinator is asked for together.
    private static final int AT_ONCE = 50;
    /// Past this the rest of the groups are without offsets.
    static final int PARTITIONS_MAX = 200_000;

    private final VhostGroups.Ground ground;
    private final VhostGroups groups;
    private final List<Consumer<List<GroupLag>>> waiting = new ArrayList<>();
    private List<GroupLag> known = List.of();
    private long knownMillis = Long.MIN_VALUE; // when it was asked for
    private boolean asking;

    public GroupLags(VhostGroups.Ground ground, VhostGroups groups) {
        this.ground = ground;
        this.groups = groups;
    }

    public void ask(Consumer<List<GroupLag>> answer) {
        if (!groups.any()) {
            answer.accept(List.of());
            return;
        }
        long now = ground.loop().clock().millis();
        if (knownMillis != Long.MIN_VALUE && now - knownMillis < FRESH_MILLIS) {
            answer.accept(known);
            return;
        }
        waiting.add(answer);
        ground.loop().schedule(PATIENCE_MILLIS, () -> {
            if (waiting.remove(answer)) {
                answer.accept(known);
            }
        });
        if (!asking) {
            asking = true;
            new Gathering(now).begin();
        }
    }

    private void answer(List<GroupLag> gathered, long askedMillis) {
        asking = false;
        known = gathered;
        knownMillis = askedMillis;
        var told = List.copyOf(waiting);
        waiting.clear();
        told.forEach(waits -> waits.accept(known));
    }

    /// One round of questions.
    private final class Gathering {
        private final long askedMillis;
        private final Map<String, Integer> members = new HashMap<>();
        private final List<GroupLag> lags = new ArrayList<>();
        private List<ListedGroup> listed = List.of();
        private int missing; // answers
        private int partitions;

        Gathering(long askedMillis) {
            this.askedMillis = askedMillis;
        }

        void begin() {
            ask(
                    coordinator ->
                            coordinator.listGroups(BrokerContext.of(ApiKeys.LIST_GROUPS), new ListGroupsRequestData()),
                    answer -> {
                        listed = answer.groups();
                        countMembers();
                    },
                    this::failed);
        }

        private void failed(Throwable cause) {
            LOG.log(System.Logger.Level.DEBUG, "how far groups are behind is not known: {0}", cause.getMessage());
            answer(known, askedMillis);
        }

        private void countMembers() {
            missing = 1;
            count(
                    "classic",
                    ApiKeys.DESCRIBE_GROUPS,
                    GroupCoordinator::describeGroups,
                    described -> described.forEach(group ->
                            members.put(group.groupId(), group.members().size())));
            count(
                    "consumer",
                    ApiKeys.CONSUMER_GROUP_DESCRIBE,
                    GroupCoordinator::consumerGroupDescribe,
                    described -> described.forEach(group ->
                            members.put(group.groupId(), group.members().size())));
            count(
                    "share",
                    ApiKeys.SHARE_GROUP_DESCRIBE,
                    GroupCoordinator::shareGroupDescribe,
                    described -> described.forEach(group ->
                            members.put(group.groupId(), group.members().size())));
            count(
                    "streams",
                    ApiKeys.STREAMS_GROUP_DESCRIBE,
                    GroupCoordinator::streamsGroupDescribe,
                    described -> described.forEach(group ->
                            members.put(group.groupId(), group.members().size())));
            counted();
        }

        private interface Description<T> {
            CompletableFuture<List<T>> of(
                    GroupCoordinator coordinator, AuthorizableRequestContext context, List<String> names);
        }

        private <T> void count(String type, ApiKeys key, Description<T> description, Consumer<List<T>> take) {
            var names = listed.stream()
                    .filter(group -> type(group).equals(type))
                    .map(ListedGroup::groupId)
                    .toList();
            if (names.isEmpty()) {
                return;
            }
            missing++;
            ask(
                    coordinator -> description.of(coordinator, BrokerContext.of(key), names),
                    described -> {
                        take.accept(described);
                        counted();
                    },
                    failure -> counted());
        }

        private void counted() {
            if (--missing == 0) {
                next(0);
            }
        }

        private void next(int from) {
            if (from >= listed.size()) {
                answer(List.copyOf(lags), askedMillis);
                return;
            }
            int to = Math.min(listed.size(), from + AT_ONCE);
            missing = to - from;
            for (var group : listed.subList(from, to)) {
                Runnable done = () -> {
                    if (--missing == 0) {
                        next(to);
                    }
                };
                if (type(group).equals("share") || partitions >= PARTITIONS_MAX) {
                    add(group, List.of());
                    done.run();
                } else {
                    offsets(group, done);
                }
            }
        }

        private void offsets(ListedGroup group, Runnable done) {
            var request =
                    new OffsetFetchRequestGroup().setGroupId(group.groupId()).setTopics(null);
            ask(
                    coordinator -> coordinator.fetchOffsets(BrokerContext.of(ApiKeys.OFFSET_FETCH), request, false),
                    offsets -> {
                        if (offsets.errorCode() == Errors.NONE.code()) {
                            add(group, lags(offsets));
                        }
                        done.run();
                    },
                    failure -> done.run()); // it is gone by now
        }

        private void add(ListedGroup group, List<PartitionLag> ofPartitions) {
            partitions += ofPartitions.size();
            lags.add(new GroupLag(
                    group.groupId(),
                    type(group),
                    group.groupState(),
                    members.getOrDefault(group.groupId(), 0),
                    ofPartitions));
        }

        private <T> void ask(
                Function<GroupCoordinator, CompletableFuture<T>> question,
                Consumer<T> answer,
                Consumer<Throwable> failed) {
            groups.ask(question, answer, failed);
        }
    }

    private static String type(ListedGroup group) {
        return group.groupType().toLowerCase(Locale.ROOT);
    }

    /// Of partitions that are there, where something was committed.
    private List<PartitionLag> lags(OffsetFetchResponseGroup offsets) {
        List<PartitionLag> lags = new ArrayList<>();
        for (var topic : offsets.topics()) {
            var found = ground.catalog().topic(ground.vhost(), topic.name());
            if (found.isEmpty()) {
                continue;
            }
            for (OffsetFetchResponsePartitions offset : topic.partitions()) {
                if (offset.committedOffset() >= 0 && offset.errorCode() == Errors.NONE.code()) {
                    ground.topics()
                            .partition(found.get(), offset.partitionIndex())
                            .map(Partition::highWatermark)
                            .ifPresent(end -> lags.add(new PartitionLag(
                                    topic.name(), offset.partitionIndex(), offset.committedOffset(), end)));
                }
            }
        }
        return lags;
    }

    /// The broker itself asks.
    private record BrokerContext(ApiKeys key) implements AuthorizableRequestContext {
        private static final KafkaPrincipal BROKER = new KafkaPrincipal(KafkaPrincipal.USER_TYPE, "broker");

        static BrokerContext of(ApiKeys key) {
            return new BrokerContext(key);
        }

        @Override
        public String listenerName() {
            return "KAFKA";
        }

        @Override
        public SecurityProtocol securityProtocol() {
            return SecurityProtocol.PLAINTEXT;
        }

        @Override
        public KafkaPrincipal principal() {
            return BROKER;
        }

        @Override
        public InetAddress clientAddress() {
            return InetAddress.getLoopbackAddress();
        }

        @Override
        public int requestType() {
            return key.id;
        }

        @Override
        public int requestVersion() {
            return key.latestVersion();
        }

        @Override
        public String clientId() {
            return "";
        }

        @Override
        public int correlationId() {
            return 0;
        }
    }
}
