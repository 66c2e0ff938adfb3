package io.headrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ApiVersionsTest {
    private final TestPeer peer = new TestPeer();

    private ApiVersionsResponseData ask(int version) {
        return peer.ask(
                ApiKeys.API_VERSIONS,
                version,
                new ApiVersionsRequestData().setClientSoftwareName("test").setClientSoftwareVersion("1.0"),
                ApiVersionsResponseData.class);
    }

    @Test
    void every_version_lists_what_is_served() {
        for (int version = 0; version <= 4; version++) {
            var answer = ask(version);

            assertThat(answer.errorCode()).isZero();
            assertThat(answer.apiKeys().find(ApiKeys.SASL_HANDSHAKE.id).maxVersion())
                    .isEqualTo((short) 1);
            assertThat(answer.apiKeys().find(ApiKeys.GET_TELEMETRY_SUBSCRIPTIONS.id))
                    .isNull();
        }
    }

    @Test
    void features_that_may_be_off_are_left_out_for_clients_that_cannot_read_them() {
        assertThat(ask(3).supportedFeatures())
                .extracting(feature -> feature.name())
                .containsExactly("metadata.version");
        assertThat(ask(4).supportedFeatures())
                .extracting(feature -> feature.name())
                .containsExactly(
                        "metadata.version", "group.version", "transaction.version", "share.version", "streams.version");
        assertThat(ask(4).finalizedFeaturesEpoch()).isNotNegative();
        assertThat(ask(3).finalizedFeatures().find("transaction.version").maxVersionLevel())
                .isEqualTo((short) 2);
    }

    @Test
    void a_software_name_with_odd_characters_is_an_invalid_request() {
        var answer = peer.ask(
                ApiKeys.API_VERSIONS,
                3,
                new ApiVersionsRequestData().setClientSoftwareName("a b").setClientSoftwareVersion("1"),
                ApiVersionsResponseData.class);

        assertThat(answer.errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
    }
}
