package io.headrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.broker.Throttles;
import io.headrace.kafka.quota.QuotaTable;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// A client that is told to wait is made to.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ThrottleTest {
    private final TestPeer peer = new TestPeer();

    @BeforeEach
    void topic() {
        peer.broker.add("orders", 1);
        peer.wire.loop.advance(60_000);
    }

    private void quota(String key, double limit) {
        peer.broker.put(
                QuotaTable.name(new ClientQuotaEntity(Map.of("user", "guest"))), Map.of(key, Double.toString(limit)));
    }

    private ProduceRequestData produce(int acks, int bytes) {
        var topic = new TopicProduceData()
                .setTopicId(Names.id(peer.broker.topics.get("orders").id()));
        topic.partitionData().add(new PartitionProduceData().setRecords(ProduceTest.records("x".repeat(bytes))));
        var request = new ProduceRequestData().setAcks((short) acks).setTimeoutMs(30_000);
        request.topicData().add(topic);
        return request;
    }

    private long produced() {
        return peer.broker.partition("orders", 0).endOffset();
    }

    private FetchRequestData fetch(int sessionId, int epoch) {
        var topic = new FetchTopic()
                .setTopicId(Names.id(peer.broker.topics.get("orders").id()));
        topic.partitions().add(new FetchPartition().setPartitionMaxBytes(1 << 20));
        return new FetchRequestData()
                .setMaxWaitMs(0)
                .setSessionId(sessionId)
                .setSessionEpoch(epoch)
                .setTopics(epoch > 0 ? List.of() : List.of(topic));
    }

    private FetchResponseData fetched(FetchRequestData request) {
        return peer.ask(ApiKeys.FETCH, 17, request, FetchResponseData.class);
    }

    @Test
    void without_a_quota_nobody_waits() {
        peer.broker.put(
                QuotaTable.name(new ClientQuotaEntity(Map.of("user", "other"))),
                Map.of("producer_byte_rate", "1.0", "request_percentage", "0.001"));

        for (int i = 0; i < 5; i++) {
            assertThat(peer.ask(ApiKeys.PRODUCE, 13, produce(-1, 100_000), ProduceResponseData.class)
                            .throttleTimeMs())
                    .isZero();
        }
    }

    @Test
    void a_producer_over_its_quota_is_told_at_once_and_not_heard_meanwhile() {
        quota("producer_byte_rate", 1_000);
        assertThat(peer.ask(ApiKeys.PRODUCE, 13, produce(-1, 9_000), ProduceResponseData.class)
                        .throttleTimeMs())
                .isZero();

        long wait = peer.ask(ApiKeys.PRODUCE, 13, produce(-1, 2_000), ProduceResponseData.class)
                .throttleTimeMs();
        assertThat(wait).isBetween(1_000L, 2_000L);
        var throttles = peer.broker.connections().requests().throttles();
        assertThat(throttles.reports(peer.wire.loop.clock().millis()))
                .singleElement()
                .satisfies(told -> {
                    assertThat(told.quota()).isEqualTo(Throttles.Quota.PRODUCE);
                    assertThat(told.user()).isEqualTo("guest");
                    assertThat(told.count()).isEqualTo(1);
                    assertThat(told.averageMillis()).isEqualTo(wait);
                });
        peer.send(ApiKeys.PRODUCE, 13, produce(-1, 1));
        peer.wire.loop.advance(wait - 1);
        assertThat(produced()).isEqualTo(2);

        peer.wire.loop.advance(1);

        assertThat(peer.answers()).hasSize(1);
        assertThat(produced()).isEqualTo(3);
    }

    @Test
    void what_comes_behind_a_request_over_the_quota_is_not_begun_before_its_answer_and_the_wait() {
        quota("producer_byte_rate", 1_000);
        peer.broker.holdCommits = true;
        peer.send(ApiKeys.PRODUCE, 13, produce(-1, 11_000));
        peer.send(ApiKeys.PRODUCE, 13, produce(-1, 1));
        peer.wire.loop.advance(20_000);
        assertThat(produced()).isEqualTo(1);

        peer.broker.commit();
        assertThat(peer.answers()).hasSize(1);
        assertThat(produced()).isEqualTo(1);
        peer.wire.loop.advance(5_000);

        assertThat(produced()).isEqualTo(2);
    }

    @Test
    void a_producer_that_wants_no_answer_is_made_to_wait_all_the_same() {
        quota("producer_byte_rate", 1_000);
        peer.send(ApiKeys.PRODUCE, 13, produce(0, 11_000));
        peer.expectNone();
        peer.send(ApiKeys.PRODUCE, 13, produce(0, 1));
        peer.expectNone();
        assertThat(produced()).isEqualTo(1);

        peer.wire.loop.advance(5_000);

        assertThat(produced()).isEqualTo(2);
    }

    @Test
    void a_fetch_over_the_quota_brings_nothing_and_the_next_one_all() {
        quota("consumer_byte_rate", 1_000);
        peer.ask(ApiKeys.PRODUCE, 13, produce(-1, 9_000), ProduceResponseData.class);
        assertThat(fetched(fetch(0, -1)).throttleTimeMs()).isZero();

        var throttled = fetched(fetch(0, -1));
        assertThat(throttled.throttleTimeMs()).isPositive();
        assertThat(throttled.responses()).isEmpty();
        assertThat(peer.wire.leaked()).isZero();

        peer.wire.loop.advance(12_000);
        assertThat(fetched(fetch(0, -1)).responses()).hasSize(1);
    }

    @Test
    void a_session_stays_as_it_was_when_a_fetch_is_throttled() {
        quota("consumer_byte_rate", 1_000);
        peer.ask(ApiKeys.PRODUCE, 13, produce(-1, 9_000), ProduceResponseData.class);
        var first = fetched(fetch(0, 0));
        assertThat(first.sessionId()).isPositive();

        var throttled = fetched(fetch(first.sessionId(), 1));
        assertThat(throttled.sessionId()).isEqualTo(first.sessionId());
        assertThat(throttled.responses()).isEmpty();
        assertThat(throttled.throttleTimeMs()).isPositive();
        peer.wire.loop.advance(12_000);

        var next = fetched(fetch(first.sessionId(), 2));
        assertThat(next.errorCode()).isZero();
        assertThat(next.responses()).hasSize(1);
    }

    @Test
    void no_session_begins_with_a_fetch_that_is_throttled() {
        quota("consumer_byte_rate", 1_000);
        peer.ask(ApiKeys.PRODUCE, 13, produce(-1, 9_000), ProduceResponseData.class);
        fetched(fetch(0, -1));

        var throttled = fetched(fetch(0, 0));

        assertThat(throttled.throttleTimeMs()).isPositive();
        assertThat(throttled.sessionId()).isZero();
    }

    @Test
    void who_keeps_the_loop_busy_waits_a_second_at_most_with_any_request() {
        quota("request_percentage", 0.000001);

        var answer =
                peer.ask(ApiKeys.METADATA, 9, new MetadataRequestData().setTopics(null), MetadataResponseData.class);
        // the test's clock stands still while a request is served
        assertThat(answer.throttleTimeMs()).isZero();

        peer.broker.add("slow", 1);
        peer.wire.loop.tickingNanos = 1_000;
        answer = peer.ask(ApiKeys.METADATA, 9, new MetadataRequestData().setTopics(null), MetadataResponseData.class);
        assertThat(answer.throttleTimeMs()).isEqualTo(1_000);
    }

    private static CreateTopicsRequestData creation(int... partitions) {
        var request = new CreateTopicsRequestData().setTimeoutMs(1_000);
        for (int i = 0; i < partitions.length; i++) {
            request.topics()
                    .add(new CreatableTopic()
                            .setName("t" + i + "-" + partitions[i])
                            .setNumPartitions(partitions[i])
                            .setReplicationFactor((short) 1));
        }
        return request;
    }

    @Test
    void topics_beyond_the_quota_are_refused_and_the_client_knows_when_to_try_again() {
        quota("controller_mutation_rate", 1);

        var answer = peer.ask(ApiKeys.CREATE_TOPICS, 7, creation(12, 1), CreateTopicsResponseData.class);

        assertThat(answer.topics())
                .extracting(topic -> Errors.forCode(topic.errorCode()))
                .containsExactly(Errors.NONE, Errors.THROTTLING_QUOTA_EXCEEDED);
        assertThat(answer.throttleTimeMs()).isEqualTo(1_000);
        assertThat(peer.broker.topics).containsKey("t0-12").doesNotContainKey("t1-1");
    }

    @Test
    void an_old_client_is_only_made_to_wait() {
        quota("controller_mutation_rate", 1);

        var answer = peer.ask(ApiKeys.CREATE_TOPICS, 5, creation(12, 1), CreateTopicsResponseData.class);

        assertThat(answer.topics())
                .extracting(topic -> Errors.forCode(topic.errorCode()))
                .containsOnly(Errors.NONE);
        assertThat(answer.throttleTimeMs()).isEqualTo(2_000);
    }

    @Test
    void deletions_count_their_partitions() {
        quota("controller_mutation_rate", 1);
        peer.broker.add("wide", 12);

        var answer = peer.ask(
                ApiKeys.DELETE_TOPICS,
                5,
                new DeleteTopicsRequestData().setTopicNames(List.of("wide", "orders")),
                DeleteTopicsResponseData.class);

        assertThat(answer.responses())
                .extracting(topic -> Errors.forCode(topic.errorCode()))
                .containsExactly(Errors.NONE, Errors.THROTTLING_QUOTA_EXCEEDED);
    }

    @Test
    void a_connection_that_comes_too_soon_is_closed_after_a_while() {
        peer.connection.delay(400);
        peer.send(
                ApiKeys.API_VERSIONS,
                3,
                new ApiVersionsRequestData().setClientSoftwareName("a").setClientSoftwareVersion("1"));
        assertThat(peer.answers()).isEmpty();
        assertThat(peer.wire.closed).isFalse();

        peer.wire.loop.advance(400);

        assertThat(peer.wire.closed).isTrue();
    }

    @Test
    void nobody_is_charged_before_it_is_known_who_it_is() {
        quota("request_percentage", 0.000001);
        peer.wire.loop.tickingNanos = 1_000;

        assertThat(peer.ask(
                                ApiKeys.API_VERSIONS,
                                3,
                                new ApiVersionsRequestData()
                                        .setClientSoftwareName("a")
                                        .setClientSoftwareVersion("1"),
                                ApiVersionsResponseData.class)
                        .throttleTimeMs())
                .isZero();
    }
}
