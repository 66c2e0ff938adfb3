package io.headrace.kafka;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.requests.FetchResponse;

/// One partition that a fetch is about. In a session it stays from request to request, and remembers what the client
/// was told.
///
/// Threads: the loop of the connection that fetches.
final class FetchPart {
    /// @param topic empty if the client says ids
    /// @param id zero if the client says names
    record Key(String topic, Uuid id, int partition) {}

    private static final long UNTOLD = -1;

    private final Key key;
    private FetchPartition wanted; // the latest request's
    private long toldHighWatermark = UNTOLD;
    private long toldStart = UNTOLD;

    FetchPart(Key key, FetchPartition wanted) {
        this.key = key;
        this.wanted = wanted;
    }

    Key key() {
        return key;
    }

    FetchPartition wanted() {
        return wanted;
    }

    void wanted(FetchPartition newer) {
        wanted = newer;
    }

    /// Whether a client that knows what it was told must hear this. From now on it counts as told.
    boolean news(PartitionData answer) {
        boolean failed = answer.errorCode() != 0;
        boolean news = failed
                || FetchResponse.recordsSize(answer) > 0
                || answer.highWatermark() != toldHighWatermark
                || answer.logStartOffset() != toldStart
                || FetchResponse.isDivergingEpoch(answer);
        // an error that goes away must be heard of too
        toldHighWatermark = failed ? UNTOLD : answer.highWatermark();
        toldStart = answer.logStartOffset();
        return news;
    }
}
