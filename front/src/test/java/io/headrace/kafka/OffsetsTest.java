package io.headrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopic;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class OffsetsTest {
    private final TestPeer peer = new TestPeer();

    @BeforeEach
    void topic() {
        peer.broker.add("orders", 1);
        var records = MemoryRecords.withRecords(
                Compression.NONE,
                new SimpleRecord(1000, "a".getBytes()),
                new SimpleRecord(3000, "b".getBytes()),
                new SimpleRecord(2000, "c".getBytes()));
        peer.broker.partition("orders", 0).appendInternal(records.buffer());
    }

    private ListOffsetsPartitionResponse ask(int version, long timestamp) {
        var request = new ListOffsetsRequestData()
                .setReplicaId(-1)
                .setTopics(List.of(new ListOffsetsTopic()
                        .setName("orders")
                        .setPartitions(List.of(new ListOffsetsPartition().setTimestamp(timestamp)))));
        return peer.ask(ApiKeys.LIST_OFFSETS, version, request, ListOffsetsResponseData.class)
                .topics()
                .getFirst()
                .partitions()
                .getFirst();
    }

    @Test
    void every_version_knows_the_two_ends() {
        for (int version = 1; version <= 11; version++) {
            assertThat(ask(version, -1).offset()).isEqualTo(3);
            assertThat(ask(version, -2).offset()).isZero();
            assertThat(ask(version, -1).timestamp()).isEqualTo(-1);
        }
    }

    @Test
    void a_time_finds_the_first_record_that_is_not_older() {
        assertThat(ask(7, 1001).offset()).isEqualTo(1);
        assertThat(ask(7, 1001).timestamp()).isEqualTo(3000);
        assertThat(ask(7, 3001).offset()).isEqualTo(-1);
        assertThat(ask(7, 3001).errorCode()).isZero();
    }

    @Test
    void special_times_are_known_from_their_version_on() {
        assertThat(ask(7, -3).offset()).isEqualTo(1);
        assertThat(ask(6, -3).errorCode()).isEqualTo(Errors.UNSUPPORTED_VERSION.code());
        assertThat(ask(8, -4).offset()).isZero();
        assertThat(ask(9, -5).offset()).isEqualTo(-1);
        assertThat(ask(9, -5).errorCode()).isZero();
        assertThat(ask(11, -6).errorCode()).isZero();
        assertThat(ask(11, -7).errorCode()).isEqualTo(Errors.UNSUPPORTED_VERSION.code());
    }

    @Test
    void a_partition_asked_for_twice_is_an_invalid_request() {
        var twice = new ListOffsetsRequestData()
                .setReplicaId(-1)
                .setTopics(List.of(new ListOffsetsTopic()
                        .setName("orders")
                        .setPartitions(List.of(new ListOffsetsPartition(), new ListOffsetsPartition()))));

        var answer = peer.ask(ApiKeys.LIST_OFFSETS, 11, twice, ListOffsetsResponseData.class);

        assertThat(answer.topics().getFirst().partitions())
                .extracting(partition -> Errors.forCode(partition.errorCode()))
                .containsExactly(Errors.INVALID_REQUEST, Errors.INVALID_REQUEST);
    }

    @Test
    void the_end_of_an_epoch_is_told_in_every_version() {
        for (int version = 2; version <= 4; version++) {
            var request = new OffsetForLeaderEpochRequestData();
            request.topics()
                    .add(new OffsetForLeaderTopic()
                            .setTopic("orders")
                            .setPartitions(List.of(
                                    new OffsetForLeaderPartition().setLeaderEpoch(3),
                                    new OffsetForLeaderPartition().setLeaderEpoch(1),
                                    new OffsetForLeaderPartition().setPartition(8))));

            var answer =
                    peer.ask(ApiKeys.OFFSET_FOR_LEADER_EPOCH, version, request, OffsetForLeaderEpochResponseData.class);

            var partitions = answer.topics().find("orders").partitions();
            assertThat(partitions).extracting(end -> end.endOffset()).containsExactly(3L, -1L, -1L);
            assertThat(partitions.getLast().errorCode()).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
        }
    }
}
