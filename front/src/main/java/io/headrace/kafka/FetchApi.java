package io.headrace.kafka;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchRequestData.ForgottenTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchMetadata;
import org.apache.kafka.common.requests.FetchRequest;

/// Fetch 4-18: which partitions a request is about, by itself or as the next of a session. [Fetching] does the rest.
///
/// Threads: the loop of the connection.
final class FetchApi implements ApiFamily {
    static final int FIRST_VERSION_WITH_IDS = 13;

    private final KafkaConfig config;
    private final FetchSessions sessions;

    FetchApi(KafkaConfig config) {
        this.config = config;
        this.sessions = new FetchSessions(config.fetchSessions());
    }

    @Override
    public List<Served> served() {
        return List.of(new Served(ApiKeys.FETCH, 4, 18, this::fetch));
    }

    private void fetch(Exchange exchange) {
        var request = exchange.request(FetchRequest.class).data();
        OffsetsApi.checkIsolation(request.isolationLevel());
        boolean byId = exchange.version() >= FIRST_VERSION_WITH_IDS;
        if (request.sessionEpoch() == FetchMetadata.INITIAL_EPOCH
                || request.sessionEpoch() == FetchMetadata.FINAL_EPOCH) {
            whole(exchange, request, byId);
        } else {
            next(exchange, request, byId);
        }
    }

    /// Everything that is wanted is in the request. It ends the session that it names, and may ask for a new one.
    private void whole(Exchange exchange, FetchRequestData request, boolean byId) {
        if (request.sessionId() != FetchSessions.NO_SESSION) {
            sessions.end(request.sessionId());
        }
        var parts = parts(request);
        Optional<FetchSession> session = Optional.empty();
        if (request.sessionEpoch() == FetchMetadata.INITIAL_EPOCH) {
            session = sessions.begin(byId, parts, exchange.loop().clock().millis());
        }
        var begun = session;
        new Fetching(
                        exchange,
                        request,
                        parts,
                        session,
                        false,
                        () -> begun.ifPresent(unused -> sessions.end(unused.id())),
                        config.fetchBytesMax())
                .begin();
    }

    private void next(Exchange exchange, FetchRequestData request, boolean byId) {
        switch (sessions.find(request.sessionId(), request.sessionEpoch(), byId)) {
            case FetchSessions.Continuing.Refused(Errors error) -> exchange.answer(FetchAnswer.failed(error));
            case FetchSessions.Continuing.Found(FetchSession session) -> goOn(exchange, request, session);
        }
    }

    /// A session without partitions ends; so does one for which there is no room, and the answer to it says so.
    private void goOn(Exchange exchange, FetchRequestData request, FetchSession session) {
        long now = exchange.loop().clock().millis();
        boolean kept = sessions.update(session, parts(request), forgotten(request), now);
        var parts = session.parts();
        if (parts.isEmpty()) {
            sessions.end(session.id());
        }
        Optional<FetchSession> continued = kept && !parts.isEmpty() ? Optional.of(session) : Optional.empty();
        new Fetching(exchange, request, parts, continued, kept, () -> {}, config.fetchBytesMax()).begin();
    }

    private static List<FetchPart> parts(FetchRequestData request) {
        var parts = new ArrayList<FetchPart>();
        for (FetchTopic topic : request.topics()) {
            for (FetchPartition partition : topic.partitions()) {
                parts.add(new FetchPart(
                        new FetchPart.Key(topic.topic(), topic.topicId(), partition.partition()), partition));
            }
        }
        return parts;
    }

    private static List<FetchPart.Key> forgotten(FetchRequestData request) {
        var keys = new ArrayList<FetchPart.Key>();
        for (ForgottenTopic topic : request.forgottenTopicsData()) {
            topic.partitions()
                    .forEach(partition -> keys.add(new FetchPart.Key(topic.topic(), topic.topicId(), partition)));
        }
        return keys;
    }
}
