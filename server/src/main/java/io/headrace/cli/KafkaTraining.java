package io.headrace.cli;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.zip.CRC32C;

/// Produces, fetches and commits over a real socket, so that a JVM that is being trained meets what Kafka's clients
/// need, and its compilers the branches that they take: in the versions that clients of this day speak, produced by
/// an idempotent producer with several requests under way. Speaks no more of Kafka's protocol than this takes.
///
/// Threads: one.
final class KafkaTraining implements AutoCloseable {
    private static final String CLIENT = "training";
    private static final int TRIES = 100;
    private static final int UNDER_WAY = 5; // max.in.flight.requests.per.connection
    private static final int BATCH_HEADER_BYTES = 61;
    private static final int CHECKED_FROM = 21;
    private static final int ID_BYTES = 2 * Long.BYTES;
    private static final int ONE_PARTITION_BYTES = 1 + Integer.BYTES; // their number, and its own
    private static final int FETCH_BYTES = 1 << 20;
    private static final int TIMEOUT_MILLIS = 10_000;

    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;
    private final String topic;
    private UUID topicId = new UUID(0, 0);
    private long producer;
    private short producerEpoch;
    private int produced;
    private int session;
    private int sessionEpoch;

    /// What writes the body of a request.
    private interface Body {
        void write(DataOutputStream to) throws IOException;
    }

    /// @param topic of its own; is created, and deleted on [#end]
    KafkaTraining(int port, String topic) throws IOException {
        this.topic = topic;
        socket = new Socket("127.0.0.1", port);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
    }

    /// Says hello, has the topic created, and gets a producer id.
    void begin() throws IOException {
        send(18, 4, to -> {
            text(to, CLIENT);
            text(to, "1");
            noTags(to);
        });
        answer(false);
        var created = ask(19, 7, to -> {
            one(to);
            text(to, topic);
            to.writeInt(1); // partition
            to.writeShort(1); // replica
            none(to); // assignments
            none(to); // configs
            noTags(to);
            to.writeInt(TIMEOUT_MILLIS);
            to.writeByte(0);
            noTags(to);
        });
        skipName(created);
        check(skip(created, ID_BYTES));
        topicId = idIn(metadata());
        var id = ask(22, 5, to -> {
            noText(to); // no transactional id
            to.writeInt(0);
            to.writeLong(-1);
            to.writeShort(-1);
            noTags(to);
        });
        check(skip(id, Integer.BYTES));
        producer = id.getLong();
        producerEpoch = id.getShort();
    }

    /// Produces `batches` of `records` each with values of `bytes`.
    void produce(int batches, int records, int bytes) throws IOException {
        for (int i = 0; i < batches; i++) {
            if (i >= UNDER_WAY) {
                acknowledged();
            }
            produce(batch(records, bytes));
        }
        for (int i = 0; i < Math.min(batches, UNDER_WAY); i++) {
            acknowledged();
        }
    }

    /// Fetches what was produced, a batch's records further each time.
    void consume(int records) throws IOException {
        lastOffset();
        for (int at = 0; at < produced; at += records) {
            fetch(at);
        }
    }

    private void produce(byte[] batch) throws IOException {
        send(0, 13, to -> {
            noText(to);
            to.writeShort(-1); // acks=all
            to.writeInt(TIMEOUT_MILLIS);
            one(to);
            id(to);
            one(to);
            to.writeInt(0);
            varint(to, batch.length + 1);
            to.write(batch);
            noTags(to);
            noTags(to);
            noTags(to);
        });
    }

    private void acknowledged() throws IOException {
        check(skip(answer(true), 1 + ID_BYTES + ONE_PARTITION_BYTES));
    }

    // of the error that comes next: a broker that refuses trains nothing
    private static void check(ByteBuffer answer) throws IOException {
        short error = answer.getShort();
        if (error != 0) {
            throw new IOException("the broker answers with Kafka's error " + error);
        }
    }

