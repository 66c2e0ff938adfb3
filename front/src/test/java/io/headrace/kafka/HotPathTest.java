package io.headrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: what a request costs does not depend on how many records are in it. Method: the same request again and again,
/// with next to nothing behind the front. Time is printed, garbage is bounded, because it does not vary.
@DisplayNameGeneration(ReplaceUnderscores.class)
class HotPathTest {
    private static final int ROUNDS = Integer.getInteger("headrace.hotpath.rounds", 20_000);
    private static final int PER_TURN = 5;
    private static final double BYTES_PER_REQUEST_MAX = 4_000;

    private final TestPeer peer = new TestPeer();

    @Test
    void a_produce_request_costs_the_same_however_large_its_batch_is() {
        peer.broker.add("orders", 1);
        var small = produce(100);
        var large = produce(16_000);
        peer.broker.forgetful = true;
        peer.wire.discarding = true;

        double garbageOfSmall = measure("produce, batch of 100 bytes", small);
        double garbageOfLarge = measure("produce, batch of 16 kB", large);

        assertThat(garbageOfSmall).isLessThan(BYTES_PER_REQUEST_MAX);
        assertThat(garbageOfLarge).isLessThan(BYTES_PER_REQUEST_MAX);
    }

    @Test
    void a_fetch_copies_its_records_once() {
        peer.broker.add("orders", 1);
        for (int i = 0; i < 16; i++) {
            peer.broker
                    .partition("orders", 0)
                    .appendInternal(ProduceTest.records("x".repeat(16_000)).buffer());
        }
        var topic = new FetchTopic()
                .setTopicId(Names.id(peer.broker.topics.get("orders").id()));
        topic.partitions().add(new FetchPartition().setPartitionMaxBytes(1 << 20));
        var request = peer.encode(
                ApiKeys.FETCH,
                17,
                new FetchRequestData().setMaxWaitMs(500).setMinBytes(1).setTopics(List.of(topic)));
        peer.wire.discarding = true;

        assertThat(measure("fetch of 256 kB", request)).isLessThan(2 * BYTES_PER_REQUEST_MAX);
    }

    private ByteBuffer produce(int bytes) {
        var topic = new TopicProduceData()
                .setTopicId(Names.id(peer.broker.topics.get("orders").id()));
        topic.partitionData().add(new PartitionProduceData().setRecords(ProduceTest.records("x".repeat(bytes))));
        var request = new ProduceRequestData().setAcks((short) -1).setTimeoutMs(30_000);
        request.topicData().add(topic);
        return peer.encode(ApiKeys.PRODUCE, 13, request);
    }

    /// @return bytes of garbage for a request
    private double measure(String what, ByteBuffer request) {
        run(request);
        long allocated = Allocation.ofThisThread();
        long nanos = Allocation.cpuNanosOfThisThread();
        run(request);
        nanos = Allocation.cpuNanosOfThisThread() - nanos;
        int requests = ROUNDS / PER_TURN * PER_TURN;
        double garbage = (Allocation.ofThisThread() - allocated) / (double) requests;
        System.out.printf("%s: %d ns of CPU, %.0f bytes of garbage%n", what, nanos / requests, garbage);
        return garbage;
    }

    private void run(ByteBuffer request) {
        for (int i = 0; i < ROUNDS / PER_TURN; i++) {
            ByteBuf input = PooledByteBufAllocator.DEFAULT.directBuffer(PER_TURN * (4 + request.remaining()));
            for (int k = 0; k < PER_TURN; k++) {
                input.writeInt(request.remaining()).writeBytes(request.duplicate());
            }
            peer.connection.received(input);
            peer.wire.loop.turn();
        }
    }
}
