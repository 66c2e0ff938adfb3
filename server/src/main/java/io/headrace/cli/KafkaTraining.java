package io.headrace.cli;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/// Produces, fetches and commits over a real socket, so that a JVM that is being trained meets what Kafka's first
/// clients need. Speaks no more of Kafka's protocol than this takes, in versions without tagged fields.
///
/// Threads: one.
final class KafkaTraining implements AutoCloseable {
    private static final String TOPIC = "training";
    private static final int CREATION_TRIES = 100;
    private static final int VALUE_BYTES = 100;
    private static final int BATCH_HEADER_BYTES = 61;
    private static final int CHECKED_FROM = 21;
    private static final int FETCH_BYTES = 1 << 20;

    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;
    private long produced;

    /// What writes the body of a request.
    private interface Body {
        void write(DataOutputStream to) throws IOException;
    }

    KafkaTraining(int port) throws IOException {
        socket = new Socket("127.0.0.1", port);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
    }

    /// Says hello, has the topic created, and gets an id.
    void begin() throws IOException {
        ask(18, 0, to -> {});
        for (int i = 0; i < CREATION_TRIES && error(metadata()) != 0; i++) {
            Thread.onSpinWait(); // the answer to the first request says that it is not there yet
        }
        ask(22, 1, to -> {
            to.writeShort(-1); // no transactional id
            to.writeInt(0);
        });
    }

    /// Produces a batch of `records` and fetches it.
    void run(int records) throws IOException {
        var batch = batch(records);
        ask(0, 7, to -> {
            to.writeShort(-1);
            to.writeShort(-1); // acks=all
            to.writeInt(10_000);
            topic(to);
            to.writeInt(batch.length);
            to.write(batch);
        });
        ask(2, 5, to -> {
            to.writeInt(-1);
            to.writeByte(0);
            topic(to);
            to.writeInt(-1);
            to.writeLong(-1); // the end
        });
        ask(1, 11, to -> {
            to.writeInt(-1);
            to.writeInt(0);
            to.writeInt(1);
            to.writeInt(FETCH_BYTES);
            to.writeByte(0);
            to.writeInt(0);
            to.writeInt(-1);
            topic(to);
            to.writeInt(-1);
            to.writeLong(produced);
            to.writeLong(-1);
            to.writeInt(FETCH_BYTES);
            to.writeInt(0);
            text(to, "");
        });
        produced += records;
    }

    /// A group that has no members commits and asks for its offset.
    void commit() throws IOException {
        for (int i = 0; i < CREATION_TRIES && coordinator() != 0; i++) {
            Thread.onSpinWait(); // the coordinator is started by the first question
        }
        ask(8, 7, to -> {
            text(to, TOPIC);
            to.writeInt(-1);
            text(to, "");
            to.writeShort(-1);
            topic(to);
            to.writeLong(produced);
            to.writeInt(-1);
            to.writeShort(-1);
        });
        ask(9, 5, to -> {
            text(to, TOPIC);
            topic(to);
        });
    }

    private byte[] metadata() throws IOException {
        return ask(3, 4, to -> {
            to.writeInt(1);
            text(to, TOPIC);
            to.writeByte(1);
        });
    }

    // of the one topic that was asked for: the first field after the brokers, the cluster's id and the controller
    private static short error(byte[] metadata) {
        var answer = ByteBuffer.wrap(metadata).position(4);
        for (int brokers = answer.getInt(); brokers > 0; brokers--) {
            answer.position(answer.position() + 4);
            skipText(answer);
            answer.position(answer.position() + 4);
            skipText(answer);
        }
        skipText(answer);
        answer.position(answer.position() + 8);
        return answer.getShort();
    }

    private static void skipText(ByteBuffer answer) {
        answer.position(answer.position() + 2 + Math.max(0, answer.getShort(answer.position())));
    }

    private short coordinator() throws IOException {
        var answer = ask(10, 2, to -> {
            text(to, TOPIC);
            to.writeByte(0);
        });
        return ByteBuffer.wrap(answer).getShort(4);
    }

    /// Record batch v2, as `io.headrace.stream` draws it.
    private static byte[] batch(int records) throws IOException {
        var payload = new ByteArrayOutputStream();
        for (int i = 0; i < records; i++) {
            var record = new ByteArrayOutputStream();
            record.write(0);
            varint(record, 0);
            varint(record, i);
            varint(record, -1);
            varint(record, VALUE_BYTES);
            record.write(new byte[VALUE_BYTES]);
            varint(record, 0);
            varint(payload, record.size());
            record.writeTo(payload);
        }
        long now = System.currentTimeMillis();
        var batch = ByteBuffer.allocate(BATCH_HEADER_BYTES + payload.size());
        batch.putLong(0).putInt(batch.capacity() - 12).putInt(-1).put((byte) 2).putInt(0);
        batch.putShort((short) 0).putInt(records - 1).putLong(now).putLong(now);
        batch.putLong(-1).putShort((short) -1).putInt(-1).putInt(records);
        batch.put(payload.toByteArray());
        var crc = new CRC32C();
        crc.update(batch.slice(CHECKED_FROM, batch.capacity() - CHECKED_FROM));
        batch.putInt(CHECKED_FROM - Integer.BYTES, (int) crc.getValue());
        return batch.array();
    }

    private static void varint(ByteArrayOutputStream to, int value) {
        int rest = value << 1 ^ value >> 31;
        while ((rest & ~0x7f) != 0) {
            to.write(rest & 0x7f | 0x80);
            rest >>>= 7;
        }
        to.write(rest);
    }

    // one topic, one partition, whose fields follow
    private static void topic(DataOutputStream to) throws IOException {
        to.writeInt(1);
        text(to, TOPIC);
        to.writeInt(1);
        to.writeInt(0);
    }

    private static void text(DataOutputStream to, String text) throws IOException {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        to.writeShort(bytes.length);
        to.write(bytes);
    }

    /// @return the answer's body
    private byte[] ask(int key, int version, Body body) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var request = new DataOutputStream(bytes);
        request.writeShort(key);
        request.writeShort(version);
        request.writeInt(0);
        text(request, TOPIC);
        body.write(request);
        out.writeInt(bytes.size());
        bytes.writeTo(out);
        out.flush();
        int size = in.readInt();
        in.readInt(); // correlation
        return in.readNBytes(size - Integer.BYTES);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
