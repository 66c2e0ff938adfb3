package io.headrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class MetadataTest {
    private final TestPeer peer = new TestPeer();

    private MetadataResponseData ask(int version, MetadataRequestData request) {
        return peer.ask(ApiKeys.METADATA, version, request, MetadataResponseData.class);
    }

    private static MetadataRequestData named(String... names) {
        return new MetadataRequestData()
                .setTopics(List.of(names).stream()
                        .map(name -> new MetadataRequestTopic().setName(name))
                        .toList());
    }

    @Test
    void every_version_answers_for_a_topic_that_is_there() {
        peer.broker.add("orders", 3);
        for (int version = 0; version <= 13; version++) {
            var answer = ask(version, named("orders"));

            var topic = answer.topics().find("orders");
            assertThat(topic.errorCode()).isZero();
            assertThat(topic.partitions()).hasSize(3);
            assertThat(topic.partitions().getLast().leaderId()).isEqualTo(1);
            assertThat(topic.partitions().getLast().leaderEpoch()).isEqualTo(version < 7 ? -1 : 3);
            assertThat(answer.brokers().find(1).port()).isEqualTo(2);
        }
    }

    @Test
    void all_topics_are_asked_for_by_null_and_in_version_0_by_none() {
        peer.broker.add("orders", 1);

        assertThat(ask(0, named()).topics()).hasSize(1);
        assertThat(ask(1, named()).topics()).isEmpty();
        assertThat(ask(1, new MetadataRequestData().setTopics(null)).topics()).hasSize(1);
    }

    @Test
    void a_topic_that_is_used_is_created_and_in_the_answer_once_it_lasts() {
        peer.broker.add("known", 1);
        var answer = ask(13, named("orders", "known", "orders"));

        assertThat(answer.topics()).extracting(topic -> topic.name()).containsExactly("orders", "known");
        assertThat(answer.topics().find("orders").errorCode()).isZero();
        assertThat(answer.topics().find("orders").partitions()).hasSize(1);
    }

    @Test
    void an_answer_waits_no_longer_than_a_second_for_what_it_creates() {
        peer.broker.holdAnswers = true;
        peer.send(ApiKeys.METADATA, 13, named("orders"));
        peer.wire.loop.advance(900);
        assertThat(peer.answers()).isEmpty();
        peer.wire.loop.advance(200);
        assertThat(peer.answers()).hasSize(1);

        peer.broker.answerHeld();
        assertThat(peer.answers()).isEmpty();
        assertThat(ask(13, named("orders")).topics().find("orders").errorCode()).isZero();
    }

    @Test
    void nothing_is_created_for_who_does_not_want_it_or_may_not_or_by_a_bad_name() {
        peer.broker.denied.add("CONFIGURE mine");
        var unwanted = ask(13, named("orders").setAllowAutoTopicCreation(false));
        var denied = ask(13, named("mine"));
        var bad = ask(13, named("a/b"));

        assertThat(unwanted.topics().find("orders").errorCode()).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
        assertThat(denied.topics().find("mine").errorCode()).isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED.code());
        assertThat(bad.topics().find("a/b").errorCode()).isEqualTo(Errors.INVALID_TOPIC_EXCEPTION.code());
        assertThat(peer.broker.topics).isEmpty();
    }

    @Test
    void topics_are_found_by_id_from_version_12_on() {
        var topic = peer.broker.add("orders", 1);
        var byId = new MetadataRequestData()
                .setTopics(List.of(
                        new MetadataRequestTopic().setName(null).setTopicId(Names.id(topic.id())),
                        new MetadataRequestTopic().setName(null).setTopicId(Names.id(new UUID(9, 9)))));

        var answer = ask(12, byId);

        assertThat(answer.topics()).extracting(found -> found.name()).containsExactly("orders", null);
        assertThat(answer.topics())
                .extracting(found -> Errors.forCode(found.errorCode()))
                .containsExactly(Errors.NONE, Errors.UNKNOWN_TOPIC_ID);
    }

    @Test
    void beside_an_id_a_name_is_not_looked_at() {
        var topic = peer.broker.add("orders", 1);
        peer.broker.add("others", 1);
        var mixed = new MetadataRequestData()
                .setTopics(List.of(
                        new MetadataRequestTopic().setName(null).setTopicId(Names.id(topic.id())),
                        new MetadataRequestTopic().setName("others")));

        assertThat(ask(12, mixed).topics()).extracting(found -> found.name()).containsExactly("orders");
    }

    @Test
    void what_may_not_be_described_is_absent_from_all_and_refused_by_name() {
        peer.broker.add("secret", 1);
        for (var access : List.of("READ", "WRITE", "CONFIGURE")) {
            peer.broker.denied.add(access + " secret");
        }

        assertThat(ask(13, new MetadataRequestData().setTopics(null)).topics()).isEmpty();
        assertThat(ask(13, named("secret")).topics().find("secret").errorCode())
                .isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED.code());
    }

    @Test
    void the_cluster_id_is_one_that_kafka_could_have_printed() {
        assertThat(ask(13, named()).clusterId()).hasSize(22);
    }

    @Test
    void a_cursor_is_at_one_of_the_topics_that_are_asked_for() {
        peer.broker.add("a", 1);
        var request = new DescribeTopicPartitionsRequestData()
                .setTopics(List.of(new DescribeTopicPartitionsRequestData.TopicRequest().setName("a")))
                .setCursor(new DescribeTopicPartitionsRequestData.Cursor().setTopicName("b"));

        var answer = peer.ask(ApiKeys.DESCRIBE_TOPIC_PARTITIONS, 0, request, DescribeTopicPartitionsResponseData.class);

        assertThat(answer.topics())
                .extracting(topic -> Errors.forCode(topic.errorCode()))
                .containsExactly(Errors.INVALID_REQUEST);
    }

    @Test
    void descriptions_go_on_at_the_cursor() {
        peer.broker.add("a", 2);
        peer.broker.add("b", 3);
        var request = new DescribeTopicPartitionsRequestData().setResponsePartitionLimit(3);

        var first = peer.ask(ApiKeys.DESCRIBE_TOPIC_PARTITIONS, 0, request, DescribeTopicPartitionsResponseData.class);
        request.setCursor(new DescribeTopicPartitionsRequestData.Cursor()
                .setTopicName(first.nextCursor().topicName())
                .setPartitionIndex(first.nextCursor().partitionIndex()));
        var second = peer.ask(ApiKeys.DESCRIBE_TOPIC_PARTITIONS, 0, request, DescribeTopicPartitionsResponseData.class);

        assertThat(first.topics())
                .extracting(topic -> topic.partitions().size())
                .containsExactly(2, 1);
        assertThat(second.topics())
                .extracting(topic -> topic.partitions().size())
                .containsExactly(2);
        assertThat(second.nextCursor()).isNull();
    }
}