    private void lastOffset() throws IOException {
        var answer = ask(2, 10, to -> {
            to.writeInt(-1);
            to.writeByte(0);
            one(to);
            text(to, topic);
            one(to);
            to.writeInt(0);
            to.writeInt(-1);
            to.writeLong(-1); // the end
            noTags(to);
            noTags(to);
            to.writeInt(TIMEOUT_MILLIS);
            noTags(to);
        });
        skipName(answer);
        check(skip(answer, ONE_PARTITION_BYTES));
    }

    private void fetch(int at) throws IOException {
        var answer = ask(1, 17, to -> {
            to.writeInt(0);
            to.writeInt(1);
            to.writeInt(FETCH_BYTES);
            to.writeByte(0);
            to.writeInt(session);
            to.writeInt(sessionEpoch);
            one(to);
            id(to);
            one(to);
            to.writeInt(0);
            to.writeInt(-1);
            to.writeLong(at);
            to.writeInt(-1);
            to.writeLong(-1);
            to.writeInt(FETCH_BYTES);
            noTags(to);
            noTags(to);
            none(to); // forgotten
            text(to, "");
            noTags(to);
        });
        check(skip(answer, Integer.BYTES));
        session = answer.getInt();
        sessionEpoch++;
        check(skip(answer, 1 + ID_BYTES + ONE_PARTITION_BYTES));
    }

    /// A group that has no members commits and asks for its offset.
    void commit() throws IOException {
        var coordinator = coordinator();
        for (int i = 0; i < TRIES && coordinator.getShort(coordinator.position()) != 0; i++) {
            coordinator = coordinator(); // it is started by the first question
        }
        check(coordinator);
        var committed = ask(8, 10, to -> {
            text(to, topic);
            to.writeInt(-1);
            text(to, "");
            noText(to);
            one(to);
            id(to);
            one(to);
            to.writeInt(0);
            to.writeLong(produced);
            to.writeInt(-1);
            noText(to);
            noTags(to);
            noTags(to);
            noTags(to);
        });
        check(skip(committed, Integer.BYTES + 1 + ID_BYTES + ONE_PARTITION_BYTES));
        var found = ask(9, 10, to -> {
            one(to);
            text(to, topic);
            noText(to);
            to.writeInt(-1);
            one(to);
            id(to);
            one(to);
            to.writeInt(0);
            noTags(to);
            noTags(to);
            to.writeByte(0);
            noTags(to);
        });
        skipName(found); // the group's
        skip(found, 1 + ID_BYTES + ONE_PARTITION_BYTES + Long.BYTES + Integer.BYTES);
        skipText(found);
        check(found);
    }

    /// Deletes the topic.
    void end() throws IOException {
        var deleted = ask(20, 6, to -> {
            one(to);
            noText(to);
            id(to);
            noTags(to);
            to.writeInt(TIMEOUT_MILLIS);
            noTags(to);
        });
        skipName(deleted);
        check(skip(deleted, ID_BYTES));
    }

    private ByteBuffer metadata() throws IOException {
        return ask(3, 13, to -> {
            one(to);
            to.writeLong(0);
            to.writeLong(0);
            text(to, topic);
            noTags(to);
            to.writeByte(1);
            to.writeByte(0);
            noTags(to);
        });
    }

    // the one topic that was asked for, behind the brokers, the cluster's id and the controller
    private static UUID idIn(ByteBuffer metadata) throws IOException {
        metadata.position(Integer.BYTES);
        for (int brokers = metadata.get() - 1; brokers > 0; brokers--) {
            skip(metadata, Integer.BYTES);
            skipText(metadata);
            skip(metadata, Integer.BYTES);
            skipText(metadata);
            skip(metadata, 1);
        }
        skipText(metadata);
        skip(metadata, Integer.BYTES + 1);
        check(metadata);
        skipText(metadata);
        return new UUID(metadata.getLong(), metadata.getLong());
    }

