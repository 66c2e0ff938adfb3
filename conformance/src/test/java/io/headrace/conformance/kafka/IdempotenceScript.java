package io.headrace.conformance.kafka;

import java.io.IOException;
import java.util.List;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.protocol.ApiKeys;

/// A producer's sequence of batches, and every way to leave it.
final class IdempotenceScript {
    private final Script script;
    private final long producerId;

    private IdempotenceScript(Script script, long producerId) {
        this.script = script;
        this.producerId = producerId;
    }

    static void run(Script script) throws IOException {
        script.everyVersion(
                "init producer id",
                ApiKeys.INIT_PRODUCER_ID,
                0,
                5,
                version ->
                        new InitProducerIdRequestData().setTransactionalId(null).setTransactionTimeoutMs(60_000));
        script.topic("sequence", 1, "retention.ms=-1");
        var answered = script.call(
                "init the producer id",
                ApiKeys.INIT_PRODUCER_ID,
                5,
                new InitProducerIdRequestData().setTransactionalId(null).setTransactionTimeoutMs(60_000),
                InitProducerIdResponseData.class);
        new IdempotenceScript(script, answered.orElseThrow().producerId()).produce();
    }

    private void produce() throws IOException {
        for (int batch = 0; batch < 7; batch++) {
            produce("in sequence " + batch, 0, batch * 3, 3);
        }
        produce("again, the last", 0, 18, 3);
        produce("again, the fifth last", 0, 6, 3);
        produce("again, the sixth last", 0, 3, 3);
        produce("again, a part of the last", 0, 18, 2);
        produce("a gap", 0, 30, 1);
        produce("after the gap", 0, 21, 1);
        produce("the next epoch in the middle", 1, 22, 1);
        produce("the next epoch at its start", 1, 0, 2);
        produce("the epoch before", 0, 22, 1);
        produce("the next epoch goes on", 1, 2, 2);
        wrap();
        script.note("the sequence, read", FetchScript.read(script, script.name("sequence"), 0, 0));
        script.call(
                "describe producers",
                ApiKeys.DESCRIBE_PRODUCERS,
                0,
                new DescribeProducersRequestData()
                        .setTopics(List.of(new DescribeProducersRequestData.TopicRequest()
                                .setName(script.name("sequence"))
                                .setPartitionIndexes(List.of(0, 5)))));
    }

    /// A producer that nobody knows may begin anywhere; after the greatest sequence comes zero.
    private void wrap() throws IOException {
        long unknown = producerId + 1_000_000;
        produce("unknown producer at the end", unknown, 0, Integer.MAX_VALUE - 1, 2);
        produce("round to zero", unknown, 0, 0, 2);
        produce("again, before zero", unknown, 0, Integer.MAX_VALUE - 1, 2);
        produce("an unknown producer in the middle", unknown + 1, 0, 77, 2);
        produce("over zero in one batch", unknown + 2, 0, Integer.MAX_VALUE, 2);
        produce("after zero", unknown + 2, 0, 1, 2);
    }

    private void produce(String name, int epoch, int sequence, int count) throws IOException {
        produce(name, producerId, epoch, sequence, count);
    }

    private void produce(String name, long producer, int epoch, int sequence, int count) throws IOException {
        var batch = script.batches().idempotent(name, producer, epoch, sequence, count);
        var data = new TopicProduceData()
                .setName(script.name("sequence"))
                .setPartitionData(List.of(ProduceScript.partition(0, batch)));
        script.call("produce " + name, ApiKeys.PRODUCE, 12, ProduceScript.request((short) -1, data));
    }
}
