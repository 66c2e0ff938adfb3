package io.headrace.conformance.kafka;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/// Every version of produce with every compression, and everything that is wrong with a batch, one at a time.
final class ProduceScript {
    private static final int BY_ID = 13; // from this version on, topics have no names
    private static final int LATEST_BY_NAME = 12;
    private static final int ATTRIBUTES_AT = 21;
    private static final int CRC_AT = 17;
    private static final int COUNT_AT = 57;

    private final Script script;
    private final Uuid id;
    private final String topic;

    private ProduceScript(Script script) throws IOException {
        this.script = script;
        this.topic = script.name("produced");
        this.id = script.topic("produced", 3, "retention.ms=-1");
    }

    static void run(Script script) throws IOException {
        var part = new ProduceScript(script);
        part.everyVersionAndCompression();
        part.acks();
        part.wrongPlaces();
        part.wrongBatches();
        part.topicsWithRules();
    }

    private void everyVersionAndCompression() throws IOException {
        for (CompressionType compression : CompressionType.values()) {
            for (int version = 3; version <= BY_ID; version++) {
                var name = "produce " + compression.name;
                var batch = script.batches().plain(name + " v" + version, compression, 3);
                script.call(name, ApiKeys.PRODUCE, version, request(version, (short) -1, 0, batch));
            }
        }
        script.note("all of them, read", FetchScript.read(script, topic, 0, 0));
    }

    private void acks() throws IOException {
        produce("acks 1", request(LATEST_BY_NAME, (short) 1, 1, batch("acks 1")));
        produce("acks 5", request(LATEST_BY_NAME, (short) 5, 1, batch("acks 5")));
        script.wire()
                .sendUnanswered(
                        ApiKeys.PRODUCE, LATEST_BY_NAME, request(LATEST_BY_NAME, (short) 0, 1, batch("acks 0")));
        script.call("the answer after acks 0", ApiKeys.API_VERSIONS, 0, new ApiVersionsRequestData());
        script.note("acks 0 and 1, read", FetchScript.readTo(script, topic, 1, 6));
        script.wire()
                .sendUnanswered(ApiKeys.PRODUCE, LATEST_BY_NAME, request(LATEST_BY_NAME, (short) 0, 9, batch("lost")));
        var next = script.wire().call(ApiKeys.API_VERSIONS, 0, new ApiVersionsRequestData());
        script.note("the answer after acks 0 to an unknown partition", next, 0);
    }

    private void wrongPlaces() throws IOException {
        produce("an unknown partition", request(LATEST_BY_NAME, (short) -1, 9, batch("nowhere")));
        produce("a partition below none", request(LATEST_BY_NAME, (short) -1, -1, batch("nowhere")));
        var unknown = request(LATEST_BY_NAME, (short) -1, 0, batch("nowhere"));
        unknown.topicData().iterator().next().setName(script.name("unknown"));
        produce("an unknown topic", unknown);
        var unknownId = request(BY_ID, (short) -1, 0, batch("nowhere"));
        unknownId.topicData().iterator().next().setTopicId(new Uuid(3, 4));
        script.call("produce an unknown id", ApiKeys.PRODUCE, BY_ID, unknownId);
        var internal = request(LATEST_BY_NAME, (short) -1, 0, batch("nowhere"));
        internal.topicData().iterator().next().setName("__consumer_offsets");
        produce("an internal topic", internal);
        var both = request(LATEST_BY_NAME, (short) -1, 2, batch("beside a bad one"));
        both.topicData().iterator().next().partitionData().add(partition(8, batch("bad")));
        produce("a good and a bad partition", both);
        produce("no topic", new ProduceRequestData().setAcks((short) -1).setTimeoutMs(30_000));
    }

    private void wrongBatches() throws IOException {
        produce("no bytes", request(LATEST_BY_NAME, (short) -1, 2, MemoryRecords.EMPTY));
        broken("a changed byte", bytes -> bytes.put(bytes.limit() - 1, (byte) ~bytes.get(bytes.limit() - 1)));
        broken("a wrong checksum", bytes -> bytes.putInt(CRC_AT, bytes.getInt(CRC_AT) + 1));
        broken("magic 1", bytes -> bytes.put(16, (byte) 1));
        broken("magic 3", bytes -> bytes.put(16, (byte) 3));
        broken("base offset 5", bytes -> bytes.putLong(0, 5));
        broken("half a batch", bytes -> bytes.limit(bytes.limit() / 2));
        broken("a length too great", bytes -> bytes.putInt(8, bytes.getInt(8) + 10));
        broken("a length too small", bytes -> bytes.putInt(8, 20));
        broken("a length below none", bytes -> bytes.putInt(8, -1));
        checksummed("more records than counted", bytes -> bytes.putInt(COUNT_AT, 2));
        checksummed("fewer records than counted", bytes -> bytes.putInt(COUNT_AT, 4));
        checksummed("a count below none", bytes -> bytes.putInt(COUNT_AT, -1));
        checksummed("a last offset that disagrees", bytes -> bytes.putInt(23, 7));
        checksummed("a control batch", bytes -> bytes.putShort(ATTRIBUTES_AT, (short) 0x20));
        checksummed("a transactional batch", bytes -> bytes.putShort(ATTRIBUTES_AT, (short) 0x10));
        checksummed("the time of arrival", bytes -> bytes.putShort(ATTRIBUTES_AT, (short) 0x08));
        checksummed("an unknown compression", bytes -> bytes.putShort(ATTRIBUTES_AT, (short) 0x07));
        checksummed("compressed garbage", bytes -> bytes.putShort(ATTRIBUTES_AT, (short) 0x01));
        checksummed("a producer without a sequence", bytes -> bytes.putLong(43, 12345));
        var two = ByteBuffer.allocate(2 * batch("x").sizeInBytes());
        two.put(batch("x").buffer()).put(batch("y").buffer()).flip();
        produce("two batches", request(LATEST_BY_NAME, (short) -1, 2, MemoryRecords.readableRecords(two)));
        timed("an hour and more ahead", System.currentTimeMillis() + 2 * 3_600_000);
        timed("no time", -1);
        timed("the oldest time", 0);
        script.note("what was good, read", FetchScript.read(script, topic, 2, 0));
    }

