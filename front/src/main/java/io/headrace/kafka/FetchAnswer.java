package io.headrace.kafka;

import java.util.EnumMap;
import java.util.Map;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;

/// An answer to Fetch. Kafka's own class is made from a map of all partitions, which an answer in order does not need.
final class FetchAnswer extends AbstractResponse {
    private final FetchResponseData data;

    FetchAnswer(FetchResponseData data) {
        super(ApiKeys.FETCH);
        this.data = data;
    }

    static FetchAnswer failed(Errors error) {
        return new FetchAnswer(new FetchResponseData().setErrorCode(error.code()));
    }

    @Override
    public FetchResponseData data() {
        return data;
    }

    @Override
    public Map<Errors, Integer> errorCounts() {
        var counts = new EnumMap<Errors, Integer>(Errors.class);
        updateErrorCounts(counts, Errors.forCode(data.errorCode()));
        data.responses()
                .forEach(topic -> topic.partitions()
                        .forEach(partition -> updateErrorCounts(counts, Errors.forCode(partition.errorCode()))));
        return counts;
    }

    @Override
    public int throttleTimeMs() {
        return data.throttleTimeMs();
    }

    @Override
    public void maybeSetThrottleTimeMs(int millis) {
        data.setThrottleTimeMs(millis);
    }
}
