package io.headrace.conformance.kafka;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/// Each way to be refused, in each version of produce, which tell of it differently.
final class ProduceErrorScript {
    private static final int OLDEST = 3;
    private static final int LATEST = 13;
    private static final int BY_ID = 13; // from this version on, topics have no names
    private static final short ALL = -1;
    private static final int ATTRIBUTES_AT = 21;
    private static final int CRC_AT = 17;

    private final Script script;
    private final Uuid id;
    private final Uuid compacted;
    private final Uuid small;
    private final Uuid punctual;

    private ProduceErrorScript(Script script) throws IOException {
        this.script = script;
        this.id = script.topic("refusing", 2, "retention.ms=-1");
        this.compacted = script.topic("compacted", 1, "cleanup.policy=compact");
        this.small = script.topic("small", 1, "max.message.bytes=100", "retention.ms=-1");
        this.punctual = script.topic("punctual", 1, "message.timestamp.before.max.ms=1000");
    }

    static void run(Script script) throws IOException {
        var part = new ProduceErrorScript(script);
        for (int version = OLDEST; version <= LATEST; version++) {
            part.places(version);
            part.rules(version);
            part.bytes(version);
            part.several(version);
        }
        script.note("what was good, read", FetchScript.read(script, script.name("refusing"), 0, 0));
    }

    private void places(int version) throws IOException {
        produce("no partition", version, ALL, to("refusing", id, version, 9, good("x")));
        produce("no topic", version, ALL, to("none", new Uuid(7, 8), version, 0, good("x")));
        produce("acks of two", version, (short) 2, to("refusing", id, version, 0, good("x")));
        produce("acks of -2", version, (short) -2, to("refusing", id, version, 0, good("x")));
        produce("no partitions of a topic", version, ALL, named(new TopicProduceData(), "refusing", id, version));
        produce("no records", version, ALL, to("refusing", id, version, 0, MemoryRecords.EMPTY));
        var transactional = ProduceScript.request(ALL, to("refusing", id, version, 0, good("by nobody")));
        script.call(
                "produce with a transactional id",
                ApiKeys.PRODUCE,
                version,
                transactional.setTransactionalId(script.name("nobody")));
    }

    private void rules(int version) throws IOException {
        produce("without a key where keys are needed", version, ALL, to("compacted", compacted, version, 0, keyless()));
        produce("more than may be", version, ALL, to("small", small, version, 0, good("too large")));
        produce("what is too old", version, ALL, to("punctual", punctual, version, 0, good("too old")));
        produce("what is one too old", version, ALL, to("punctual", punctual, version, 0, someOld()));
    }

    private MemoryRecords keyless() {
        return script.batches()
                .remember(
                        "keyless",
                        MemoryRecords.withRecords(
                                Compression.NONE,
                                new SimpleRecord(Batches.TIME_ZERO, "k".getBytes(), "v".getBytes()),
                                new SimpleRecord(Batches.TIME_ZERO, null, "w".getBytes())));
    }

    private MemoryRecords someOld() {
        long now = System.currentTimeMillis();
        return script.batches()
                .remember(
                        "some old",
                        MemoryRecords.withRecords(
                                Compression.NONE,
                                new SimpleRecord(now, "k".getBytes(), "v".getBytes()),
                                new SimpleRecord(now - 50_000, "k".getBytes(), "w".getBytes())));
    }

    private void bytes(int version) throws IOException {
        changed("a wrong checksum", version, bytes -> bytes.putInt(CRC_AT, bytes.getInt(CRC_AT) + 1));
        changed("magic 0", version, bytes -> bytes.put(16, (byte) 0));
        changed("a base offset", version, bytes -> bytes.putLong(0, 9));
        changed("an end too soon", version, bytes -> bytes.limit(bytes.limit() - 4));
        checksummed("a control batch", version, bytes -> bytes.putShort(ATTRIBUTES_AT, (short) 0x20));
        checksummed("more records than counted", version, bytes -> bytes.putInt(57, 1));
        checksummed("a wrong last offset", version, bytes -> bytes.putInt(23, 7));
        checksummed("a producer without a sequence", version, bytes -> bytes.putLong(43, 12345));
        var two = ByteBuffer.allocate(2 * good("x").sizeInBytes());
        two.put(good("x").buffer()).put(good("y").buffer()).flip();
        produce("two batches", version, ALL, to("refusing", id, version, 0, MemoryRecords.readableRecords(two)));
    }

    private interface Breaking {
        void change(ByteBuffer batch);
    }

    private void changed(String name, int version, Breaking breaking) throws IOException {
        var sent = good(name);
        var bytes = ByteBuffer.allocate(sent.sizeInBytes()).put(sent.buffer()).flip();
        breaking.change(bytes);
        produce(name, version, ALL, to("refusing", id, version, 0, MemoryRecords.readableRecords(bytes)));
    }

    /// So that only what was changed is wrong.
    private void checksummed(String name, int version, Breaking breaking) throws IOException {
        changed(name, version, bytes -> {
            breaking.change(bytes);
            var crc = new CRC32C();
            crc.update(bytes.slice(ATTRIBUTES_AT, bytes.limit() - ATTRIBUTES_AT));
            bytes.putInt(CRC_AT, (int) crc.getValue());
        });
    }

    /// A request is not refused for what is wrong with one of its partitions, unless it says it twice.
    private void several(int version) throws IOException {
        var some = to("refusing", id, version, 0, good("good, v" + version));
        some.partitionData().add(ProduceScript.partition(9, good("no partition")));
        some.partitionData().add(ProduceScript.partition(8, MemoryRecords.EMPTY));
        produce("to one good partition of three", version, ALL, some);
        var twice = to("refusing", id, version, 1, good("one, v" + version));
        twice.partitionData().add(ProduceScript.partition(1, good("other, v" + version)));
        produce("to one partition twice", version, ALL, twice);
        var two = ProduceScript.request(ALL, to("refusing", id, version, 0, good("first, v" + version)));
        two.topicData().add(to("none", new Uuid(7, 8), version, 0, good("no topic")));
        script.call("produce to one good topic of two", ApiKeys.PRODUCE, version, two);
    }

    private void produce(String name, int version, short acks, TopicProduceData data) throws IOException {
        script.call("produce " + name, ApiKeys.PRODUCE, version, ProduceScript.request(acks, data));
    }

    private MemoryRecords good(String name) {
        return script.batches().plain(name, CompressionType.NONE, 2);
    }

    private TopicProduceData to(String topic, Uuid id, int version, int partition, MemoryRecords records) {
        var data = new TopicProduceData()
                .setPartitionData(new ArrayList<>(List.of(ProduceScript.partition(partition, records))));
        return named(data, topic, id, version);
    }

    private TopicProduceData named(TopicProduceData data, String topic, Uuid id, int version) {
        return version >= BY_ID ? data.setTopicId(id) : data.setName(script.name(topic));
    }
}