    private interface Breaking {
        void change(ByteBuffer batch);
    }

    private void broken(String name, Breaking breaking) throws IOException {
        var bytes = copy(batch(name));
        breaking.change(bytes);
        produce(name, request(LATEST_BY_NAME, (short) -1, 2, MemoryRecords.readableRecords(bytes)));
    }

    /// So that only what was changed is wrong.
    private void checksummed(String name, Breaking breaking) throws IOException {
        broken(name, bytes -> {
            breaking.change(bytes);
            var crc = new java.util.zip.CRC32C();
            crc.update(bytes.slice(ATTRIBUTES_AT, bytes.limit() - ATTRIBUTES_AT));
            bytes.putInt(CRC_AT, (int) crc.getValue());
        });
    }

    private void timed(String name, long time) throws IOException {
        var record = new SimpleRecord(time, "k".getBytes(), "v".getBytes());
        var batch = script.batches().remember(name, MemoryRecords.withRecords(Compression.NONE, record));
        produce(name, request(LATEST_BY_NAME, (short) -1, 2, batch));
    }

    private void topicsWithRules() throws IOException {
        rule(
                "small",
                "max.message.bytes=150",
                batch("small"),
                script.batches().plain("large", CompressionType.NONE, 9));
        rule(
                "compacted",
                "cleanup.policy=compact",
                batch("with keys"),
                script.batches()
                        .remember(
                                "without a key",
                                MemoryRecords.withRecords(
                                        Compression.NONE, new SimpleRecord(Batches.TIME_ZERO, null, "v".getBytes()))));
        rule(
                "stamped",
                "message.timestamp.type=LogAppendTime",
                batch("stamped"),
                script.batches().plain("stamped and compressed", CompressionType.LZ4, 2));
        rule(
                "gzipped",
                "compression.type=gzip",
                batch("gzipped"),
                script.batches().plain("from zstd", CompressionType.ZSTD, 2));
        rule(
                "plain",
                "compression.type=uncompressed",
                batch("plain"),
                script.batches().plain("from lz4", CompressionType.LZ4, 2));
        rule("punctual", "message.timestamp.before.max.ms=1000", batch("too old"), batch("too old as well"));
        rule("strict", "min.insync.replicas=2", batch("nobody else"), batch("nobody else"));
    }

    private void rule(String what, String config, MemoryRecords first, MemoryRecords second) throws IOException {
        script.topic("rule-" + what, 1, config, "retention.ms=-1");
        for (var each : List.of(first, second)) {
            var request = request(LATEST_BY_NAME, (short) -1, 0, each);
            request.topicData().iterator().next().setName(script.name("rule-" + what));
            produce((each == first ? "first to " : "second to ") + what, request);
        }
        script.note("read " + what, FetchScript.read(script, script.name("rule-" + what), 0, 0));
    }

    private void produce(String name, ProduceRequestData request) throws IOException {
        script.call("produce " + name, ApiKeys.PRODUCE, LATEST_BY_NAME, request);
    }

    private MemoryRecords batch(String name) {
        return script.batches().plain(name, CompressionType.NONE, 3);
    }

    private static ByteBuffer copy(MemoryRecords records) {
        var bytes = ByteBuffer.allocate(records.sizeInBytes());
        return bytes.put(records.buffer()).flip();
    }

    private ProduceRequestData request(int version, short acks, int partition, MemoryRecords records) {
        var data = new TopicProduceData().setPartitionData(List.of(partition(partition, records)));
        if (version >= BY_ID) {
            data.setTopicId(id);
        } else {
            data.setName(topic);
        }
        data.setPartitionData(new java.util.ArrayList<>(data.partitionData()));
        return request(acks, data);
    }

    static ProduceRequestData request(short acks, TopicProduceData data) {
        var request = new ProduceRequestData().setAcks(acks).setTimeoutMs(30_000);
        request.topicData().add(data);
        return request;
    }

    static PartitionProduceData partition(int index, MemoryRecords records) {
        return new PartitionProduceData().setIndex(index).setRecords(records);
    }
}
