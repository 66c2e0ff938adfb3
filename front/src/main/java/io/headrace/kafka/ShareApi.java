package io.headrace.kafka;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.ShareAcknowledgeRequestData;
import org.apache.kafka.common.message.ShareAcknowledgeResponseData;
import org.apache.kafka.common.message.ShareAcknowledgeResponseData.ShareAcknowledgeTopicResponse;
import org.apache.kafka.common.message.ShareFetchRequestData;
import org.apache.kafka.common.message.ShareFetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ShareAcknowledgeRequest;
import org.apache.kafka.common.requests.ShareAcknowledgeResponse;
import org.apache.kafka.common.requests.ShareFetchRequest;
import org.apache.kafka.common.requests.ShareRequestMetadata;
import org.apache.kafka.common.resource.ResourceType;

/// ShareFetch 1-2 and ShareAcknowledge 1-2: how members of share groups get records, and say what became of them
/// (KIP-932). An answer leaves when the acknowledgements of its request are on disk.
///
/// Threads: the loop of the connection.
final class ShareApi implements ApiFamily {
    private static final int MEMBER_LENGTH_MAX = 36;
    private static final ShareAcks.Reader<ShareFetchRequestData.AcknowledgementBatch> OF_FETCH = new ShareAcks.Reader<>(
            ShareFetchRequestData.AcknowledgementBatch::firstOffset,
            ShareFetchRequestData.AcknowledgementBatch::lastOffset,
            ShareFetchRequestData.AcknowledgementBatch::acknowledgeTypes);
    private static final ShareAcks.Reader<ShareAcknowledgeRequestData.AcknowledgementBatch> OF_ACKNOWLEDGE =
            new ShareAcks.Reader<>(
                    ShareAcknowledgeRequestData.AcknowledgementBatch::firstOffset,
                    ShareAcknowledgeRequestData.AcknowledgementBatch::lastOffset,
                    ShareAcknowledgeRequestData.AcknowledgementBatch::acknowledgeTypes);

    private final KafkaConfig config;
    private final ShareSessions sessions;

    ShareApi(KafkaConfig config) {
        this(config, ShareSessions.SESSIONS_MAX);
    }

    ShareApi(KafkaConfig config, int sessionsMax) {
        this.config = config;
        this.sessions = new ShareSessions(sessionsMax);
    }

    @Override
    public List<Served> served() {
        return List.of(
                new Served(ApiKeys.SHARE_FETCH, 1, 2, this::fetch),
                new Served(ApiKeys.SHARE_ACKNOWLEDGE, 1, 2, this::acknowledge));
    }

    private static void check(Exchange exchange, String group, String member) {
        if (group == null) {
            throw new InvalidRequestException("A share group has a name.");
        }
        if (!Rights.may(exchange.session(), AclOperation.READ, ResourceType.GROUP, group)) {
            throw GroupAuthorizationException.forGroupId(group);
        }
        checkMember(member);
    }

    /// Members name themselves.
    static void checkMember(String member) {
        if (member == null || member.isEmpty() || member.length() > MEMBER_LENGTH_MAX) {
            throw new InvalidRequestException(
                    "A member's id has 1 to " + MEMBER_LENGTH_MAX + " characters: '" + member + "'");
        }
    }

    // ------------------------------------------------------------------------------------------------ fetching

    private void fetch(Exchange exchange) {
        var request = exchange.request(ShareFetchRequest.class).data();
        check(exchange, request.groupId(), request.memberId());
        checkRenewal(request);
        checkMode(request.shareAcquireMode());
        var acknowledged = acknowledged(request);
        if (request.shareSessionEpoch() == ShareRequestMetadata.INITIAL_EPOCH) {
            begin(exchange, request, acknowledged);
            return;
        }
        switch (sessions.find(request.groupId(), request.memberId(), request.shareSessionEpoch())) {
            case ShareSessions.Continuing.Refused(Errors error) -> throw error.exception();
            case ShareSessions.Continuing.Found(ShareSession session) -> {
                boolean last = request.shareSessionEpoch() == ShareRequestMetadata.FINAL_EPOCH;
                if (!last && !sessions.update(session, parts(request), forgotten(request))) {
                    throw Errors.SHARE_SESSION_LIMIT_REACHED.exception();
                }
                serve(exchange, request, session, acknowledged, last);
            }
        }
    }

    /// KIP-1222: fetching could take longer than what was renewed lasts.
    private static void checkRenewal(ShareFetchRequestData request) {
        if (request.isRenewAck()
                && (request.maxBytes() != 0
                        || request.minBytes() != 0
                        || request.maxRecords() != 0
                        || request.maxWaitMs() != 0)) {
            throw new InvalidRequestException("A request that renews fetches nothing: its limits have to be 0.");
        }
    }

    private static void checkMode(byte mode) {
        if (mode != ShareFetching.BATCH_OPTIMIZED && mode != ShareFetching.RECORD_LIMIT) {
            throw new InvalidRequestException("There is no way " + mode + " to acquire records.");
        }
    }

    private void begin(
            Exchange exchange,
            ShareFetchRequestData request,
            Map<ShareSession.Part, List<ShareFetchRequestData.AcknowledgementBatch>> acknowledged) {
        if (!acknowledged.isEmpty()) {
            throw new InvalidRequestException("Who opens a session has nothing to acknowledge.");
        }
        var session = sessions.open(exchange.connection(), request.groupId(), request.memberId(), parts(request));
        if (session.isPresent()) {
            serve(exchange, request, session.get(), acknowledged, false);
        } else { // a client that comes again at once would do so for ever
            exchange.deadline(request.maxWaitMs(), () -> exchange.fail(Errors.SHARE_SESSION_LIMIT_REACHED.exception()));
        }
    }

