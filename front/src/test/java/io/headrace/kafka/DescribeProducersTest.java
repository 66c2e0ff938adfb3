package io.headrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.stream.ProducerState;
import java.util.List;
import java.util.OptionalLong;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeProducersRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeProducersResponseData;
import org.apache.kafka.common.message.DescribeProducersResponseData.PartitionResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class DescribeProducersTest {
    private final TestPeer peer = new TestPeer();

    private PartitionResponse ask(String topic, int index) {
        var request = new DescribeProducersRequestData()
                .setTopics(List.of(new TopicRequest().setName(topic).setPartitionIndexes(List.of(index))));
        var answer = peer.ask(ApiKeys.DESCRIBE_PRODUCERS, 0, request, DescribeProducersResponseData.class);
        assertThat(answer.topics().getFirst().name()).isEqualTo(topic);
        return answer.topics().getFirst().partitions().getFirst();
    }

    @Test
    void what_a_partition_knows_of_producers_is_told() {
        peer.broker.add("orders", 1);
        peer.broker.partition("orders", 0).producers = List.of(
                new ProducerState(7, (short) 2, 41, 1_000, 5, OptionalLong.of(12)),
                new ProducerState(8, (short) 0, -1, 2_000, -1, OptionalLong.empty()));

        var producers = ask("orders", 0).activeProducers();

        assertThat(producers)
                .containsExactly(
                        new DescribeProducersResponseData.ProducerState()
                                .setProducerId(7)
                                .setProducerEpoch(2)
                                .setLastSequence(41)
                                .setLastTimestamp(1_000)
                                .setCoordinatorEpoch(5)
                                .setCurrentTxnStartOffset(12),
                        new DescribeProducersResponseData.ProducerState()
                                .setProducerId(8)
                                .setProducerEpoch(0)
                                .setLastSequence(-1)
                                .setLastTimestamp(2_000)
                                .setCoordinatorEpoch(-1)
                                .setCurrentTxnStartOffset(-1));
    }

    @Test
    void what_is_not_there_or_may_not_be_read_is_refused() {
        peer.broker.add("orders", 1);
        peer.broker.add("secret", 1);
        peer.broker.denied.add("READ secret");
        peer.broker.denied.add("READ hidden");

        assertThat(ask("orders", 1).errorCode()).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
        assertThat(ask("none", 0).errorCode()).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
        assertThat(ask("secret", 0).errorCode()).isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED.code());
        assertThat(ask("hidden", 0).errorCode()).isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED.code());
        assertThat(ask("no/name", 0).errorCode()).isEqualTo(Errors.INVALID_TOPIC_EXCEPTION.code());
    }
}
