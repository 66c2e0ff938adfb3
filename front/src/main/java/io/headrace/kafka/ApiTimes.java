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

    void begun(Exchange exchange, long nowNanos) {
        exchange.begins(nowNanos);
        of(exchange.header().apiKey()).begun();
    }

    /// It is answered, or nobody waits for it any more.
    void ended(Exchange exchange, long nowNanos) {
        of(exchange.header().apiKey()).ended(nowNanos - exchange.begunNanos(), exchange.workNanos(nowNanos), nowNanos);
    }

    private RequestTimes of(ApiKeys key) {
        var known = byKey[key.id];
        if (known == null) {
            known = requests.of(key == ApiKeys.FETCH ? FETCH : key.name);
            byKey[key.id] = known;
        }
        return known;
    }
}
