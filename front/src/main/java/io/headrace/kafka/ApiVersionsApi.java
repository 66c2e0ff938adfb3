package io.headrace.kafka;

import java.util.List;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersionCollection;
import org.apache.kafka.common.message.ApiVersionsResponseData.FinalizedFeatureKey;
import org.apache.kafka.common.message.ApiVersionsResponseData.FinalizedFeatureKeyCollection;
import org.apache.kafka.common.message.ApiVersionsResponseData.SupportedFeatureKey;
import org.apache.kafka.common.message.ApiVersionsResponseData.SupportedFeatureKeyCollection;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.ApiVersionsResponse;

/// ApiVersions 0-4: what is served, and which features are on. The same before and after a login.
///
/// Threads: any, after [#offer].
final class ApiVersionsApi implements ApiFamily {
    /// A Kafka 4.3, which tools print; `MetadataVersion` says the number.
    private static final Feature METADATA = new Feature("metadata.version", 7, 30);
    /// Consumer groups of the new protocol (KIP-848).
    private static final Feature GROUPS = new Feature("group.version", 0, 1);
    /// Each transaction has its own epoch, and partitions are added by what is appended to them (KIP-890).
    private static final Feature TRANSACTIONS = new Feature("transaction.version", 0, 2);
    /// Share groups (KIP-932).
    private static final Feature SHARE_GROUPS = new Feature("share.version", 0, 1);
    /// Kafka Streams with tasks that the broker assigns (KIP-1071).
    private static final Feature STREAMS = new Feature("streams.version", 0, 1);
    /// All that are on.
    static final List<Feature> FEATURES = List.of(METADATA, GROUPS, TRANSACTIONS, SHARE_GROUPS, STREAMS);
    /// Clients take features only from a higher epoch than they have seen, and from none below 0. Ours never change.
    private static final long FEATURES_EPOCH = 1;
    /// Older clients do not understand features that may be off (KAFKA-17492).
    private static final short FIRST_VERSION_WITH_OPTIONAL_FEATURES = 4;
    /// Produce is offered from here, though it is served from 3 on: librdkafka compresses only for a broker that
    /// says it takes Produce 0 (KAFKA-18659).
    private static final short PRODUCE_OFFERED_FROM = 0;

    /// @param latest the level that is on
    record Feature(String name, int oldest, int latest) {}

    private ApiTable table; // set once, while the broker is put together

    void offer(ApiTable all) {
        table = all;
    }

    @Override
    public List<Served> served() {
        return List.of(new Served(ApiKeys.API_VERSIONS, 0, 4, this::serve));
    }

    private void serve(Exchange exchange) {
        var request = exchange.request(ApiVersionsRequest.class);
        if (request.hasUnsupportedRequestVersion()) {
            exchange.answer(new ApiVersionsResponse(unsupported()));
        } else if (!request.isValid()) {
            exchange.fail(Errors.INVALID_REQUEST.exception());
        } else {
            exchange.answer(new ApiVersionsResponse(versions(exchange.version())));
        }
    }

    /// In version 0, and with our own range, so that the client asks again in a version that both know.
    private ApiVersionsResponseData unsupported() {
        var own = new ApiVersionCollection();
        own.add(offered(table.find(ApiKeys.API_VERSIONS).orElseThrow()));
        return new ApiVersionsResponseData()
                .setErrorCode(Errors.UNSUPPORTED_VERSION.code())
                .setApiKeys(own);
    }

    private ApiVersionsResponseData versions(short version) {
        var keys = new ApiVersionCollection();
        table.all().forEach(served -> keys.add(offered(served)));
        var supported = new SupportedFeatureKeyCollection();
        var finalized = new FinalizedFeatureKeyCollection();
        for (Feature feature : FEATURES) {
            if (feature.oldest() > 0 || version >= FIRST_VERSION_WITH_OPTIONAL_FEATURES) {
                supported.add(new SupportedFeatureKey()
                        .setName(feature.name())
                        .setMinVersion((short) feature.oldest())
                        .setMaxVersion((short) feature.latest()));
            }
            finalized.add(new FinalizedFeatureKey()
                    .setName(feature.name())
                    .setMinVersionLevel((short) feature.latest())
                    .setMaxVersionLevel((short) feature.latest()));
        }
        return new ApiVersionsResponseData()
                .setApiKeys(keys)
                .setSupportedFeatures(supported)
                .setFinalizedFeatures(finalized)
                .setFinalizedFeaturesEpoch(FEATURES_EPOCH);
    }

    private static ApiVersion offered(Served served) {
        return new ApiVersion()
                .setApiKey(served.key().id)
                .setMinVersion(served.key() == ApiKeys.PRODUCE ? PRODUCE_OFFERED_FROM : served.oldest())
                .setMaxVersion(served.latest());
    }
}
