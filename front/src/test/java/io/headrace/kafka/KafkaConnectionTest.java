package io.headrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiVersionsResponse;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class KafkaConnectionTest {
    private static final ApiVersionsRequestData VERSIONS =
            new ApiVersionsRequestData().setClientSoftwareName("test").setClientSoftwareVersion("1");

    private final TestPeer peer = new TestPeer();

    @Test
    void requests_sent_at_once_are_answered_in_order_with_one_flush() {
        var all = Unpooled.buffer();
        for (int version = 0; version <= 4; version++) {
            all.writeBytes(TestPeer.framed(peer.encode(ApiKeys.API_VERSIONS, version, VERSIONS)));
        }
        peer.receive(all);

        assertThat(peer.answers())
                .hasSize(5)
                .allSatisfy(answer -> assertThat(answer).isInstanceOf(ApiVersionsResponse.class));
        assertThat(peer.wire.flushes).isEqualTo(1);
    }

    @Test
    void an_unknown_key_closes() {
        peer.receive(TestPeer.framed(ByteBuffer.allocate(20).putShort(0, (short) 999)));

        assertThat(peer.wire.closed).isTrue();
    }

    @Test
    void a_version_that_is_not_served_closes() {
        peer.receive(TestPeer.framed(
                ByteBuffer.allocate(20).putShort(0, ApiKeys.METADATA.id).putShort(2, (short) 77)));

        assertThat(peer.wire.closed).isTrue();
    }

    @Test
    void a_body_that_is_cut_short_closes() {
        var request = peer.encode(ApiKeys.METADATA, 1, new MetadataRequestData().setTopics(null));
        peer.receive(TestPeer.framed(request.limit(request.limit() - 1)));

        assertThat(peer.wire.closed).isTrue();
        assertThat(peer.wire.leaked()).isZero();
    }

    @Test
    void an_unknown_version_of_api_versions_is_answered_in_version_0() {
        peer.receive(TestPeer.framed(ByteBuffer.allocate(20)
                .putShort(0, ApiKeys.API_VERSIONS.id)
                .putShort(2, (short) 77)
                .putInt(4, 5)));

        var frame = peer.wire.frames().getFirst();
        assertThat(frame.getInt()).isEqualTo(5);
        var answer = new ApiVersionsResponseData(new RequestBody(frame), (short) 0);
        assertThat(answer.errorCode()).isEqualTo(Errors.UNSUPPORTED_VERSION.code());
        assertThat(answer.apiKeys()).hasSize(1);
        assertThat(answer.apiKeys().find(ApiKeys.API_VERSIONS.id).maxVersion()).isEqualTo((short) 4);
        assertThat(peer.wire.closed).isFalse();
    }

    @Test
    void a_connection_whose_user_is_gone_is_closed_and_not_counted_any_more() {
        peer.send(ApiKeys.METADATA, 12, new MetadataRequestData());
        assertThat(peer.broker.sessions).hasSize(1);

        peer.broker.sessions.values().iterator().next().accept("user 'guest' is deleted");

        assertThat(peer.wire.closed).isTrue();
        peer.connection.closed();
        assertThat(peer.broker.sessions).isEmpty();
    }

    @Test
    void a_connection_on_which_nothing_is_asked_is_closed_after_the_idle_timeout() {
        peer.wire.loop.advance(599_000);
        peer.ask(ApiKeys.API_VERSIONS, 3, VERSIONS, ApiVersionsResponseData.class);
        peer.wire.loop.advance(599_000);
        assertThat(peer.wire.closed).isFalse();

        peer.wire.loop.advance(2_000);

        assertThat(peer.wire.closed).isTrue();
    }

    @Test
    void nothing_is_begun_while_the_peer_does_not_take_its_answers() {
        peer.wire.writable = false;
        peer.ask(ApiKeys.API_VERSIONS, 3, VERSIONS, ApiVersionsResponseData.class);
        peer.send(ApiKeys.API_VERSIONS, 3, VERSIONS);
        assertThat(peer.answers()).isEmpty();

        peer.wire.writable = true;
        peer.connection.writable();

        assertThat(peer.answers()).hasSize(1);
    }
}
