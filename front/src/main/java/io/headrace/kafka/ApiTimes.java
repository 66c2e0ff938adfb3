package io.headrace.kafka;

import io.headrace.broker.RequestTimes;
import io.headrace.broker.Requests;
import java.util.Arrays;
import org.apache.kafka.common.protocol.ApiKeys;

/// How long requests took, by their kinds: found by a number, since every request is counted.
///
/// Threads: the loop.
final class ApiTimes {
    /// Kafka's metrics tell consumers' fetches from those of other brokers.
    private static final String FETCH = "FetchConsumer";

    private final Requests requests;
    private final RequestTimes[] byKey = new RequestTimes
            [Arrays.stream(ApiKeys.values()).mapToInt(key -> key.id).max().orElse(0) + 1];

    ApiTimes(Requests requests) {
        this.requests = requests;
    }

    RequestTimes of(ApiKeys key) {
        var known = byKey[key.id];
        if (known == null) {
            known = requests.of(key == ApiKeys.FETCH ? FETCH : key.name);
            byKey[key.id] = known;
        }
        return known;
    }
}
