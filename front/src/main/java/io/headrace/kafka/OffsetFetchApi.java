package io.headrace.kafka;

import io.headrace.broker.TopicSession;
import io.headrace.catalog.TopicDefinition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopics;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.OffsetFetchRequest;
import org.apache.kafka.common.requests.OffsetFetchResponse;

/// OffsetFetch 1-10: of several groups, for the partitions that are named or for all there are.
///
/// Threads: the loop of the connection.
final class OffsetFetchApi implements ApiFamily {
    private static final long NO_OFFSET = -1;

    @Override
    public List<Served> served() {
        return List.of(new Served(ApiKeys.OFFSET_FETCH, 1, 10, this::fetch));
    }

    private void fetch(Exchange exchange) {
        var request = exchange.request(OffsetFetchRequest.class);
        var groups = request.groups();
        var found = new OffsetFetchResponseGroup[groups.size()];
        var missing = new int[] {found.length};
        if (found.length == 0) {
            exchange.answer(
                    new OffsetFetchResponse.Builder(List.<OffsetFetchResponseGroup>of()).build(exchange.version()));
        }
        for (int i = 0; i < found.length; i++) {
            int place = i;
            new OfGroup(exchange, groups.get(i), request.requireStable()).fetch(group -> {
                found[place] = group;
                if (--missing[0] == 0) {
                    exchange.answer(new OffsetFetchResponse.Builder(Arrays.asList(found)).build(exchange.version()));
                }
            });
        }
    }

    /// One group of a request.
    private record OfGroup(Exchange exchange, OffsetFetchRequestGroup group, boolean requireStable) {
        void fetch(Consumer<OffsetFetchResponseGroup> answer) {
            if (!Rights.group(session(), AclOperation.DESCRIBE, group.groupId())) {
                answer.accept(error(Errors.GROUP_AUTHORIZATION_FAILED));
            } else if (OffsetFetchRequest.requestAllOffsets(group)) {
                ask(group, found -> answer.accept(found.setTopics(seen(found.topics()))), answer);
            } else {
                fetchNamed(answer);
            }
        }

        private void fetchNamed(Consumer<OffsetFetchResponseGroup> answer) {
            List<OffsetFetchRequestTopics> sound = new ArrayList<>();
            List<OffsetFetchResponseTopics> refused = new ArrayList<>();
            for (var topic : group.topics()) {
                if (byId()) {
                    session()
                            .topic(Names.id(topic.topicId()))
                            .map(TopicDefinition::name)
                            .ifPresent(topic::setName);
                }
                if (byId() && topic.name().isEmpty()) {
                    refused.add(refusal(topic, Errors.UNKNOWN_TOPIC_ID));
                } else if (!Rights.topic(session(), AclOperation.DESCRIBE, topic.name())) {
                    refused.add(refusal(topic, Errors.TOPIC_AUTHORIZATION_FAILED));
                } else {
                    sound.add(topic);
                }
            }
            var request = new OffsetFetchRequestGroup()
                    .setGroupId(group.groupId())
                    .setMemberId(group.memberId())
                    .setMemberEpoch(group.memberEpoch())
                    .setTopics(sound);
            ask(
                    request,
                    found -> {
                        List<OffsetFetchResponseTopics> topics = new ArrayList<>(found.topics());
                        topics.addAll(refused);
                        answer.accept(found.setTopics(topics));
                    },
                    answer);
        }

        private void ask(
                OffsetFetchRequestGroup request,
                Consumer<OffsetFetchResponseGroup> found,
                Consumer<OffsetFetchResponseGroup> failed) {
            Coordination.ask(
                    exchange,
                    coordinator -> coordinator.fetchOffsets(GroupContext.of(exchange), request, requireStable),
                    answer -> (answer.errorCode() == Errors.NONE.code() ? found : failed).accept(answer),
                    failure -> failed.accept(error(Errors.forException(failure))));
        }

        /// Those that the user may see, with ids if they are to be told by id: one that has none any more is left out.
        private List<OffsetFetchResponseTopics> seen(List<OffsetFetchResponseTopics> topics) {
            List<OffsetFetchResponseTopics> seen = new ArrayList<>();
            for (var topic : topics) {
                if (byId() && topic.topicId().equals(Uuid.ZERO_UUID)) {
                    session()
                            .topic(topic.name())
                            .map(TopicDefinition::id)
                            .map(Names::id)
                            .ifPresent(topic::setTopicId);
                }
                boolean told = !byId() || !topic.topicId().equals(Uuid.ZERO_UUID);
                if (told && Rights.topic(session(), AclOperation.DESCRIBE, topic.name())) {
                    seen.add(topic);
                }
            }
            return seen;
        }

        private OffsetFetchResponseGroup error(Errors error) {
            return OffsetFetchResponse.groupError(group, error, exchange.version());
        }

        private static OffsetFetchResponseTopics refusal(OffsetFetchRequestTopics topic, Errors error) {
            return new OffsetFetchResponseTopics()
                    .setTopicId(topic.topicId())
                    .setName(topic.name())
                    .setPartitions(topic.partitionIndexes().stream()
                            .map(index -> new OffsetFetchResponsePartitions()
                                    .setPartitionIndex(index)
                                    .setCommittedOffset(NO_OFFSET)
                                    .setErrorCode(error.code()))
                            .toList());
        }

        private boolean byId() {
            return OffsetFetchRequest.useTopicIds(exchange.version());
        }

        private TopicSession session() {
            return exchange.session();
        }
    }
}