    // begins with the error
    private ByteBuffer coordinator() throws IOException {
        var answer = ask(10, 6, to -> {
            to.writeByte(0);
            one(to);
            text(to, topic);
            noTags(to);
        });
        skipName(answer);
        skip(answer, Integer.BYTES);
        skipText(answer);
        return skip(answer, Integer.BYTES);
    }

    private static ByteBuffer skip(ByteBuffer answer, int bytes) {
        return answer.position(answer.position() + bytes);
    }

    // of the one that was asked for, behind the time to wait
    private static void skipName(ByteBuffer answer) {
        skip(answer, Integer.BYTES + 1);
        skipText(answer);
    }

    private static void skipText(ByteBuffer answer) {
        skip(answer, Math.max(0, answer.get() - 1)); // none is longer than 126 bytes
    }

    /// Record batch v2, as `io.headrace.stream` draws it.
    private byte[] batch(int records, int bytes) throws IOException {
        var payload = new ByteArrayOutputStream();
        for (int i = 0; i < records; i++) {
            var record = new ByteArrayOutputStream();
            record.write(0);
            record.write(0); // the batch's time
            signed(record, i);
            signed(record, -1); // no key
            signed(record, bytes);
            record.write(new byte[bytes]);
            signed(record, 0);
            signed(payload, record.size());
            record.writeTo(payload);
        }
        long now = System.currentTimeMillis();
        var batch = ByteBuffer.allocate(BATCH_HEADER_BYTES + payload.size());
        batch.putLong(0).putInt(batch.capacity() - 12).putInt(-1).put((byte) 2).putInt(0);
        batch.putShort((short) 0).putInt(records - 1).putLong(now).putLong(now);
        batch.putLong(producer).putShort(producerEpoch).putInt(produced).putInt(records);
        batch.put(payload.toByteArray());
        var crc = new CRC32C();
        crc.update(batch.slice(CHECKED_FROM, batch.capacity() - CHECKED_FROM));
        batch.putInt(CHECKED_FROM - Integer.BYTES, (int) crc.getValue());
        produced += records;
        return batch.array();
    }

    private static void signed(OutputStream to, int value) throws IOException {
        varint(to, value << 1 ^ value >> 31);
    }

    private static void varint(OutputStream to, int value) throws IOException {
        int rest = value;
        while ((rest & ~0x7f) != 0) {
            to.write(rest & 0x7f | 0x80);
            rest >>>= 7;
        }
        to.write(rest);
    }

    // an array with one element, which follows
    private static void one(DataOutputStream to) throws IOException {
        varint(to, 2);
    }

    private static void none(DataOutputStream to) throws IOException {
        varint(to, 1);
    }

    private static void noTags(DataOutputStream to) throws IOException {
        varint(to, 0);
    }

    private void id(DataOutputStream to) throws IOException {
        to.writeLong(topicId.getMostSignificantBits());
        to.writeLong(topicId.getLeastSignificantBits());
    }

    private static void text(DataOutputStream to, String text) throws IOException {
        varint(to, text.length() + 1);
        to.writeBytes(text);
    }

    private static void noText(DataOutputStream to) throws IOException {
        varint(to, 0);
    }

    private ByteBuffer ask(int key, int version, Body body) throws IOException {
        send(key, version, body);
        return answer(true);
    }

    // header version 2: KIP-482
    private void send(int key, int version, Body body) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var request = new DataOutputStream(bytes);
        request.writeShort(key);
        request.writeShort(version);
        request.writeInt(0);
        request.writeShort(CLIENT.length());
        request.writeBytes(CLIENT);
        noTags(request);
        body.write(request);
        out.writeInt(bytes.size());
        bytes.writeTo(out);
        out.flush();
    }

    /// @param tagged whether tags follow the correlation id: not behind ApiVersions (KIP-511)
    /// @return the answer's body
    private ByteBuffer answer(boolean tagged) throws IOException {
        var bytes = ByteBuffer.wrap(in.readNBytes(in.readInt()));
        skip(bytes, Integer.BYTES + (tagged ? 1 : 0));
        return bytes.slice();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