    private void serve(
            Exchange exchange,
            ShareFetchRequestData request,
            ShareSession session,
            Map<ShareSession.Part, List<ShareFetchRequestData.AcknowledgementBatch>> acknowledged,
            boolean last) {
        var parts = new ShareParts(exchange.session(), request.groupId());
        var acks = new ShareAcks(exchange, parts, request.isRenewAck());
        acknowledged.forEach((part, batches) -> acks.take(request.memberId(), part, batches, OF_FETCH));
        var answer = new ShareAnswer(
                new ShareFetchResponseData().setAcquisitionLockTimeoutMs(lockMillis(exchange, request.groupId())));
        acks.results().forEach((part, error) -> {
            if (error != Errors.NONE) {
                answer.of(part).setAcknowledgeErrorCode(error.code()).setAcknowledgeErrorMessage(error.message());
            } else {
                answer.of(part);
            }
        });
        if (last || request.isRenewAck()) {
            if (last) {
                sessions.close(session);
            }
            whenKept(exchange, acks, () -> exchange.answer(answer));
            return;
        }
        var fetching = new ShareFetching[1];
        var all = new Outstanding(() -> exchange.answer(answer, fetching[0]::release));
        all.expect();
        whenKept(exchange, acks, all::done);
        fetching[0] = new ShareFetching(exchange, session, parts, answer, config.fetchBytesMax(), all::done);
        fetching[0].begin();
    }

    private static void whenKept(Exchange exchange, ShareAcks acks, Runnable then) {
        if (acks.taken()) {
            exchange.session().whenCommitted(then);
        } else {
            then.run();
        }
    }

    private static int lockMillis(Exchange exchange, String group) {
        return exchange.session().groups().ofShareGroup(group).lockMillis();
    }

    private static List<ShareSession.Part> parts(ShareFetchRequestData request) {
        var parts = new ArrayList<ShareSession.Part>();
        request.topics()
                .forEach(topic -> topic.partitions()
                        .forEach(partition ->
                                parts.add(new ShareSession.Part(topic.topicId(), partition.partitionIndex()))));
        return parts;
    }

    private static List<ShareSession.Part> forgotten(ShareFetchRequestData request) {
        var parts = new ArrayList<ShareSession.Part>();
        request.forgottenTopicsData()
                .forEach(topic -> topic.partitions()
                        .forEach(partition -> parts.add(new ShareSession.Part(topic.topicId(), partition))));
        return parts;
    }

    private static Map<ShareSession.Part, List<ShareFetchRequestData.AcknowledgementBatch>> acknowledged(
            ShareFetchRequestData request) {
        var acknowledged = new LinkedHashMap<ShareSession.Part, List<ShareFetchRequestData.AcknowledgementBatch>>();
        request.topics()
                .forEach(topic -> topic.partitions().stream()
                        .filter(partition -> !partition.acknowledgementBatches().isEmpty())
                        .forEach(partition -> acknowledged.put(
                                new ShareSession.Part(topic.topicId(), partition.partitionIndex()),
                                partition.acknowledgementBatches())));
        return acknowledged;
    }

    // ------------------------------------------------------------------------------------------- acknowledging

    private void acknowledge(Exchange exchange) {
        var request = exchange.request(ShareAcknowledgeRequest.class).data();
        check(exchange, request.groupId(), request.memberId());
        if (request.shareSessionEpoch() == ShareRequestMetadata.INITIAL_EPOCH) {
            throw Errors.INVALID_SHARE_SESSION_EPOCH.exception();
        }
        switch (sessions.find(request.groupId(), request.memberId(), request.shareSessionEpoch())) {
            case ShareSessions.Continuing.Refused(Errors error) -> throw error.exception();
            case ShareSessions.Continuing.Found(ShareSession session) -> acknowledge(exchange, request, session);
        }
    }

    private void acknowledge(Exchange exchange, ShareAcknowledgeRequestData request, ShareSession session) {
        var acks = new ShareAcks(exchange, new ShareParts(exchange.session(), request.groupId()), request.isRenewAck());
        request.topics()
                .forEach(topic -> topic.partitions()
                        .forEach(partition -> acks.take(
                                request.memberId(),
                                new ShareSession.Part(topic.topicId(), partition.partitionIndex()),
                                partition.acknowledgementBatches(),
                                OF_ACKNOWLEDGE)));
        if (request.shareSessionEpoch() == ShareRequestMetadata.FINAL_EPOCH) {
            sessions.close(session);
        }
        var answer =
                new ShareAcknowledgeResponseData().setAcquisitionLockTimeoutMs(lockMillis(exchange, request.groupId()));
        acks.results()
                .forEach((part, error) -> topic(answer, part.topic())
                        .partitions()
                        .add(new ShareAcknowledgeResponseData.PartitionData()
                                .setPartitionIndex(part.partition())
                                .setErrorCode(error.code())
                                .setErrorMessage(error.message())));
        whenKept(exchange, acks, () -> exchange.answer(new ShareAcknowledgeResponse(answer)));
    }

    private static ShareAcknowledgeTopicResponse topic(ShareAcknowledgeResponseData answer, Uuid id) {
        var topic = answer.responses().find(id);
        if (topic == null) {
            topic = new ShareAcknowledgeTopicResponse().setTopicId(id);
            answer.responses().add(topic);
        }
        return topic;
    }
}
