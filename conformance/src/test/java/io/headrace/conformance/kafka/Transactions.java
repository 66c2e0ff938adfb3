package io.headrace.conformance.kafka;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.ApiVersionsResponse;

/// Whether the broker has transactions.
final class Transactions {
    private Transactions() {}

    /// Skips the test on a broker that does not offer to end one.
    static void assumeThere(KafkaEndpoint kafka) throws IOException {
        try (var wire = new Wire(kafka)) {
            var request =
                    new ApiVersionsRequestData().setClientSoftwareName("probe").setClientSoftwareVersion("1");
            var answer = (ApiVersionsResponse)
                    wire.call(ApiKeys.API_VERSIONS, 3, request).orElseThrow();
            assumeTrue(answer.apiVersion(ApiKeys.END_TXN.id) != null, "SKIPPED: the broker has no transactions");
        }
    }
}
